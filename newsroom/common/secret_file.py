"""The embedded default's own secrets: made once, kept in a file that only its owner reads."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet


def ensure_secrets(path: Path) -> dict[str, str]:
    """Read the secrets in `path`, making the file (mode 600) when it is missing. Raises OSError when it cannot be written."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = f"SECRET_KEY={secrets.token_urlsafe(48)}\nNEWSROOM_SECRETS_KEYS={Fernet.generate_key().decode()}\n"
        draft = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(lines)
        try:
            os.link(draft, path)  # Several processes may start at once: the first file stays, the others read it.
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
