"""What higher layers plug in under every page."""

from __future__ import annotations

from collections.abc import Callable

from newsroom.common.registry import Registry

# Each answers whether a revision (by id) is named by a row of its own: an approval, a release, an event. A named revision is never overwritten.
revision_holders: Registry[Callable[[int], bool]] = Registry("revision holder")
