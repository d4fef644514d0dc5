"""The supervisor with real processes: what dies comes back, and nobody is left behind, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
pytestmark = [pytest.mark.processes, pytest.mark.alone]

# A child that has a child of its own (as granian and prefork pools have), writes both pids, then works until it is told to stop.
FAMILY = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, lambda *a: sys.exit(0))
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
open(sys.argv[1], "a").write(f"{os.getpid()} {grandchild.pid}\\n")
print("at work", flush=True)
time.sleep(300)
"""
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(300)"
DRIVER = """
import sys
from newsroom.common.supervisor import Child, Supervisor
folder, family, more, watch = sys.argv[1:]
children = [Child("first", [sys.executable, "-c", family, folder + "/first"]), Child("second", [sys.executable, "-c", family, folder + "/second"])]
if more:
    children.append(Child("third", [sys.executable, "-c", more], once=True, niceness=5))
def say(name, line):
    print(name, line, flush=True)
sys.exit(Supervisor(children, say=say, watch_parent=watch == "yes").run())
"""


class Run:
    """A supervisor under test, with two families and maybe a third child."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[str] | None = None

    def start(self, *, third: str = "") -> subprocess.Popen[str]:
        self.process = subprocess.Popen(self.command(third=third), cwd=ROOT, stdout=(self.folder / "log").open("w"), stderr=subprocess.STDOUT, text=True)
        wait(lambda: len(self.pids()) == 4)
        return self.process

    def command(self, *, third: str = "", watch: str = "no") -> list[str]:
        return [sys.executable, "-c", DRIVER, str(self.folder), FAMILY, third, watch]

    def pids(self, name: str = "") -> list[int]:
        files = [self.folder / name] if name else [self.folder / "first", self.folder / "second"]
        return [int(word) for file in files if file.exists() for word in file.read_text().split()]

    def log(self) -> str:
        return (self.folder / "log").read_text()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path)
    yield run
    for pid in [*([run.process.pid] if run.process and run.process.poll() is None else []), *run.pids()]:
        if alive(pid):
            os.kill(pid, signal.SIGKILL)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state not in "ZX"
    except FileNotFoundError:
        if sys.platform == "linux":
            return False
    try:
        os.kill(pid, 0)
        return True
    except ProcessLookupError:
        return False


def wait(condition: Callable[[], bool], *, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "this did not come to pass"
        time.sleep(0.05)


def nobody(pids: list[int]) -> Callable[[], bool]:
    return lambda: not any(alive(pid) for pid in pids)


def test_a_child_that_is_killed_starts_again_and_leaves_no_grandchild(run: Run) -> None:
    run.start()
    leader, grandchild = run.pids("first")
    os.kill(leader, signal.SIGKILL)
    wait(lambda: len(run.pids("first")) == 4)
    wait(nobody([leader, grandchild]))
    assert all(alive(pid) for pid in run.pids("first")[2:])
    assert "first đã dừng (mã -9)" in run.log()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_cleanly(run: Run, number: signal.Signals) -> None:
    process = run.start()
    process.send_signal(number)
    assert process.wait(timeout=15) == 0
    assert nobody(run.pids())()
    assert "All stopped" in run.log()


def test_a_child_that_does_not_listen_is_killed_in_time(run: Run) -> None:
    process = run.start(third=STUBBORN)
    wait(lambda: "third deaf" in run.log())
    process.terminate()
    assert process.wait(timeout=12) == 0
    assert nobody(run.pids())()


def test_a_second_ctrl_c_does_not_wait(run: Run) -> None:
    process = run.start(third=STUBBORN)
    wait(lambda: "third deaf" in run.log())
    process.send_signal(signal.SIGINT)
    wait(lambda: "Stopping" in run.log())
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=5) == 0


def test_nobody_is_left_when_the_supervisor_is_killed(run: Run) -> None:
    process = run.start()
    pids = run.pids()
    process.kill()
    process.wait()
    wait(nobody(pids))


def test_nobody_is_left_when_watcher_and_supervisor_are_killed_one_after_the_other(run: Run) -> None:
    process = run.start()
    watcher = next(pid for pid in children_of(process.pid) if "watcher.py" in command_line(pid))
    os.kill(watcher, signal.SIGKILL)
    wait(lambda: any("watcher.py" in command_line(pid) for pid in children_of(process.pid) if pid != watcher))
    time.sleep(0.3)  # the new watcher has been told of everybody
    process.kill()
    process.wait()
    wait(nobody(run.pids()))


def test_under_make_the_supervisor_ends_when_make_is_killed(run: Run) -> None:
    make = subprocess.Popen([sys.executable, "-c", "import subprocess, sys; subprocess.run(sys.argv[1:])", *run.command(watch="yes")], cwd=ROOT, stdout=subprocess.DEVNULL)
    wait(lambda: len(run.pids()) == 4)
    make.kill()
    make.wait()
    wait(nobody(run.pids()))


def test_what_is_to_run_once_is_not_started_again(run: Run) -> None:
    run.start(third="print('done')")
    wait(lambda: "third done" in run.log())
    time.sleep(1.5)
    assert run.log().count("third done") == 1


def test_what_can_wait_gives_way_to_the_others(run: Run) -> None:
    run.start(third="import os; print('nice', os.nice(0))")
    wait(lambda: f"third nice {os.nice(0) + 5}" in run.log())


def test_lines_arrive_whole_and_under_their_name(run: Run) -> None:
    run.start(third="import sys, time; sys.stdout.write('một nửa '); sys.stdout.flush(); time.sleep(0.5); print('và nửa kia'); print('không xuống dòng', end='')")
    wait(lambda: "third không xuống dòng" in run.log())
    assert "third một nửa và nửa kia\n" in run.log()


def children_of(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == parent:
            found.append(int(entry.name))
    return found


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""
