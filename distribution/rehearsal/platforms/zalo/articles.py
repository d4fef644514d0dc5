"""Articles and the jobs that make and change them (channels.md 3.2): a job is carried out some moments after it was asked for, in the order of the asking."""

import json
import secrets
import sqlite3
from datetime import timedelta
from typing import Any

from distribution.rehearsal import clock, media, posts
from distribution.rehearsal.faults import Fault
from distribution.rehearsal.platforms.zalo.errors import BUSY, INVALID, ZaloError

PLATFORM = "zalo"
WORKS = timedelta(seconds=0.3)
FOR_EVER = timedelta(days=3650)
A_MONTH, MESSAGES_A_MONTH = timedelta(days=30), 4


def working_time(fault: Fault | None) -> timedelta:
    """How long Zalo works on a job: never done where the fault is set, unless it says for how many seconds."""
    if fault is None or fault.name != "stuck_processing":
        return WORKS
    return timedelta(seconds=float(fault.options["seconds"])) if "seconds" in fault.options else FOR_EVER


def ask(db: sqlite3.Connection, *, oa: str, article: str, content: dict[str, Any], pictures: dict[str, Any], trouble: str, works: timedelta) -> str:
    """The token of a new job; `article` empty: a new one is made."""
    token, kind = secrets.token_urlsafe(32), "update" if article else "create"
    ready = clock.now() + works
    db.execute(
        "INSERT INTO zalo_jobs (token, oa, article, kind, content, pictures, trouble, ready_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (token, oa, article or secrets.token_hex(20), kind, json.dumps(content, ensure_ascii=False), json.dumps(pictures), trouble, clock.stamp(ready)),
    )
    return token


def settle(db: sqlite3.Connection) -> None:
    """Carry out every job whose time has come."""
    moment = clock.stamp(clock.now())
    for job in db.execute("SELECT * FROM zalo_jobs WHERE done_at IS NULL AND ready_at <= ? ORDER BY seq", (moment,)).fetchall():
        db.execute("UPDATE zalo_jobs SET done_at = ? WHERE seq = ?", (moment, job["seq"]))
        if job["trouble"]:
            continue
        if job["kind"] == "create":
            _create(db, job, moment)
        elif find(db, job["oa"], job["article"]) is not None:
            _update(db, job, moment)


def outcome(db: sqlite3.Connection, oa: str, token: str) -> str:
    """The article's id of a job that is done. Raises ZaloError: -214 while it runs, -201 where it came to nothing or never was."""
    job = db.execute("SELECT * FROM zalo_jobs WHERE token = ? AND oa = ?", (token, oa)).fetchone()
    if job is None:
        raise ZaloError(INVALID, "token is invalid")
    if job["done_at"] is None:
        raise ZaloError(BUSY)
    if job["trouble"]:
        raise ZaloError(INVALID, job["trouble"])
    return str(job["article"])


def find(db: sqlite3.Connection, oa: str, article: str) -> sqlite3.Row | None:
    """An article of an account unless it was removed or never was."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM zalo_articles WHERE id = ? AND oa = ? AND removed_at IS NULL", (article, oa)).fetchone()
    return row


def listing(db: sqlite3.Connection, oa: str, *, offset: int, limit: int) -> list[sqlite3.Row]:
    """Articles of an account, hidden ones too, newest first."""
    return db.execute("SELECT * FROM zalo_articles WHERE oa = ? AND removed_at IS NULL ORDER BY created_at DESC, rowid DESC LIMIT ? OFFSET ?", (oa, limit, offset)).fetchall()


def remove(db: sqlite3.Connection, oa: str, article: str) -> None:
    """Raises ZaloError for one that is not there. That this is -201 is not documented (3.3 has no number of its own for it)."""
    if find(db, oa, article) is None:
        raise ZaloError(INVALID, "id is invalid")
    db.execute("UPDATE zalo_articles SET removed_at = ? WHERE id = ?", (clock.stamp(clock.now()), article))
    posts.delete(db, platform=PLATFORM, post_id=article)


def summary(row: sqlite3.Row, *, base: str, numbers: bool) -> dict[str, Any]:
    """An article in a list. Names of fields differ between samples [U]; these are one of them."""
    content = json.loads(row["content"])
    told = {"total_view": row["views"], "total_share": row["views"] // 10} if numbers else {}
    return {
        "id": row["id"], "type": content["type"], "title": content["title"], "status": content["status"], "create_date": _millis(row["created_at"]),
        "update_date": _millis(row["updated_at"]), "link_view": f"{base}/{row['oa']}/posts/{row['id']}", **told,
    }  # fmt: skip


def detail(row: sqlite3.Row, *, base: str, numbers: bool) -> dict[str, Any]:
    """The whole article."""
    return {**json.loads(row["content"]), **summary(row, base=base, numbers=numbers)}


def _millis(text: str) -> int:
    return int(clock.read(text).timestamp() * 1000)


def send(db: sqlite3.Connection, oa: str, ids: list[str], target: dict[str, Any]) -> str:
    """A message to every follower: shown articles only, so many a month. Raises ZaloError."""
    for one in ids:
        row = find(db, oa, one)
        if row is None or json.loads(row["content"])["status"] != "show":
            raise ZaloError(INVALID, "attachment_id is invalid")
    since = clock.stamp(clock.now() - A_MONTH)
    if db.execute("SELECT COUNT(*) FROM zalo_messages WHERE oa = ? AND sent_at > ?", (oa, since)).fetchone()[0] >= MESSAGES_A_MONTH:
        raise ZaloError(-211)
    message_id = secrets.token_hex(16)
    db.execute("INSERT INTO zalo_messages VALUES (?, ?, ?, ?, ?)", (message_id, oa, json.dumps(ids), json.dumps(target), clock.stamp(clock.now())))
    return message_id


def words_of(content: dict[str, Any]) -> str:
    """What the account's list shows of it."""
    return f"{content['title']}\n\n{content.get('description', '')}".strip()


def _create(db: sqlite3.Connection, job: sqlite3.Row, moment: str) -> None:
    content = json.loads(job["content"])
    db.execute(
        "INSERT INTO zalo_articles (id, oa, content, pictures, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
        (job["article"], job["oa"], job["content"], job["pictures"], moment, moment),
    )
    cover = _keep_pictures(db, job, cover=content["cover"]["photo_url"], version=1)
    about = posts.NewPost(PLATFORM, job["oa"], job["article"], words_of(content), content.get("tracking_link"), cover, content["status"] == "show")
    posts.create(db, about, print_of=job["article"])


def _update(db: sqlite3.Connection, job: sqlite3.Row, moment: str) -> None:
    """The whole of it again; readers see "edited" only where more than its status is another."""
    row = find(db, job["oa"], job["article"])
    if row is None:
        return
    old, new = json.loads(row["content"]), json.loads(job["content"])
    version = row["version"] + 1
    db.execute(
        "UPDATE zalo_articles SET content = ?, pictures = ?, version = ?, updated_at = ? WHERE id = ?", (job["content"], job["pictures"], version, moment, job["article"]),
    )  # fmt: skip
    if {**old, "status": ""} != {**new, "status": ""}:
        posts.edit(db, platform=PLATFORM, post_id=job["article"], text=words_of(new))
    db.execute("UPDATE posts SET link = ? WHERE platform = ? AND id = ?", (new.get("tracking_link"), PLATFORM, job["article"]))
    db.execute("UPDATE media SET deleted_at = ? WHERE platform = ? AND post_id = ?", (moment, PLATFORM, job["article"]))
    for name in _keep_pictures(db, job, cover=new["cover"]["photo_url"], version=version):
        db.execute("UPDATE media SET post_id = ? WHERE platform = ? AND id = ?", (job["article"], PLATFORM, name))
    if new["status"] == "show":
        posts.publish(db, platform=PLATFORM, post_id=job["article"])
    else:
        db.execute("UPDATE posts SET state = ? WHERE platform = ? AND id = ? AND state = ?", (posts.UNPUBLISHED, PLATFORM, job["article"], posts.PUBLISHED))


def _keep_pictures(db: sqlite3.Connection, job: sqlite3.Row, *, cover: str, version: int) -> tuple[str, ...]:
    """Rows for an article's pictures; those that were not fetched have none. Returns the cover's name, the one that lists show."""
    names: dict[str, str] = {}
    for number, (url, file) in enumerate(json.loads(job["pictures"]).items()):
        names[url] = f"{job['article']}-{version}-{number}"
        media.add(db, platform=PLATFORM, account=job["oa"], media_id=names[url], picture=media.Picture(*file), alt="", caption="")
    db.execute("UPDATE zalo_articles SET pictures = ? WHERE id = ?", (json.dumps(names), job["article"]))
    return (names[cover],) if cover in names else ()
