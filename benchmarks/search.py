"""Search over what readers type, page of 20 with marks and facets: p50 and p95 one at a time, and how many a second at 8 at once.

On the database of the environment; on SQLite then also on Elasticsearch before it, filled by `manage.py archive rebuild` from the same stories.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.machine import Elasticsearch, manage, percentile, prepare, report, row, scale

TYPED = (
    "tàu cá", "tau ca", "ngu dan hai thanh", "Hải Thanh", "chuyen doi so", '"chuyển đổi số"', "nong thon moi", "gia ca phe", "cà phê", "truong hoc", "bao so 12", "tỉnh", "của",
    "xã", "cho phien", "benh vien", "ea drong", "buôn Ea Đrông", "thuy dien -xa", "khong co tu nay", "năm 2025", "duong ven bien", '"đường ven biển"', "le hoi cong chieng",
)  # fmt: skip


ROUNDS, AT_ONCE = 8, 8


def main(database: str, *, stories: int = 20_000) -> None:
    """Measure on the database of the environment, and on Elasticsearch beside SQLite."""
    prepare()
    count = max(500, int(stories * scale()))
    manage("demo")  # the newsroom itself, pictures drawn: not what is measured
    began = time.monotonic()
    manage("demo", "--stories", str(count), "--seed", "7")
    wrote = time.monotonic() - began
    from publishing.archive.services import engine

    kept = engine().count()
    assert kept >= count, f"{kept} of {count} stories are in the archive"
    label = f"{count:,} stories, {database}".replace(",", ".")
    rows = [*_asked(label), row(f"demo --stories with index, {label}", count / wrote, "stories/s")]
    if database == "sqlite":
        rows += _on_elasticsearch(count)
    report(rows)


def _asked(label: str) -> list[dict[str, Any]]:
    from publishing.archive.base import Query
    from publishing.archive.queries import parse
    from publishing.archive.services import search

    def ask(typed: str) -> float:
        began = time.perf_counter()
        search(Query(terms=parse(typed)))
        return (time.perf_counter() - began) * 1000

    for typed in TYPED:
        ask(typed)
    took = [ask(typed) for _round in range(ROUNDS) for typed in TYPED]
    return [row(f"search p50, {label}", percentile(took, 0.5), "ms"), row(f"search p95, {label}", percentile(took, 0.95), "ms")]


def _on_elasticsearch(count: int) -> list[dict[str, Any]]:
    node = Elasticsearch.start()
    if node is None:
        print("search on Elasticsearch: not run, ../shared/elasticsearch/start or Java is missing")
        return []
    from django.conf import settings

    from newsroom.common import clock
    from publishing.archive import breaker, mirror_rebuild
    from publishing.archive.engines.elasticsearch import present_elasticsearch

    settings.ELASTICSEARCH_URL, settings.ELASTICSEARCH_TIMEOUT_MS = node.url, 10_000
    label = f"{count:,} stories, elasticsearch".replace(",", ".")
    try:
        mirror = present_elasticsearch()
        assert mirror
        began = time.monotonic()
        made = mirror_rebuild.rebuild(mirror=mirror, now=clock.now())
        took = time.monotonic() - began
        rows = [*_asked(label), _many(label), row(f"archive rebuild, {label}", made.written / took, "stories/s")]
        assert breaker.trouble() is None, "the database answered in Elasticsearch's place"
        return rows
    finally:
        node.stop()


def _many(label: str) -> dict[str, Any]:
    from publishing.archive.base import Query
    from publishing.archive.queries import parse
    from publishing.archive.services import search

    asked = list(TYPED) * ROUNDS
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as readers:
        list(readers.map(lambda typed: search(Query(terms=parse(typed))), asked))
    return row(f"search, {AT_ONCE} at once, {label}", len(asked) / (time.monotonic() - began), "/s")


if __name__ == "__main__":
    main(sys.argv[1])
