"""The WSGI application: sends each request to its platform, to the operator's side or to the pages for readers."""

import json
import sys
import traceback
from collections.abc import Iterable
from typing import Any

from werkzeug.wrappers import Response

from distribution.rehearsal import control, readers, switches
from distribution.rehearsal.platforms import KINDS
from distribution.rehearsal.platforms.base import ConnectionCut, Context, LimitedRequest
from distribution.rehearsal.previews import Looker
from distribution.rehearsal.settings import Settings
from distribution.rehearsal.store import Store
from distribution.rehearsal.templating import HERE, page


class Application:
    """All rehearsal platforms of one process."""

    def __init__(self, settings: Settings) -> None:
        """Opens the store. Raises OSError or sqlite3.Error when its place is unusable."""
        store = Store(settings.database)
        settings.media.mkdir(parents=True, exist_ok=True)
        self.context = Context(settings=settings, store=store, looker=Looker(settings, store))
        self.platforms = {kind: make(self.context) for kind, make in KINDS.items()}
        self._style = (HERE / "static" / "rehearsal.css").read_bytes()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = LimitedRequest(environ)
        try:
            response = self.respond(request)
        except ConnectionCut:
            raise  # the server closes the connection without a word, as the fault wants
        except Exception:  # a mistake of ours is a 5xx in JSON and a traceback in our own log, never in the answer
            traceback.print_exc(file=sys.stderr)
            body = {"error": {"message": "An unknown error occurred", "type": "OAuthException", "code": 1, "is_transient": False}}
            response = Response(json.dumps(body), status=500, mimetype="application/json")
        return response(environ, start_response)

    def respond(self, request: LimitedRequest) -> Response:
        """The answer to one request. Raises ConnectionCut."""
        first, _, rest = request.path.lstrip("/").partition("/")
        if first in self.platforms:
            return self.platforms[first].handle(request, rest)
        if first == "_rehearsal":
            return self._operator(request, rest)
        if request.method not in ("GET", "HEAD"):
            return page("gone.html", status=405)
        if request.path == "/":
            return readers.home(self.context, self.platforms, request)
        if request.path == "/rehearsal.css":
            return Response(self._style, mimetype="text/css", headers={"Cache-Control": "max-age=300"})
        return page("gone.html", status=404)

    def _operator(self, request: LimitedRequest, rest: str) -> Response:
        if rest.startswith("preview/") and request.method in ("GET", "HEAD"):
            return readers.preview_picture(self.context, rest.removeprefix("preview/"))
        if rest == "switches":
            return switches.handle(self.context, self.platforms, request)
        return control.handle(self.context, self.platforms, request, rest)
