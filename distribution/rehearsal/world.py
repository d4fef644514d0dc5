"""The invented world of the rehearsal platforms: the one app, the one person and the accounts they hold. All names are made up."""

from dataclasses import dataclass

APP_ID = "740219980000101"
APP_SECRET = "chay-thu-khong-phai-bi-mat-that"
APP_NAME = "Tòa soạn Báo Sông Ba · chạy thử"


@dataclass(frozen=True)
class Person:
    """Who logs in on a rehearsal platform."""

    id: str
    name: str
    email: str
    password: str


@dataclass(frozen=True)
class Account:
    """A page, channel or official account that people follow on a rehearsal platform."""

    id: str
    name: str
    username: str
    category: str
    about: str
    tasks: tuple[str, ...]
    colour: str


PERSON = Person(
    id="122099100000501",
    name="Trực kênh Sông Ba",
    email="truckenh@songba.example",
    password="chay-thu",
)

_ALL_TASKS = ("ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE")

FACEBOOK_PAGES = (
    Account(
        id="101202303404505",
        name="Báo Sông Ba · chạy thử",
        username="baosongba.chaythu",
        category="Trang tin tức",
        about="Tin tức tỉnh Sông Ba. Trang chạy thử: không ai ngoài tòa soạn nhìn thấy.",
        tasks=_ALL_TASKS,
        colour="red",
    ),
    Account(
        id="101202303404606",
        name="Nhịp sống Sông Ba · chạy thử",
        username="nhipsongsongba.chaythu",
        category="Trang tin tức",
        about="Đời sống, ẩm thực, du lịch Sông Ba. Trang chạy thử.",
        tasks=_ALL_TASKS,
        colour="green",
    ),
    Account(
        id="101202303404707",
        name="Bạn đọc Sông Ba · chạy thử",
        username="bandocsongba.chaythu",
        category="Cộng đồng",
        about="Hòm thư bạn đọc. Người trực kênh chỉ được xem số liệu và trả lời bình luận ở trang này.",
        tasks=("ANALYZE", "MODERATE"),
        colour="blue",
    ),
)

YOUTUBE_CHANNELS = (
    Account(
        id="UCsongba0chaythu0000001A",
        name="Truyền hình Báo Sông Ba · chạy thử",
        username="baosongba.video",
        category="Kênh tin tức",
        about="Video thời sự tỉnh Sông Ba. Kênh chạy thử: không ai ngoài tòa soạn nhìn thấy.",
        tasks=(),
        colour="red",
    ),
    Account(
        id="UCsongba0chaythu0000002B",
        name="Sông Ba 24 phút · chạy thử",
        username="songba24phut.chaythu",
        category="Kênh tin tức",
        about="Ứng dụng chưa qua kiểm duyệt của Google ở kênh này: mọi video bị khóa ở chế độ riêng tư.",
        tasks=("LOCKED_PRIVATE",),
        colour="blue",
    ),
)

TIKTOK_ACCOUNTS = (
    Account(
        id="-000SongBaChayThuTikTok0001",
        name="Báo Sông Ba trên TikTok · chạy thử",
        username="baosongba.chaythu",
        category="Tin tức",
        about="Video ngắn tỉnh Sông Ba. Tài khoản chạy thử: không ai ngoài tòa soạn nhìn thấy.",
        tasks=(),
        colour="red",
    ),
    Account(
        id="-000SongBaChayThuTikTok0002",
        name="Sông Ba trẻ · chạy thử",
        username="songbatre.chaythu",
        category="Tin tức",
        about="Ứng dụng chưa qua kiểm duyệt của TikTok ở tài khoản này: đăng thẳng bị từ chối, bản nháp thì được.",
        tasks=("UNAUDITED",),
        colour="blue",
    ),
)

MASTODON_ACCOUNTS = (
    Account(
        id="113500000000000101",
        name="Báo Sông Ba trên Mastodon · chạy thử",
        username="baosongba",
        category="Máy chủ Mastodon",
        about="Tin tức tỉnh Sông Ba. Tài khoản chạy thử: không ai ngoài tòa soạn nhìn thấy.",
        tasks=(),
        colour="blue",
    ),
)

ZALO_OAS = (
    Account(
        id="4012345678901234501",
        name="Báo Sông Ba trên Zalo · chạy thử",
        username="baosongba",
        category="Báo chí",
        about="Tin tức tỉnh Sông Ba. Official Account chạy thử: không ai ngoài tòa soạn nhìn thấy.",
        tasks=(),
        colour="blue",
    ),
    Account(
        id="4012345678901234602",
        name="Bạn đọc Sông Ba trên Zalo · chạy thử",
        username="bandocsongba",
        category="Báo chí",
        about="Official Account chưa xác thực, không có gói trả phí: Zalo không cho đăng bài bằng ứng dụng.",
        tasks=("WITHOUT_PACKAGE",),
        colour="green",
    ),
)

TELEGRAM_BOT = Account(
    id="7402199801", name="Trực kênh Sông Ba · chạy thử", username="songba_chaythu_bot", category="Bot", about="Bot của tòa soạn.", tasks=(), colour="blue"
)
TELEGRAM_CHANNELS = (
    Account(
        id="-1002026112301",
        name="Báo Sông Ba trên Telegram · chạy thử",
        username="baosongba_chaythu",
        category="Kênh tin tức",
        about="Tin tức tỉnh Sông Ba. Kênh chạy thử: không ai ngoài tòa soạn nhìn thấy.",
        tasks=("can_post_messages", "can_edit_messages", "can_delete_messages"),
        colour="blue",
    ),
    Account(
        id="-1002026112302",
        name="Bạn đọc Sông Ba · chạy thử",
        username="bandocsongba_chaythu",
        category="Kênh tin tức",
        about="Kênh này chỉ cho bot đăng tin, không cho sửa hay xóa.",
        tasks=("can_post_messages",),
        colour="green",
    ),
)

WEBHOOK_PARTNERS = (
    Account(
        id="khesim",
        name="Trang tin Khe Sim · chạy thử",
        username="khesim.chaythu",
        category="Đối tác đăng lại",
        about="Nhận bài của Báo Sông Ba qua webhook có chữ ký. Trang chạy thử: không ai ngoài tòa soạn nhìn thấy. Từng bản tin: /webhook/messages",
        tasks=(),
        colour="green",
    ),
)
