"""The upload's answers (JSON, always with a sentence), the screen that sends files, a video's state, its poster, another attempt."""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from newsroom.accounts.models import User
from newsroom.common import clock
from newsroom.common.errors import NewsroomError
from newsroom.media.enums import VideoState
from newsroom.media.models import NewsVideo
from newsroom.media.videos import posters, services, uploads
from newsroom.media.videos.forms import StartForm, VideoWordsForm
from newsroom.media.videos.permissions import policy
from newsroom.media.videos.uploads import UploadRefused

LONGEST_START = 20_000
View = Callable[..., HttpResponse]


def speaks_json(view: View) -> View:
    """Every refusal as JSON with a code, a sentence and, where it is known, the next offset."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if not policy.user_has_permission(request.user, "add"):
                raise UploadRefused("not_allowed", _("Your role does not upload videos."), status=403)
            return view(request, *args, **kwargs)
        except UploadRefused as refused:
            offset = {} if refused.next_offset is None else {"next_offset": refused.next_offset}
            return JsonResponse({"code": refused.code, "error": str(refused), **offset}, status=refused.status)

    return inner


def _state(video: NewsVideo, *, resumed: bool = False) -> dict[str, Any]:
    return {
        "id": str(video.key), "next_offset": video.received, "size": video.original_size, "chunk": uploads.CHUNK, "state": video.state, "resumed": resumed,
        "page": reverse("videos:edit", args=[video.pk]),
    }  # fmt: skip


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


@require_POST
@speaks_json
def start(request: HttpRequest) -> HttpResponse:
    """Announce a file: 201 and its id, or 200 and where to go on with the person's unfinished upload of the same file."""
    data, actor = _read_start(request), _person(request)
    form = StartForm(data)
    if not form.is_valid():
        raise UploadRefused("bad_start", _sentences(form), status=422)
    announced = uploads.Announced(**form.cleaned_data | {"name": uploads.clean_name(form.cleaned_data["name"])})
    if found := uploads.find_unfinished(actor=actor, file=announced):
        return JsonResponse(_state(found, resumed=True))
    about = VideoWordsForm(data)
    if not about.is_valid():
        raise UploadRefused("bad_words", _sentences(about), status=422)
    return JsonResponse(_state(uploads.start_upload(actor=actor, file=announced, words=about.cleaned_data, now=clock.now())), status=201)


def _read_start(request: HttpRequest) -> dict[str, Any]:
    try:
        if int(request.headers.get("Content-Length") or 0) > LONGEST_START:
            raise ValueError
        data = json.loads(request.body)
    except (ValueError, RecursionError, UnreadablePostError):
        data = None
    if not isinstance(data, dict) or any("\x00" in value for value in data.values() if isinstance(value, str)):
        raise UploadRefused("unreadable", _("The announcement of the file cannot be read."), status=422)
    return data


def _sentences(form: Any) -> str:
    return " ".join(f"{form.fields[name].label}: {' '.join(map(str, errors))}" if name in form.fields else " ".join(map(str, errors)) for name, errors in form.errors.items())


@require_http_methods(["GET", "PUT", "DELETE"])
@speaks_json
def upload(request: HttpRequest, key: UUID) -> HttpResponse:
    """GET: where to go on. PUT ?offset=N: the bytes from there. DELETE: forget it."""
    video = uploads.heal(uploads.own_upload(key=key, actor=_person(request)))
    if request.method == "DELETE":
        uploads.cancel_upload(video=video)
        return JsonResponse({"id": str(key)})
    if request.method == "PUT":
        offset = _offset(request, video)
        data = _body(request, video)
        video = uploads.write_chunk(video=video, offset=offset, data=data, sha256=_digest(request, video), now=clock.now())
    return JsonResponse(_state(video))


def _offset(request: HttpRequest, video: NewsVideo) -> int:
    raw = request.GET.get("offset", "")
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 16):
        raise UploadRefused("bad_offset", _("This part does not say where it belongs."), status=422, next_offset=video.received)
    return int(raw)


def _body(request: HttpRequest, video: NewsVideo) -> bytes:
    """The whole chunk, of exactly the length that was announced."""
    raw = request.META.get("CONTENT_LENGTH") or ""
    if not raw.isdigit():
        raise UploadRefused("no_length", _("This part does not say how long it is."), status=422, next_offset=video.received)
    if int(raw) > uploads.CHUNK:
        raise UploadRefused("chunk_too_large", _("This part is too large."), status=413, next_offset=video.received)
    try:
        data = request.body
    except UnreadablePostError:
        data = b""
    if len(data) != int(raw):
        raise UploadRefused("truncated", _("The line broke off: this part is not complete."), status=422, next_offset=video.received)
    return data


def _digest(request: HttpRequest, video: NewsVideo) -> bytes | None:
    """`Content-Digest: sha-256=:…:` (RFC 9530), where the browser sent it."""
    header = request.headers.get("Content-Digest", "")
    if not header:
        return None
    try:
        found = b64decode(header.removeprefix("sha-256=:").removesuffix(":"), validate=True)
    except NotBase64:
        found = b""
    if not header.startswith("sha-256=:") or len(found) != 32:
        raise UploadRefused("bad_digest", _("The checksum of this part cannot be read."), status=422, next_offset=video.received)
    return found


@require_GET
def upload_page(request: HttpRequest) -> HttpResponse:
    """The screen that sends a file, with the person's unfinished uploads."""
    if not policy.user_has_permission(request.user, "add"):
        raise PermissionDenied
    mine = NewsVideo.objects.filter(uploaded_by=_person(request), state=VideoState.UPLOADING)
    return render(request, "newsroom/media/video_upload.html", {"form": VideoWordsForm(), "unfinished": mine, "suffixes": ",".join(f".{s}" for s in uploads.SUFFIXES)})


@require_GET
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a video is, for the screen that waits for it."""
    if not policy.user_has_permission(request.user, "view"):
        raise PermissionDenied
    video = get_object_or_404(NewsVideo, pk=pk)
    return JsonResponse({"state": video.state, "label": str(VideoState(video.state).label), "progress": video.progress, "reason": video.reason})


@require_POST
def poster(request: HttpRequest, pk: int) -> HttpResponse:
    """Cut the poster anew at the chosen second."""
    video = _mine(request, pk)
    try:
        second = float(request.POST.get("second", "").replace(",", "."))
    except ValueError:
        second = -1.0
    return _do(request, video, lambda: posters.make_poster(video=video, second=second), done=_("The poster was made anew."))


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Another attempt at a video that was not converted."""
    video = _mine(request, pk)
    return _do(request, video, lambda: services.try_again(video=video, now=clock.now()), done=_("The video is converted once more."))


def _mine(request: HttpRequest, pk: int) -> NewsVideo:
    video = get_object_or_404(NewsVideo, pk=pk)
    if not policy.user_has_permission_for_instance(request.user, "change", video):
        raise PermissionDenied
    return video


def _do(request: HttpRequest, video: NewsVideo, act: Callable[[], Any], *, done: str) -> HttpResponse:
    try:
        act()
        messages.success(request, done)
    except NewsroomError as error:
        messages.error(request, str(error))
    return redirect("videos:edit", video.pk)
