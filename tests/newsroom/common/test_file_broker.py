"""A message on the file queue is seen whole or not at all."""

from __future__ import annotations

import threading
from pathlib import Path
from queue import Empty

from kombu import Connection


def test_many_writers_and_a_reader_exchange_whole_messages(tmp_path: Path) -> None:
    options = {"data_folder_in": str(tmp_path / "q"), "data_folder_out": str(tmp_path / "q"), "control_folder": str(tmp_path / "c")}
    (tmp_path / "q").mkdir()
    url = {"hostname": "filesystem://", "transport": "newsroom.common.file_broker.Transport", "transport_options": options}

    def write(sender: int) -> None:
        with Connection(**url) as connection:
            queue = connection.SimpleQueue("bell")
            for number in range(60):
                queue.put({"sender": sender, "number": number, "padding": "x" * 3000})
            queue.close()

    writers = [threading.Thread(target=write, args=(sender,)) for sender in range(3)]
    with Connection(**url) as connection:
        queue = connection.SimpleQueue("bell")
        for writer in writers:
            writer.start()
        got = set()
        while len(got) < 180:
            message = queue.get(timeout=20)
            got.add((message.payload["sender"], message.payload["number"]))
            message.ack()
        queue.close()
    for writer in writers:
        writer.join()
    assert len(got) == 180
    assert not list((tmp_path / "q").iterdir())


def test_two_readers_never_take_the_same_message_and_a_broken_one_stops_nobody(tmp_path: Path) -> None:
    options = {"data_folder_in": str(tmp_path / "q"), "data_folder_out": str(tmp_path / "q"), "control_folder": str(tmp_path / "c")}
    (tmp_path / "q").mkdir()
    url = {"hostname": "filesystem://", "transport": "newsroom.common.file_broker.Transport", "transport_options": options}
    with Connection(**url) as connection:
        queue = connection.SimpleQueue("chime")
        for number in range(100):
            queue.put(number)
        queue.close()
    (tmp_path / "q" / "00000000000000000001_x.chime.msg").write_text("half a mess")
    got: list[int] = []

    def read() -> None:
        with Connection(**url) as connection:
            channel = connection.channel()
            try:
                while True:
                    got.append(channel._get("chime")["body"])
            except Empty:
                return

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert len(got) == 100
    assert len(set(got)) == 100
    assert not list((tmp_path / "q").iterdir())
