"""Errors that people see: a code for tests and logs, a sentence for the person."""

from __future__ import annotations

from typing import Any


class NewsroomError(Exception):
    """A rule said no. `code` is stable; `message` is a (lazily translated) sentence that says what to do."""

    def __init__(self, code: str, message: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return str(self.message)
