"""Look the pinned packages up for known vulnerabilities, and say plainly which ones nobody could look up.

    .venv/bin/python tools/audit.py [requirements.txt …]

A report, not a check: a machine without the service must still be able to lint. But silence is never a pass.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

PIP_AUDIT = Path(sys.executable).parent / "pip-audit"
LIMIT = 90


def pinned(requirements: str) -> int:
    """How many packages the file pins."""
    return len(re.findall(r"^[A-Za-z0-9._-]+(?:\[[^\]]+\])?==", Path(requirements).read_text(encoding="utf-8"), re.MULTILINE))


def looked_up(requirements: str) -> tuple[list[dict], str]:
    """What pip-audit knows about each package; nothing and its last words where it gave no answer."""
    command = [str(PIP_AUDIT), "--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json", "-r", requirements]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
        return json.loads(result.stdout)["dependencies"], ""
    except subprocess.TimeoutExpired:
        return [], f"no answer within {LIMIT} seconds"
    except OSError as error:
        return [], str(error)
    except (ValueError, KeyError):
        return [], (result.stderr.strip().splitlines() or ["it said nothing"])[-1][:200]


def report(requirements: str) -> None:
    """Print what is known, and what is not."""
    total = pinned(requirements)
    packages, trouble = looked_up(requirements)
    known = [package for package in packages if "skip_reason" not in package]
    for package in known:
        for flaw in package["vulns"]:
            print(f"VULNERABLE: {package['name']} {package['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'no version yet'}")
    sound = sum(not package["vulns"] for package in known)
    print(f"{requirements}: {len(known)} of {total} pinned packages looked up, {sound} of them without a known vulnerability")
    unknown = [package for package in packages if "skip_reason" in package]
    if trouble or unknown:
        count = len(unknown) or total
        print(f"NOT AUDITED: {count} of {total} pinned packages could not be looked up from this machine. This is no pass. ({trouble or unknown[0]['skip_reason']})")
    if not trouble and len(packages) < total:
        print(f"not for this system, so not looked up: {total - len(packages)}")


if __name__ == "__main__":
    for file in sys.argv[1:] or ["requirements.txt"]:
        report(file)
