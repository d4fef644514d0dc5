"""Addresses that people give for posts: read, and held against the channel that they are said to be on."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, URLValidator
from django.utils.translation import gettext as _

from distribution.channels.models import Account
from distribution.channels.selectors import connector_of, settings_of
from distribution.connectors.base import KnowsAddresses
from distribution.deliveries.models import Delivery
from newsroom.common.errors import NewsroomError


class DecisionError(NewsroomError):
    """The decision cannot be taken now, or not by this person."""


@dataclass(frozen=True)
class Post:
    """Where a post is; its id on the platform where the address tells it."""

    url: str
    remote_id: str = ""


def is_address(text: str) -> None:
    """Raise ValidationError for what no browser could open as a post's address."""
    MaxLengthValidator(500)(text)
    URLValidator(schemes=["http", "https"])(text)


def post_at(account: Account, text: str) -> Post:
    """The post of an account at an address. Raises DecisionError for what is no address, or one of somebody else's post."""
    url = text.strip()
    try:
        is_address(url)
    except ValidationError:
        raise DecisionError("no_url", _("Give the address of the post, beginning with https://.")) from None
    connector = connector_of(account)
    if isinstance(connector, KnowsAddresses):
        remote_id = connector.post_at(url=url, account_id=account.remote_id, settings=settings_of(account) | {"address": account.address})
        if remote_id is None:
            raise DecisionError("foreign_url", _("This is no address of a post of “%(channel)s”.") % {"channel": account.name})
        return Post(url, remote_id)
    hosts = known_hosts(account)
    if hosts and _site(url) not in hosts:
        raise DecisionError("foreign_url", _("Posts of “%(channel)s” are on %(hosts)s. This address is elsewhere.") % {"channel": account.name, "hosts": ", ".join(sorted(hosts))})
    return Post(url)


def known_hosts(account: Account) -> set[str]:
    """Sites on which earlier posts of this platform were seen; none where nothing was posted there yet."""
    posts = Delivery.objects.filter(account__kind=account.kind, account__rehearsal=account.rehearsal, operation="publish", state="published").exclude(remote_url="")
    return {_site(url) for url in posts.order_by("-finished_at").values_list("remote_url", flat=True)[:20]}


def _site(url: str) -> str:
    """The host, without the parts before the name that one platform uses for one and the same site."""
    host = (urlsplit(url).hostname or "").casefold()
    for prefix in ("www.", "m.", "web."):
        host = host.removeprefix(prefix)
    return host
