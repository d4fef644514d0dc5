"""The first look at a request."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.translation import gettext as _


class RefuseBrokenAddresses:
    """Answer 400 to addresses with a NUL byte: databases refuse them with an error, and no reader ever types one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path:
            return HttpResponseBadRequest(_("This address cannot be read."), content_type="text/plain; charset=utf-8")
        return self.get_response(request)


# What Wagtail writes into its pages to start a widget: a known constructor with plain JSON, nothing else. See tests/newsroom/common/test_admin_policy.py.
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
CHOOSER = re.compile(r'new \w*Chooser\((?P<id>"[\w-]+"), (?P<data>\{.*\})\);', re.DOTALL)
INLINE_PANEL = re.compile(r'\s*\(function\(\) \{\s*var panel = new InlinePanel\(JSON\.parse\((?P<data>"[^"]*")\)\);\s*\}\)\(\);\s*')


def starts_a_widget(script: str) -> bool:
    """Whether an inline script only starts one of Wagtail's own widgets with data."""
    found = CHOOSER.fullmatch(script) or INLINE_PANEL.fullmatch(script)
    if found is None:
        return False
    try:
        json.loads(found["data"])
    except ValueError:
        return False
    return True


class AdminPolicy:
    """Content-Security-Policy of the admin: scripts from our own files, and the few lines with which Wagtail starts its widgets, each by its hash."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/admin/"):
            response.headers.setdefault("Content-Security-Policy", self._policy(response))
        return response

    def _policy(self, response: HttpResponse) -> str:
        policy = dict(settings.ADMIN_CONTENT_SECURITY_POLICY)
        policy["script-src"] = [*policy["script-src"], *self._hashes(response)]
        return "; ".join(f"{name} {' '.join(values)}" for name, values in policy.items())

    def _hashes(self, response: HttpResponse) -> list[str]:
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return []
        scripts = INLINE_SCRIPT.findall(response.content.decode(response.charset or "utf-8", "replace"))
        return [f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts if starts_a_widget(script)]
