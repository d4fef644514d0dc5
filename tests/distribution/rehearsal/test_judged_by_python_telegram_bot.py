"""python-telegram-bot drives the rehearsal platform: if it is content, the fake keeps the contract (channels.md 17.3)."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import requests
from PIL import Image
from telegram import Bot, InputMediaPhoto, LinkPreviewOptions, MessageEntity
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter

from tests.fakes.rehearsal import RehearsalServer

pytestmark = pytest.mark.processes
LINK = "https://songba.example/thoi-su/bao-so-12-a1.html?utm_id=01JD"
CHANNEL, OTHER = "-1002026112301", "-1002026112302"
FILM = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 100


def bot_of(server: RehearsalServer, token: str = "") -> Bot:
    return Bot(token or server.card("telegram")["fields"]["token"], base_url=f"{server.base_url}/telegram/bot", base_file_url=f"{server.base_url}/telegram/file/bot")


def ask(server: RehearsalServer, work: Callable[[Bot], Awaitable[Any]], token: str = "") -> Any:
    """Run what a bot does, from its log-in to its end."""

    async def run() -> Any:
        async with bot_of(server, token) as bot:
            return await work(bot)

    return asyncio.run(run())


def picture(colour: str = "teal", size: tuple[int, int] = (64, 40)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def test_the_bot_knows_itself_the_channel_and_its_rights_there(rehearsal_server: RehearsalServer) -> None:
    async def work(bot: Bot) -> Any:
        return await bot.get_me(), await bot.get_chat("@baosongba_chaythu"), await bot.get_chat_member(CHANNEL, bot.id), await bot.get_chat_member(OTHER, bot.id)

    me, chat, member, elsewhere = ask(rehearsal_server, work)
    assert me.is_bot and me.username == "songba_chaythu_bot"
    assert (chat.id, chat.type) == (int(CHANNEL), ChatType.CHANNEL)
    assert member.status == ChatMemberStatus.ADMINISTRATOR and member.can_post_messages and member.can_edit_messages and member.can_delete_messages
    assert elsewhere.can_post_messages and not elsewhere.can_delete_messages


def test_words_with_entities_are_posted_edited_and_deleted(rehearsal_server: RehearsalServer) -> None:
    async def work(bot: Bot) -> Any:
        bold = MessageEntity(MessageEntity.BOLD, 0, 4)
        sent = await bot.send_message(CHANNEL, f"🇻🇳 Bão số 12\n\n{LINK}", entities=[bold], link_preview_options=LinkPreviewOptions(url=LINK))
        edited = await bot.edit_message_text("Bão số 13", chat_id=CHANNEL, message_id=sent.message_id)
        with pytest.raises(BadRequest, match="not modified"):
            await bot.edit_message_text("Bão số 13", chat_id=CHANNEL, message_id=sent.message_id)
        return sent, edited, await bot.delete_message(CHANNEL, sent.message_id)

    sent, edited, deleted = ask(rehearsal_server, work)
    assert sent.date.tzinfo is not None and sent.sender_chat.id == int(CHANNEL)
    assert sent.parse_entities() == {sent.entities[0]: "🇻🇳", sent.entities[1]: LINK}  # places are UTF-16 units
    assert edited.edit_date and edited.text == "Bão số 13" and deleted is True
    (post,) = rehearsal_server.posts()
    assert (post["id"], post["link"], post["state"]) == (str(sent.message_id), None, "deleted")


def test_pictures_videos_and_albums_come_back_as_such(rehearsal_server: RehearsalServer) -> None:
    async def work(bot: Bot) -> Any:
        photo = await bot.send_photo(CHANNEL, picture(), caption="Một ảnh")
        film = await bot.send_video(CHANNEL, FILM, caption="Video", width=720, height=1280, duration=12, supports_streaming=True)
        album = await bot.send_media_group(CHANNEL, [InputMediaPhoto(picture("red"), caption="Hai ảnh"), InputMediaPhoto(picture("blue"))])
        await bot.edit_message_caption(CHANNEL, photo.message_id, caption="Ảnh, đính chính")
        changed = await bot.edit_message_media(InputMediaPhoto(picture("green"), caption="Ảnh khác"), CHANNEL, album[1].message_id)
        return photo, film, album, changed

    photo, film, album, changed = ask(rehearsal_server, work)
    assert (photo.photo[-1].width, photo.caption) == (64, "Một ảnh")
    assert (film.video.duration, film.video.mime_type) == (12, "video/mp4")
    assert len(album) == 2 and album[0].media_group_id == album[1].media_group_id and (album[0].caption, album[1].caption) == ("Hai ảnh", None)
    assert changed.photo[-1].file_unique_id != album[1].photo[-1].file_unique_id
    first, second, third = rehearsal_server.posts(state="published")
    assert (first["text"], len(first["media"]), second["media"][0]["bytes"], len(third["media"])) == ("Ảnh, đính chính", 1, len(FILM), 2)
    html = rehearsal_server.page_html(CHANNEL, kind="telegram")
    assert "<video" in html and "Ảnh, đính chính" in html and html.count("<img") >= 3


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (lambda bot: bot.send_message(CHANNEL, "ế" * 4097), "too long"),
        (lambda bot: bot.send_message(CHANNEL, "🇻🇳" * 1025), "too long"),  # four units each
        (lambda bot: bot.send_photo(CHANNEL, picture(), caption="ế" * 1025), "caption is too long"),
        (lambda bot: bot.send_photo(CHANNEL, picture(size=(4000, 100))), "PHOTO_INVALID_DIMENSIONS"),
        (lambda bot: bot.send_photo(CHANNEL, b"khong phai anh"), "IMAGE_PROCESS_FAILED"),
        (lambda bot: bot.send_media_group(CHANNEL, [InputMediaPhoto(picture())] * 1), "2 to 10"),
        (lambda bot: bot.send_message("@khong_co_kenh", "x"), "chat not found"),
        (lambda bot: bot.send_message(CHANNEL, "x", entities=[MessageEntity("bold", 0, 5)]), "bounds"),
        (lambda bot: bot.edit_message_text("x", chat_id=CHANNEL, message_id=999_999), "not found"),
        (lambda bot: bot.delete_message(CHANNEL, 999_999), "not found"),
    ],
)  # fmt: skip
def test_what_telegram_refuses_is_refused_and_nothing_is_posted(rehearsal_server: RehearsalServer, work: Any, words: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){words}"):
        ask(rehearsal_server, work)
    assert rehearsal_server.posts() == []


def test_words_cannot_become_a_picture_nor_a_picture_words(rehearsal_server: RehearsalServer) -> None:
    async def work(bot: Bot) -> Any:
        words, photo = await bot.send_message(CHANNEL, "chữ"), await bot.send_photo(CHANNEL, picture())
        with pytest.raises(BadRequest, match="no media"):
            await bot.edit_message_media(InputMediaPhoto(picture()), CHANNEL, words.message_id)
        with pytest.raises(BadRequest, match="no text"):
            await bot.edit_message_text("x", chat_id=CHANNEL, message_id=photo.message_id)

    ask(rehearsal_server, work)


def test_a_channel_where_the_bot_may_not_delete_says_so(rehearsal_server: RehearsalServer) -> None:
    async def work(bot: Bot) -> Any:
        sent = await bot.send_message(OTHER, "ở lại")
        with pytest.raises(BadRequest, match="can't be deleted"):
            await bot.delete_message(OTHER, sent.message_id)

    ask(rehearsal_server, work)
    assert [post["state"] for post in rehearsal_server.posts()] == ["published"]


def test_a_request_of_twenty_megabytes_and_more_is_taken(rehearsal_server: RehearsalServer) -> None:
    film = FILM[:12] + b"x" * (21 * 1024 * 1024)
    sent = ask(rehearsal_server, lambda bot: bot.send_video(CHANNEL, film, read_timeout=60, write_timeout=60))
    assert sent.video.file_size == len(film)


def test_faults_look_to_the_client_like_the_real_ones(rehearsal_server: RehearsalServer) -> None:
    async def send(bot: Bot) -> Any:
        await bot.send_message(CHANNEL, "lỗi")

    rehearsal_server.fault("rate_limited", platform="telegram", minutes=2)
    with pytest.raises(RetryAfter) as refused:
        ask(rehearsal_server, send)
    assert refused.value._retry_after.total_seconds() == 120
    rehearsal_server.fault("error_after", platform="telegram")
    with pytest.raises(NetworkError):
        ask(rehearsal_server, send)
    assert len(rehearsal_server.posts()) == 1
    rehearsal_server.fault("token_revoked", platform="telegram")
    old = rehearsal_server.card("telegram")["fields"]["token"]
    for _time in range(2):
        with pytest.raises(InvalidToken):
            ask(rehearsal_server, send, token=old)
    ask(rehearsal_server, send)  # with the new one


def test_the_log_of_calls_holds_no_token(rehearsal_server: RehearsalServer) -> None:
    ask(rehearsal_server, lambda bot: bot.send_message(CHANNEL, "x"))
    token = rehearsal_server.card("telegram")["fields"]["token"]
    log = requests.get(f"{rehearsal_server.base_url}/_rehearsal/calls.json", timeout=10).text
    assert "/bot…/sendMessage" in requests.Response.json(requests.get(f"{rehearsal_server.base_url}/_rehearsal/calls.json", timeout=10))[-1]["path"]
    assert token not in log and token.split(":")[1] not in log
