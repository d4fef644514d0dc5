"""Every kind of channel, one line each."""

from __future__ import annotations

from distribution.connectors.base import Connector
from distribution.connectors.facebook_page.connector import FacebookPage
from newsroom.common.registry import Registry

connectors: Registry[Connector] = Registry("connector")
connectors.add("facebook_page", FacebookPage())
