"""The rehearsal platforms as a real process."""

from tests.fakes.rehearsal import rehearsal_process, rehearsal_server

__all__ = ["rehearsal_process", "rehearsal_server"]
