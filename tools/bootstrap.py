"""Before Django: the right Python, room on the disk, a virtual environment with the pinned packages. Standard library only.

    python3 tools/bootstrap.py [setup|test|run]

Written for old Pythons too, so that they get a sentence instead of a syntax error.
"""

import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
NEEDED = 700 * 1024 * 1024


def stop(vietnamese, english):
    """End with one sentence in both languages."""
    sys.stderr.write("%s\n%s\n" % (vietnamese, english))
    sys.exit(1)


def check_machine():
    """Version, room, a folder that can be written."""
    if sys.version_info < (3, 11):
        found = "%d.%d" % sys.version_info[:2]
        stop(
            "Cần Python 3.11 trở lên; máy này đang dùng Python %s. Hãy cài bản mới rồi chạy lại, hoặc gọi: make run PYTHON=python3.11" % found,
            "Python 3.11 or later is needed; this is Python %s. Install a newer one, or call: make run PYTHON=python3.11" % found,
        )
    if not os.access(ROOT, os.W_OK):
        stop("Thư mục %s chỉ đọc được, không ghi được. Hãy chép dự án sang thư mục khác." % ROOT, "The folder %s cannot be written. Copy the project elsewhere." % ROOT)
    if not os.path.exists(PYTHON) and shutil.disk_usage(ROOT).free < NEEDED:
        stop("Ổ đĩa gần đầy: cần ít nhất 700 MB trống để cài đặt.", "The disk is nearly full: installing needs 700 MB.")


def make_venv():
    """The virtual environment, where it is missing."""
    if os.path.exists(PYTHON):
        return
    print("Tạo môi trường Python / Making the Python environment …", flush=True)
    result = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True)
    if result.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        stop(
            "Python này chưa có mô-đun venv. Trên Debian, Ubuntu: apt-get install python3-venv, rồi chạy lại.",
            "This Python has no venv module. On Debian or Ubuntu: apt-get install python3-venv, then again. (%s)" % (result.stderr or result.stdout).strip()[-200:],
        )


def install(requirements):
    """Install a pinned list, only when it changed since the last time."""
    path = os.path.join(ROOT, requirements)
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    stamp = os.path.join(VENV, requirements.replace(os.sep, "-") + ".installed")
    if os.path.exists(stamp) and open(stamp).read() == digest:
        return
    print("Cài thư viện / Installing %s …" % requirements, flush=True)
    command = [PYTHON, "-m", "pip", "install", "--require-hashes", "--no-deps", "--disable-pip-version-check", "--progress-bar", "on", "-q", "-r", path]
    result = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    if result.returncode:
        sys.stderr.write(result.stderr[-3000:])
        if "No space left" in result.stderr:
            stop("Ổ đĩa đầy giữa chừng: hãy giải phóng chỗ rồi chạy lại.", "The disk filled up half-way: make room, then run it again.")
        stop("Không cài được thư viện (xem dòng trên): hãy kiểm tra mạng rồi chạy lại.", "The packages could not be installed (see above): check the network, then again.")
    with open(stamp, "w") as file:
        file.write(digest)


def main():
    """Prepare, then hand over."""
    what = sys.argv[1] if len(sys.argv) > 1 else "setup"
    check_machine()
    try:
        make_venv()
        install("requirements.txt")
        if what == "test":
            install(os.path.join("tests", "requirements.txt"))
    except OSError as error:
        stop("Không ghi được: %s." % error, "Cannot write: %s." % error)
    if what == "run":
        os.chdir(ROOT)
        os.execv(PYTHON, [PYTHON, "-m", "newsroom.common.serve"])


if __name__ == "__main__":
    main()
