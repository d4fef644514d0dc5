"""docs/add-a-connector.md is true: its six files, put into a copy of the project, are a connector that keeps the contract and posts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs/add-a-connector.md"
STEP = re.compile(r"\*\*\d\..*?`((?:distribution|tests)/[\w/]+\.py)`[^`]*?```python\n(.*?)```", re.S)
REGISTRY = "distribution/connectors/registry.py"
PARTS = ("newsroom", "publishing", "distribution", "tests", "locale", "pyproject.toml", "manage.py")


def files_of_the_guide() -> dict[str, str]:
    """Path and content of each file that the page names."""
    return {path: content for path, content in (found.groups() for found in STEP.finditer(GUIDE.read_text(encoding="utf-8")))}


def add_to(project: Path) -> set[str]:
    """Do what the page says; the files that were touched."""
    before = {path: path.read_bytes() for path in project.rglob("*.py")}
    for name, content in files_of_the_guide().items():
        file = project / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((file.read_text(encoding="utf-8") if name == REGISTRY else "") + content, encoding="utf-8")
    return {str(path.relative_to(project)) for path in project.rglob("*.py") if before.get(path) != path.read_bytes()}


@pytest.mark.slow
@pytest.mark.processes
def test_the_toy_of_the_guide_takes_six_files_keeps_the_contract_and_posts(tmp_path: Path) -> None:
    project = tmp_path / "project"
    for name in PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules", "screenshots", "var"))
        else:
            shutil.copy2(ROOT / name, project / name)
    touched = add_to(project)
    assert REGISTRY in touched and len(touched) == 6
    assert not any("migrations" in name or "templates" in name or "urls" in name for name in touched)
    program = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", "toy and not guide", "tests/contracts/test_connectors.py", "tests/distribution/connectors/test_toy.py"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")} | {"NEWSROOM_VAR": str(tmp_path / "var")}
    done = subprocess.run(program, cwd=project, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed and int(passed.group(1)) >= 10
