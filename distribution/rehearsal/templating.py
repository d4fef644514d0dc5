"""HTML pages of the rehearsal platforms: escaped templates, a strict content policy, one style sheet of our own."""

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from distribution.rehearsal import clock

HERE = Path(__file__).parent
URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")


def linked(text: str) -> Markup:
    """The text with its addresses as links and its line ends kept."""
    out, last = Markup(""), 0
    for found in URL.finditer(text):
        address = found.group()
        out += escape(text[last : found.start()])
        out += Markup('<a href="{}" rel="nofollow noopener" target="_blank">{}</a>').format(address, address)
        last = found.end()
    return out + escape(text[last:])


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(default=True), undefined=StrictUndefined
    )
    environment.filters["when"] = clock.for_people
    environment.filters["linked"] = linked
    return environment


_TEMPLATES = _environment()


def page(template: str, *, status: int = 200, form_targets: str = "'self'", **values: Any) -> Response:
    """A finished page. `form_targets` widens the policy for forms that end in a redirect to the newsroom."""
    response = Response(_TEMPLATES.get_template(template).render(**values), status=status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; form-action {form_targets}; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"  # with no-referrer a browser calls its own forms' origin "null"
    response.headers["Cache-Control"] = "no-store"
    return response
