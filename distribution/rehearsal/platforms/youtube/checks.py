"""What the Data API refuses in a video's words and state, with the reason that clients go by."""

from datetime import datetime
from typing import Any

from distribution.rehearsal.platforms.youtube.errors import GoogleError

TITLE, DESCRIPTION, TAGS = 100, 5_000, 500  # characters, bytes of UTF-8, characters with quotes and commas
WORDS = ("title", "description", "tags", "categoryId", "defaultLanguage", "defaultAudioLanguage")
STATES = ("privacyStatus", "publishAt", "license", "embeddable", "publicStatsViewable", "selfDeclaredMadeForKids", "containsSyntheticMedia")
PARTS = frozenset({"id", "snippet", "status", "statistics", "processingDetails", "contentDetails", "recordingDetails", "localizations"})


def refused(message: str, reason: str, where: str) -> GoogleError:
    """400 about one field."""
    return GoogleError(message, reason, 400, location=where)


def parts(text: str, known: frozenset[str] = PARTS) -> set[str]:
    """The parts that a call names. Raises GoogleError for none and for one that is not known."""
    found = {name.strip() for name in text.split(",") if name.strip()}
    if not found:
        raise GoogleError("No filter selected. Required parameter: part", "missingRequiredParameter", 400, domain="global", location="part")
    if found - known:
        raise GoogleError(f"'{sorted(found - known)[0]}'", "unknownPart", 400, domain="youtube.part", location="part")
    return found


def part_of(body: Any, name: str) -> dict[str, Any]:
    """A part of a resource as it was sent. Raises GoogleError where it is no object."""
    found = body.get(name) if isinstance(body, dict) else None
    if found is not None and not isinstance(found, dict):
        raise GoogleError("Invalid JSON payload received.", "badRequest", 400, domain="global", location=name)
    return found or {}


def snippet(sent: dict[str, Any]) -> dict[str, Any]:
    """The words of a video, checked. Raises GoogleError."""
    title, description, tags = sent.get("title"), sent.get("description", ""), sent.get("tags") or []
    if not isinstance(title, str) or not title.strip() or len(title) > TITLE or set("<>") & set(title):
        raise refused("The request metadata specifies an invalid or empty video title.", "invalidTitle", "body.snippet.title")
    if not isinstance(description, str) or len(description.encode()) > DESCRIPTION or set("<>") & set(description):
        raise refused("The request metadata specifies an invalid video description.", "invalidDescription", "body.snippet.description")
    if not isinstance(tags, list) or not all(isinstance(tag, str) and tag for tag in tags) or length_of(tags) > TAGS:
        raise refused("The request metadata specifies invalid video keywords.", "invalidTags", "body.snippet.tags")
    category = str(sent.get("categoryId") or "22")
    if not category.isdigit():
        raise refused("The snippet.categoryId property specifies an invalid category ID.", "invalidCategoryId", "body.snippet.categoryId")
    kept = {name: sent[name] for name in WORDS if sent.get(name)}
    return {**kept, "title": title, "description": description, "categoryId": category}


def length_of(tags: list[str]) -> int:
    """Characters of the tags as the platform counts them: quotes around those with a space, commas between."""
    return sum(len(tag) + (2 if " " in tag else 0) for tag in tags) + max(0, len(tags) - 1)


def status(sent: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """The state of a video, checked; without privacyStatus it is public. Raises GoogleError."""
    kept = {name: sent[name] for name in STATES if sent.get(name) is not None}
    kept.setdefault("privacyStatus", "public")
    if kept["privacyStatus"] not in ("public", "unlisted", "private"):
        raise refused("Invalid privacy status.", "invalidVideoMetadata", "body.status.privacyStatus")
    if "publishAt" in kept:
        moment = moment_of(kept["publishAt"])
        if moment is None or kept["privacyStatus"] != "private":
            raise refused("The request metadata specifies an invalid scheduled publishing time.", "invalidPublishAt", "body.status.publishAt")
        if moment <= now:
            del kept["publishAt"]
            kept["privacyStatus"] = "public"
    return kept


def moment_of(text: Any) -> datetime | None:
    """An RFC 3339 moment with its offset, or None."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
