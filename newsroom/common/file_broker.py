"""kombu's filesystem transport with messages that appear whole.

The stock channel writes a message under the name that consumers look for, and takes its lock only after opening: a consumer
can move and read it half-written, which ends the worker with a JSON error (seen under load). Here a message is written
beside the queue and renamed into it, which is atomic; a table of bindings that is just being written is read again.
The stock channel also claims a message by moving it to the system's temporary folder: where that is another disk the move is a
copy, and two workers can take the same message. Here the claim is a rename beside the queue: one succeeds.
"""

from __future__ import annotations

import logging
import os
import time
import uuid
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps, loads

log = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """Messages are renamed into the queue."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{time.time_ns():020d}_{uuid.uuid4()}.{queue}.msg"  # in order also after a restart of the machine
        path = os.path.join(self.data_folder_out, name)
        try:
            with open(f"{path}.part", "wb") as file:
                file.write(str_to_bytes(dumps(payload)))
            os.replace(f"{path}.part", path)
        except OSError as error:
            raise ChannelError(f"Cannot add file {path!r} to directory") from error

    def _get(self, queue: str) -> Any:  # type: ignore[override]
        """The oldest message that nobody else claims. Raises Empty."""
        for name in sorted(name for name in os.listdir(self.data_folder_in) if name.partition(".")[2] == f"{queue}.msg"):
            path = os.path.join(self.data_folder_in, name)
            claimed = f"{path}.taken"
            try:
                os.rename(path, claimed)
            except FileNotFoundError:
                continue  # another worker was faster
            with open(claimed, encoding="utf-8") as file:
                text = file.read()
            os.remove(claimed)
            try:
                return loads(text)
            except ValueError:
                log.error("a message on %s cannot be read and is dropped; the sweeps do its work", queue)
        raise Empty

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
