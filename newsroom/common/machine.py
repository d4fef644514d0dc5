"""What must be true of the machine before the newsroom starts on it: each refusal is one sentence, Vietnamese first."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import socket
import sys
from pathlib import Path
from typing import IO

LEAST_FREE = 200 * 1024 * 1024
FULL = ("No space left on device", "database or disk is full", "Disk quota exceeded")
READ_ONLY = ("readonly database", "Read-only file system", "Permission denied", "unable to open database file")


class Refused(Exception):
    """The newsroom cannot start here. Carries the sentence in both languages."""

    def __init__(self, vietnamese: str, english: str) -> None:
        super().__init__(f"{vietnamese}\n{english}")


def read_port(raw: str) -> int:
    """The paper's port from the text of `PORT`. Raises Refused."""
    if not (raw.isascii() and raw.isdigit() and 1 <= int(raw) <= 65534):
        raise Refused(f"PORT={raw} không dùng được: cần một số từ 1 đến 65534.", f"PORT={raw} cannot be used: expected a number from 1 to 65534.")
    return int(raw)


def check_folder(var: Path) -> None:
    """The folder for data can be made and written, and has room. Raises Refused."""
    probe = var / f".probe-{os.getpid()}"
    try:
        var.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as error:
        probe.unlink(missing_ok=True) if os.access(var, os.W_OK) else None
        raise _refused_folder(var, error) from None
    if shutil.disk_usage(var).free < LEAST_FREE:
        raise disk_full(var)


def _refused_folder(var: Path, error: OSError) -> Refused:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(var)
    return Refused(
        f"Không ghi được vào thư mục {var}: hãy chọn thư mục khác bằng NEWSROOM_VAR=…, ví dụ: make run NEWSROOM_VAR=$HOME/toasoan",
        f"The folder {var} cannot be written ({error.strerror}): choose another with NEWSROOM_VAR=…, as in: make run NEWSROOM_VAR=$HOME/newsroom",
    )


def disk_full(var: Path) -> Refused:
    """The sentence for a disk without room."""
    return Refused(
        f"Ổ đĩa chứa {var} đã đầy hoặc gần đầy: hãy giải phóng ít nhất 200 MB rồi chạy lại.",
        f"The disk that holds {var} is full or nearly so: free 200 MB at least, then run it again.",
    )


def check_port(number: int, *, instead: int) -> None:
    """Nobody listens on the port and we may. Raises Refused."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
            probe.listen(1)
        except PermissionError:
            raise Refused(
                f"Cổng {number} cần quyền quản trị: hãy chọn cổng từ 1024 trở lên, ví dụ: make run PORT=8000",
                f"Port {number} needs an administrator: choose one from 1024 on, as in: make run PORT=8000",
            ) from None
        except OSError:
            raise Refused(
                f"Cổng {number} đang có chương trình khác dùng: hãy tắt chương trình đó, hoặc chọn cổng khác, ví dụ: make run PORT={instead}",
                f"Port {number} is taken by another program: stop it, or choose another port, as in: make run PORT={instead}",
            ) from None


def lock_folder(var: Path) -> IO[str]:
    """Hold the folder for this newsroom alone, as long as the returned file stays open. Raises Refused."""
    file = (var / "run.lock").open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise Refused(
            f"Một tòa soạn khác đang chạy với thư mục {var}: hãy dừng nó trước, hoặc dùng thư mục khác bằng NEWSROOM_VAR=…",
            f"Another newsroom runs on the folder {var}: stop it first, or use another folder with NEWSROOM_VAR=…",
        ) from None
    return file


def explain(what: str, errors: str, *, var: Path, log: Path) -> Refused:
    """Turn what a failed preparation printed into one sentence."""
    if any(sign in errors for sign in FULL):
        return disk_full(var)
    if any(sign in errors for sign in READ_ONLY):
        return _refused_folder(var, OSError(errno.EACCES, "read-only"))
    reason = (errors.strip().splitlines() or ["?"])[-1]
    return Refused(f"Không chuẩn bị được tòa soạn: {reason} (chi tiết trong {log})", f"{what} failed: {reason} (details in {log})")


def keep(path: Path, text: str) -> None:
    """Write a log, or show it where it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError:
        sys.stderr.write(text)
