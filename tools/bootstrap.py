"""Before Django: the right Python, room on the disk, a virtual environment with the pinned packages. Standard library only.

    python3 tools/bootstrap.py [setup|test|run]

Written for old Pythons too, so that they get a sentence instead of a syntax error.
"""

import ctypes
import hashlib
import os
import shutil
import signal
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
NEEDED = 700 * 1024 * 1024
FULL = ("No space left", "Disk quota exceeded")
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")


def stop(vietnamese, english):
    """End with one sentence in both languages."""
    sys.stderr.write("%s\n%s\n" % (vietnamese, english))
    sys.exit(1)


def check_machine():
    """System, version, room, a folder that can be written."""
    if os.name != "posix":
        stop("Cần Linux hoặc macOS; trên Windows hãy dùng WSL.", "Linux or macOS is needed; on Windows use WSL.")
    if sys.version_info < (3, 11):
        use_newer_python()
    if not can_write(ROOT):
        stop(
            "Thư mục %s chỉ đọc được, không ghi được: hãy chép dự án sang thư mục khác rồi chạy lại." % ROOT,
            "The folder %s cannot be written: copy the project to another folder, then run it again." % ROOT,
        )
    if not os.path.exists(os.path.join(VENV, "requirements.txt.installed")) and shutil.disk_usage(ROOT).free < NEEDED:
        disk_full()


def use_newer_python():
    """Go on with a newer Python of this machine, or say what is missing."""
    for name in NEWER:
        path = shutil.which(name)
        if path:
            os.execv(path, [path] + sys.argv)
    found = "%d.%d" % tuple(sys.version_info[:2])
    stop(
        "Cần Python 3.11 trở lên; máy này đang dùng Python %s. Hãy cài bản mới rồi chạy lại, hoặc chỉ rõ: make run PYTHON=/đường/dẫn/python3.11" % found,
        "Python 3.11 or later is needed; this is Python %s. Install a newer one and run it again, or name it: make run PYTHON=/path/to/python3.11" % found,
    )


def can_write(folder):
    """Whether a file can really be made there (root may write where it may not: a read-only mount)."""
    probe = os.path.join(folder, ".probe-%d" % os.getpid())
    try:
        with open(probe, "w"):
            pass
        os.unlink(probe)
    except OSError as error:
        if error.errno == 28:
            disk_full()
        return False
    return True


def disk_full():
    """The sentence for a disk without room."""
    stop(
        "Ổ đĩa chứa %s đã đầy hoặc gần đầy: cần ít nhất 700 MB trống để cài đặt. Hãy giải phóng chỗ rồi chạy lại." % ROOT,
        "The disk that holds %s is full or nearly so: installing needs 700 MB. Make room, then run it again." % ROOT,
    )


def make_venv():
    """The virtual environment, where it is missing or half made."""
    if os.path.exists(PYTHON) and os.path.exists(os.path.join(VENV, "bin", "pip")):
        return
    say("Tạo môi trường Python / Making the Python environment …")
    result = subprocess.run([sys.executable, "-m", "venv", VENV], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=die_with_us())
    if result.returncode:
        words = result.stdout.decode(errors="replace")
        shutil.rmtree(VENV, ignore_errors=True)
        if any(sign in words for sign in FULL):
            disk_full()
        stop(
            "Python này chưa có mô-đun venv. Trên Debian, Ubuntu: apt-get install python3-venv, rồi chạy lại.",
            "This Python has no venv module. On Debian or Ubuntu: apt-get install python3-venv, then run it again. (%s)" % " ".join(words.split())[-200:],
        )


def install(requirements):
    """Install a pinned list, only when it changed since the last time."""
    path = os.path.join(ROOT, requirements)
    with open(path, "rb") as file:
        content = file.read()
    digest = hashlib.sha256(content).hexdigest()
    stamp = os.path.join(VENV, requirements.replace(os.sep, "-") + ".installed")
    if os.path.exists(stamp) and open(stamp).read() == digest:
        return
    total = content.count(b"==")
    say("Cài %d thư viện / Installing %d packages (%s), khoảng một phút / about a minute …" % (total, total, requirements))
    last = run_pip(path, total)
    if last is not None:
        sys.stderr.write("\n".join(last[-12:]) + "\n")
        if any(sign in line for sign in FULL for line in last):
            disk_full()
        stop(
            "Không cài được thư viện (xem các dòng trên): hãy kiểm tra mạng rồi chạy lại.",
            "The packages could not be installed (see the lines above): check the network, then run it again.",
        )
    with open(stamp, "w") as file:
        file.write(digest)


def run_pip(path, total):
    """Run pip, telling how far it is; None when it went well, else its last lines."""
    # Compiling everything would take half of the time, for modules of which most are never imported: Python compiles what it imports, once.
    command = [PYTHON, "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-compile", "--disable-pip-version-check", "--no-input", "--progress-bar", "off", "-r", path]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=die_with_us())
    lines, seen = [], 0
    for raw in process.stdout:
        line = raw.decode(errors="replace").rstrip()
        lines = lines[-200:] + [line]
        if line.startswith(("Collecting ", "Requirement already satisfied")):
            seen += 1
            if seen % 20 == 0:
                say("  … %d/%d" % (seen, total))
        elif line.startswith("Installing collected packages"):
            say("  đã tải xong, đang cài / downloaded, installing …")
    return lines if process.wait() else None


def say(line):
    """One line of progress."""
    print(line, flush=True)


def die_with_us():
    """For preexec_fn: on Linux the kernel ends the child when we are killed."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    return lambda: libc and libc.prctl(1, signal.SIGKILL)


def prepare(what):
    """The environment and its packages."""
    try:
        check_machine()
        make_venv()
        install("requirements.txt")
        if what == "test":
            install(os.path.join("tests", "requirements.txt"))
    except OSError as error:
        if error.errno in (28, 122):
            disk_full()
        stop("Không ghi được vào %s." % (error.filename or ROOT), "Cannot write: %s." % error)


def main():
    """Prepare, then hand over."""
    what = sys.argv[1] if len(sys.argv) > 1 else "setup"
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        prepare(what)
    except KeyboardInterrupt:
        say("\nĐã dừng. / Stopped.")
        sys.exit(130)
    if what == "run":
        os.chdir(ROOT)
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # nine processes would each compile everything, at every start
        os.execv(PYTHON, [PYTHON, "-m", "newsroom.common.serve"])


if __name__ == "__main__":
    main()
