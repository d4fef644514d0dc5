"""A story version as an item of ninjs 3 (IPTC): only `uri` is required there, every other field is left out where there is nothing to say."""

from __future__ import annotations

import html

from distribution.connectors.base import JSON, Picture, Snapshot
from distribution.connectors.texts import with_hashtags
from distribution.connectors.webhook import config

USABLE, CANCELED = "usable", "canceled"


def story_item(snapshot: Snapshot, *, link: str, language: str) -> JSON:
    """The whole story. The channel's own words are a description; the notice of a correction is first in the body and a note to the partner's desk."""
    pictures = [_picture(picture, number) for number, picture in enumerate(snapshot.pictures[: config.PICTURE_LIMIT], start=1) if picture.address]
    subjects = [{"name": name} for name in dict.fromkeys((snapshot.section, *snapshot.tags)) if name]
    fields: JSON = {
        "uri": key_of(snapshot), "standard": config.STANDARD, "type": "text", "pubStatus": USABLE, "version": str(snapshot.version),
        "firstCreated": snapshot.published_at, "versionCreated": snapshot.signed_at or snapshot.published_at, "language": language, "edNote": snapshot.notice.strip(),
        "headlines": [{"role": "main", "value": snapshot.headline}], "by": snapshot.byline, "subjects": subjects,
        "descriptions": [_text("channel", with_hashtags(snapshot)), _text("summary", snapshot.lead.strip())],
        "bodies": [{"contentType": "text/html", "value": body_of(snapshot)}] if snapshot.body_html.strip() else [],
        "renditions": [{"name": "web", "href": link, "contentType": "text/html"}], "associations": pictures,
    }  # fmt: skip
    return {name: value for name, value in fields.items() if value}


def canceled_item(uri: str, *, version: int, moment: str) -> JSON:
    """A story that readers must not see any more."""
    return {"uri": uri, "standard": config.STANDARD, "type": "text", "pubStatus": CANCELED, "version": str(version), "versionCreated": moment}


def key_of(snapshot: Snapshot) -> str:
    """The story's id for partners: the same for every version."""
    return snapshot.story_key or snapshot.link


def body_of(snapshot: Snapshot) -> str:
    """The approved body; what a correction tells readers stands before it."""
    notice = html.escape(snapshot.notice.strip()).replace("\n", "<br>")
    return (f"<p><strong>{notice}</strong></p>\n" if notice else "") + snapshot.body_html.strip()


def _text(role: str, value: str) -> JSON:
    return {"role": role, "contentType": "text/plain", "value": value}


def _picture(picture: Picture, number: int) -> JSON:
    fields: JSON = {
        "name": f"picture-{number}", "uri": picture.address, "type": "picture", "descriptions": [_text("alt", picture.alt)] if picture.alt else [],
        "by": picture.credit, "renditions": [{"name": "web", "href": picture.address, "width": picture.width, "height": picture.height}],
    }  # fmt: skip
    return {name: value for name, value in fields.items() if value}
