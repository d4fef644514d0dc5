"""Fixtures of the journeys."""

from tests.journeys.production import production
from tests.journeys.stack import stack

__all__ = ["production", "stack"]
