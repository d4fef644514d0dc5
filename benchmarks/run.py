"""python -m benchmarks.run bench|prove: runs the measurements, prints a table, writes benchmarks/results.json.

LIST=1 lists them, ONLY=name runs one, SCALE=0.1 makes them smaller. With ONLY or SCALE the results go to var/benchmarks.json.
Each measurement is a process of its own (`python -m benchmarks.<module>`), with its own NEWSROOM_VAR and database, and prints JSON rows.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks.machine import Postgres, fresh_environment

ROOT = Path(__file__).resolve().parents[1]
# name → (module, on which databases)
BENCH = {
    "render": ("benchmarks.render", ("sqlite",)),
    "search": ("benchmarks.search", ("sqlite", "postgresql")),
    "stored": ("benchmarks.stored", ("sqlite",)),
    "lateness": ("benchmarks.lateness", ("sqlite", "postgresql")),
    "first_byte": ("benchmarks.first_byte", ("sqlite",)),
    "throughput": ("benchmarks.throughput", ("sqlite", "postgresql")),
}
PROVE = {
    "kill9": ("benchmarks.kill9", ("sqlite", "postgresql")),
    "invariants": ("benchmarks.invariants", ("sqlite", "postgresql")),
    "upload": ("benchmarks.upload", ("sqlite",)),
    "freshness": ("benchmarks.freshness", ("sqlite", "postgresql")),
    "search_large": ("benchmarks.search_large", ("sqlite", "postgresql")),
    "lighthouse": ("benchmarks.lighthouse", ("sqlite",)),
}


def main() -> int:
    """Run what was asked for; 1 where a proof does not hold."""
    chosen = PROVE if sys.argv[1:] == ["prove"] else BENCH
    if os.environ.get("LIST"):
        print("\n".join(chosen))
        return 0
    only = os.environ.get("ONLY")
    names = [name for name in chosen if only in (None, "", name)]
    if not names:
        print(f"nothing is called {only}; there is {', '.join(chosen)}")
        return 2
    rows, failed = [], False
    jobs = [(name, chosen[name][0], database) for name in names for database in chosen[name][1]]
    for name, module, database in tqdm(jobs, unit="measurement"):
        found, well = _run(name, module, database)
        rows += found
        failed = failed or not well
    _table(rows)
    _keep(rows)
    return int(failed)


def _run(name: str, module: str, database: str) -> tuple[list[dict[str, Any]], bool]:
    postgres = Postgres.start() if database == "postgresql" else None
    if database == "postgresql" and postgres is None:
        print(f"{name} on PostgreSQL: not run, PostgreSQL is not installed")
        return [], not os.environ.get("NEWSROOM_REQUIRE_SERVICES")
    try:
        with fresh_environment(database_url=postgres.url if postgres else "", redis_url=postgres.redis_url if postgres else "") as environment:
            environment["NEWSROOM_REHEARSAL"] = "0" if name.startswith("search") else "1"
            done = subprocess.run([sys.executable, "-m", module, database], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    finally:
        if postgres:
            postgres.stop()
    lines = [line for line in done.stdout.splitlines() if line.startswith("[{")]
    if done.returncode or not lines:
        print(f"{name} on {database} ended with {done.returncode}\n{done.stdout[-2000:]}")
    return (json.loads(lines[-1]) if lines else []), done.returncode == 0


def _table(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.3f} of {row['baseline']}"
        print(f"{row['name']:<58} {row['value']:>12} {row['unit']:<14} {ratio}")


def _keep(rows: list[dict[str, Any]]) -> None:
    partly = os.environ.get("ONLY") or os.environ.get("SCALE")
    path = ROOT / "var" / "benchmarks.json" if partly else ROOT / "benchmarks" / "results.json"
    path.parent.mkdir(exist_ok=True)
    known = {row["name"]: row for row in (json.loads(path.read_text()) if path.exists() else [])}
    known |= {row["name"]: row for row in rows}
    path.write_text(json.dumps(list(known.values()), ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
