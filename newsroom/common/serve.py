"""`make run`: prepares the embedded default and runs all its processes in the foreground (docs/running.md)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NoReturn

from newsroom.common import machine
from newsroom.common.supervisor import Child, Supervisor, die_with_parent

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
BAD_SETTING = 78  # manage.py ends with it after it has said which variable is wrong
# One worker for what must never wait, one for calls to the platforms (which may hang for half a minute), one for the rest.
URGENT, COMMIT = "urgent,default,render", "commit"
SLOW = "upload,index,media,poll,metrics,mail,render-late"
COLOURS = {"run": 36, "web": 32, "worker": 33, "commit": 33, "slow": 33, "beat": 35, "publish_due": 34, "rehearsal": 90, "demo": 36}
IGNORED = "ignore:You're running the worker with superuser privileges"  # on this machine of one's own it tells nothing new
TRUE = ("1", "true", "yes", "on")


def main() -> int:
    """Check, prepare, run until Ctrl-C."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        port = machine.read_port(os.environ.get("PORT") or "8000")
        var = Path(os.environ.get("NEWSROOM_VAR") or ROOT / "var").absolute()
        os.environ.update(_environment(port=port, var=var))
        machine.check_folder(var)
        lock = machine.lock_folder(var)
        for number in (port, port + 1) if _on("NEWSROOM_REHEARSAL") else (port,):
            machine.check_port(number, instead=port + 100 if port < 65000 else 8000)
        _prepare(var)
        code = _serve(port=port, var=var)
        lock.close()
        return code
    except machine.Refused as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    except KeyboardInterrupt:
        _say("run", "Đã dừng. / Stopped.")
        return 130


def _interrupt(*_args: object) -> NoReturn:
    raise KeyboardInterrupt


def _environment(*, port: int, var: Path) -> dict[str, str]:
    """What the children read; what the caller gave stays as it is."""
    given = {"NEWSROOM_DEMO": "true", "NEWSROOM_REHEARSAL": "true"}
    chosen = {name: os.environ.get(name) or value for name, value in given.items()}
    settings = os.environ.get("DJANGO_SETTINGS_MODULE", "")
    ours = settings.startswith("newsroom.config.settings.")
    chosen |= {"PORT": str(port), "NEWSROOM_VAR": str(var), "DJANGO_SETTINGS_MODULE": settings if ours else "newsroom.config.settings.dev"}
    if chosen["NEWSROOM_REHEARSAL"].lower() in TRUE:
        chosen["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # the rehearsal platforms speak plain HTTP on this machine
    return chosen


def _on(name: str) -> bool:
    return os.environ.get(name, "").lower() in TRUE


def _prepare(var: Path) -> None:
    """Database, groups, static files, in one process. Raises Refused with one sentence; the log has the rest."""
    command = [PYTHON, "manage.py", "prepare"]
    with subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=die_with_parent(os.getpid()),
        env={**os.environ, "PYTHONUNBUFFERED": "1"}, process_group=0,
    ) as process:  # fmt: skip
        errors: list[str] = []
        reader = threading.Thread(target=lambda: errors.extend(process.stderr or ()), daemon=True)
        reader.start()
        try:
            for line in process.stdout or ():
                _say("run", line.rstrip())
            reader.join()
        except KeyboardInterrupt:
            process.kill()
            raise
    if process.returncode == BAD_SETTING:
        raise machine.Refused(*("".join(errors).strip().split("\n", 1) + [""])[:2])
    if process.returncode:
        machine.keep(var / "prepare.log", "".join(errors))
        raise machine.explain("manage.py prepare", "".join(errors), var=var, log=var / "prepare.log")


def _serve(*, port: int, var: Path) -> int:
    supervisor = Supervisor(
        _children(port=port, var=var), say=_say, on_death=lambda child: _look_for_room(var), watch_parent=bool(os.environ.get("MAKELEVEL"))
    )
    threading.Thread(target=_tell_when_ready, args=(port,), daemon=True).start()
    return supervisor.run()


def _look_for_room(var: Path) -> None:
    """A full disk is the likeliest reason for several processes to die: say so."""
    try:
        machine.check_folder(var)
    except machine.Refused as refused:
        for line in str(refused).splitlines():
            _say("run", line)


def _children(*, port: int, var: Path) -> list[Child]:
    celery = [PYTHON, "-W", IGNORED, "-m", "celery", "-q", "-A", "newsroom.config.celery"]
    worker = [*celery, "worker", "--pool", "threads", "--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    children = [
        Child("web", _web(port=port, var=var)),
        Child("worker", [*worker, "-Q", URGENT, "--concurrency", "3", "-n", "urgent@%h"]),
        Child("commit", [*worker, "-Q", COMMIT, "--concurrency", "3", "-n", "commit@%h"]),
        Child("slow", [*worker, "-Q", SLOW, "--concurrency", "2", "-n", "slow@%h"], niceness=10),
        Child("beat", [*celery, "beat", "--loglevel", "WARNING", "--pidfile="]),
        Child("publish_due", [PYTHON, "manage.py", "publish_due", "--follow"]),
    ]
    if _on("NEWSROOM_REHEARSAL"):
        children.insert(0, Child("rehearsal", [PYTHON, "-m", "distribution.rehearsal", "--host", "127.0.0.1", "--port", str(port + 1), "--var", str(var)], {"REHEARSAL_TIKTOK_HOOK": f"http://127.0.0.1:{port}/hooks/tiktok/"}))
    if _on("NEWSROOM_DEMO"):
        children.append(Child("demo", [PYTHON, "manage.py", "demo", "--when-empty"], {"LOG_LEVEL": os.environ.get("LOG_LEVEL") or "WARNING"}, once=True))
    return children


def _web(*, port: int, var: Path) -> list[str]:
    """Granian; renditions and static files go past Django. Originals (with the places they were taken) and documents do not."""
    pictures = var / "media" / "images"
    pictures.mkdir(parents=True, exist_ok=True)
    return [
        PYTHON, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", "4", "--no-ws",
        "--static-path-route", "/static", "--static-path-mount", str(var / "static"),
        "--static-path-route", "/media/images", "--static-path-mount", str(pictures),
        "--log-level", "warning", "--workers-kill-timeout", "4", "publishing.reader.pages.wsgi:application",
    ]  # fmt: skip


def _tell_when_ready(port: int) -> None:
    """Say when the paper opens, what it still waits for, and at last where everything is."""
    addresses = f"Báo: http://127.0.0.1:{port}/ · Quản trị: http://127.0.0.1:{port}/admin/"
    if _on("NEWSROOM_REHEARSAL"):
        addresses += f" · Nền tảng chạy thử: http://127.0.0.1:{port + 1}/"
    pause, said = threading.Event(), ""
    while not pause.wait(1.0):
        status, waiting = _ask_ready(port)
        if status == 200:
            _say("run", addresses)
            _say("run", "Sẵn sàng. Dừng tất cả: Ctrl-C / Ready. Stop everything: Ctrl-C")
            return
        if waiting and waiting != said:
            _say("run", f"Còn đợi / Still waiting for: {waiting}")
            said = waiting


def _ask_ready(port: int) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        parts = json.loads(answer.read()).get("parts", {})
        return answer.status, ", ".join(name for name, part in parts.items() if not part["well"])
    except (OSError, HTTPException, ValueError):
        return 0, ""
    finally:
        connection.close()


def _say(name: str, line: str) -> None:
    label = f"\033[{COLOURS.get(name, 37)}m{name:>11}\033[0m" if sys.stdout.isatty() else f"{name:>11}"
    try:
        sys.stdout.write(f"{label} │ {line}\n")
        sys.stdout.flush()
    except BrokenPipeError:  # nobody reads any more, as with `make run | head`: that is a stop
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
