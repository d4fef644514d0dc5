"""What a person may set on an account."""

from __future__ import annotations

from distribution.connectors.options import gap, language

OPTIONS = (language(), gap(0))
