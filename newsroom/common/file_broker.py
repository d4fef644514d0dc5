"""kombu's filesystem transport with messages that appear whole.

The stock channel writes a message under the name that consumers look for, and takes its lock only after opening: a consumer
can move and read it half-written, which ends the worker with a JSON error (seen under load). Here a message is written
beside the queue and renamed into it, which is atomic; a table of bindings that is just being written is read again.
"""

from __future__ import annotations

import os
import time
import uuid
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Messages are renamed into the queue."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        name = f"{time.monotonic_ns() // 1_000_000}_{uuid.uuid4()}.{queue}.msg"
        path = os.path.join(self.data_folder_out, name)
        try:
            with open(f"{path}.part", "wb") as file:
                file.write(str_to_bytes(dumps(payload)))
            os.replace(f"{path}.part", path)
        except OSError as error:
            raise ChannelError(f"Cannot add file {path!r} to directory") from error

    def get_table(self, exchange: str) -> Any:
        """The bindings of an exchange; read again while another process writes them."""
        for _attempt in range(20):
            try:
                return super().get_table(exchange)
            except ValueError:
                time.sleep(0.01)
        return super().get_table(exchange)


class Transport(filesystem.Transport):
    """Named by CELERY_BROKER_TRANSPORT."""

    Channel = Channel
