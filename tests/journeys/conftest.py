"""Fixtures of the journeys."""

from tests.journeys.stack import stack

__all__ = ["stack"]
