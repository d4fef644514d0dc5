"""Answers for whoever watches the machine."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from newsroom.common import clock, health


@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """200 as long as the web process answers."""
    return JsonResponse({"status": "live"})


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 once every part answers, else 503; the JSON says each."""
    parts = health.examine(now=clock.now())
    well = all(part.well for part in parts.values())
    body = {"status": "ready" if well else "not ready", "parts": {name: asdict(part) for name, part in parts.items()}}
    response = JsonResponse(body, status=200 if well else 503)
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would log each 503 as an error; this one is an answer
    return response
