"""What comes after a post: a comment of the Page's own under it, and a new card of the story's page."""

from __future__ import annotations

from urllib.parse import quote

from distribution.connectors.base import JSON, Done, Failure, FailureClass, Look, Phase, Published, Sight, Target
from distribution.connectors.facebook_page.graph import graph
from distribution.connectors.facebook_page.texts import same_words
from distribution.connectors.messages import sentence

MOST_PAGES = 8


def comment(target: Target, remote_id: str, text: str) -> Published | Failure:
    """Exactly one comment. A right that is missing costs the comment, never the Page's posts."""
    data: JSON = {"message": text}
    answer = graph(target, "POST", f"{quote(remote_id, safe='_')}/comments", phase=Phase.COMMIT, params={"fields": "id,permalink_url"}, data=data)
    if isinstance(answer, Failure):
        return _no_right(answer) if answer.code == "missing_permission" else answer
    if not isinstance(answer.get("id"), str) or not answer["id"]:
        return Failure(FailureClass.AMBIGUOUS, "lost_answer", sentence("lost_answer"))
    return Published(answer["id"], str(answer.get("permalink_url", "")))


def _no_right(failure: Failure) -> Failure:
    return Failure(FailureClass.CONTENT, "no_comment_right", sentence("no_comment_right"), platform_message=failure.platform_message, raw=failure.raw)


def find(target: Target, remote_id: str, text: str) -> Look | Failure:
    """The Page's own comment with these words, newest first."""
    params: JSON = {"fields": "id,message,from,permalink_url", "order": "reverse_chronological", "filter": "toplevel", "limit": 100}
    for _page in range(MOST_PAGES):
        answer = graph(target, "GET", f"{quote(remote_id, safe='_')}/comments", phase=Phase.READ, params=params)
        if isinstance(answer, Failure):
            return Look(Sight.NOT_FOUND) if answer.kind == FailureClass.GONE else answer
        for row in answer.get("data") or []:
            ours = str((row.get("from") or {}).get("id", target.remote_id)) == target.remote_id
            if ours and same_words(str(row.get("message", "")), text):
                return Look(Sight.FOUND, str(row.get("id", "")), str(row.get("permalink_url", "")))
        paging = answer.get("paging") or {}
        after = (paging.get("cursors") or {}).get("after")
        if not after or not paging.get("next"):
            return Look(Sight.NOT_FOUND)
        params = {**params, "after": after}
    return Look(Sight.CANNOT)


def refresh_preview(target: Target, link: str) -> Done | Failure:
    """Facebook reads the page anew. The page of a story that was taken away has no card to mend."""
    answer = graph(target, "POST", "", phase=Phase.STAGE, params={"id": link, "scrape": "true"})
    taken_away = target.job is not None and target.job.event in ("withdrawn", "killed")
    if isinstance(answer, Failure) and not (taken_away and answer.code == "link_preview"):
        return answer
    return Done()
