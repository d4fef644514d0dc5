"""Search at 20,000 stories: p50 and p95 over what readers type, one query at a time, page of 20 with marks and facets."""

from __future__ import annotations

import sys
import time

from benchmarks.machine import manage, percentile, prepare, report, row, scale

TYPED = (
    "tàu cá", "tau ca", "ngu dan hai thanh", "Hải Thanh", "chuyen doi so", '"chuyển đổi số"', "nong thon moi", "gia ca phe", "cà phê", "truong hoc", "bao so 12", "tỉnh", "của",
    "xã", "cho phien", "benh vien", "ea drong", "buôn Ea Đrông", "thuy dien -xa", "khong co tu nay", "năm 2025", "duong ven bien", '"đường ven biển"', "le hoi cong chieng",
)  # fmt: skip


def main(database: str) -> None:
    """Measure on the database of the environment."""
    prepare()
    count = max(500, int(20_000 * scale()))
    manage("demo")  # the newsroom itself, pictures drawn: not what is measured
    began = time.monotonic()
    manage("demo", "--stories", str(count), "--seed", "7")
    wrote = time.monotonic() - began
    from publishing.archive.base import Query
    from publishing.archive.queries import parse
    from publishing.archive.services import engine, search

    kept = engine().count()
    assert kept >= count, f"{kept} of {count} stories are in the archive"
    took = []
    for _round in range(8):
        for typed in TYPED:
            began = time.perf_counter()
            search(Query(terms=parse(typed)))
            took.append((time.perf_counter() - began) * 1000)
    label = f"{count:,} stories, {database}".replace(",", ".")
    report([
        row(f"search p50, {label}", percentile(took, 0.5), "ms"), row(f"search p95, {label}", percentile(took, 0.95), "ms"),
        row(f"demo --stories with index, {label}", count / wrote, "stories/s"),
    ])  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])
