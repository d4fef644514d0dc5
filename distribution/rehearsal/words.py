"""What the page of switches calls faults and calls, in Vietnamese, and which further fields a fault has there."""

TITLES = {
    "lost_answer": "Mất lời đáp",
    "late_commit": "Làm muộn",
    "error_before": "Lỗi máy chủ, chưa làm gì",
    "error_after": "Lỗi máy chủ, nhưng đã làm xong",
    "slow_body": "Trả lời nhỏ giọt",
    "half_chunk": "Chỉ giữ nửa phần tệp",
    "no_range": "Không nói đã nhận tới đâu",
    "rate_limited": "Gọi quá nhiều, có hẹn giờ",
    "rate_limited_silent": "Gọi quá nhiều, không hẹn giờ",
    "error_in_200": "Lỗi giấu trong trả lời 200",
    "token_expires": "Khóa truy cập hết hạn",
    "refresh_lost": "Mất khóa vừa gia hạn",
    "duplicate_refused": "Bị coi là bài trùng",
    "stuck_processing": "Xử lý mãi không xong",
    "metric_gone": "Không còn số liệu",
    "token_revoked": "Khóa truy cập bị thu hồi",
    "container_expired": "Tệp chờ đăng đã hết hạn",
}
SENTENCES = {
    "lost_answer": "Nền tảng làm xong việc rồi cắt kết nối, tòa soạn không nhận được chữ nào.",
    "late_commit": "Nền tảng giữ lời gọi lại một lúc rồi mới làm và trả lời, khi tòa soạn có thể đã thôi chờ.",
    "error_before": "Nền tảng báo lỗi 5xx và chưa làm gì cả.",
    "error_after": "Nền tảng báo lỗi 5xx dù đã làm xong: bài đã đứng đó.",
    "slow_body": "Nền tảng làm xong, đáp phần đầu ngay còn nội dung thì từng chút một.",
    "half_chunk": "Nền tảng chỉ giữ nửa đầu của phần tệp vừa gửi; tòa soạn phải gửi tiếp từ đó.",
    "no_range": "Nền tảng nhận phần tệp nhưng không nói đã nhận tới byte nào.",
    "rate_limited": "Nền tảng từ chối vì gọi quá nhiều và nói bao giờ được gọi lại.",
    "rate_limited_silent": "Nền tảng từ chối vì gọi quá nhiều mà không nói bao giờ được gọi lại.",
    "error_in_200": "Nền tảng trả lời 200 như thể được, nhưng bên trong là một lời từ chối.",
    "token_expires": "Khóa truy cập hết hạn ngay ở lời gọi này; tòa soạn phải gia hạn hoặc nối lại.",
    "refresh_lost": "Nền tảng đã đổi khóa mới rồi cắt kết nối: khóa cũ hết dùng, khóa mới không tới nơi.",
    "duplicate_refused": "Nền tảng từ chối vì cho rằng bài này đã đăng, dù không có bài nào như thế.",
    "stuck_processing": "Nền tảng nhận video hoặc bài rồi cứ báo đang xử lý, không bao giờ xong.",
    "metric_gone": "Nền tảng không còn trả lượt xem và các số khác khi tòa soạn hỏi.",
    "token_revoked": "Mọi khóa của tài khoản chết ngay ở lời gọi này, cho tới khi có người nối lại.",
    "container_expired": "Chỗ nhận tệp hết hạn giữa chừng; tòa soạn phải gửi lại từ đầu.",
}
OF_A_PLATFORM = {
    ("facebook", "token_expires"): "Mọi khóa của Trang hết hạn ngay ở lời gọi này, cho tới khi có người nối lại.",
    ("zalo", "error_in_200"): "Zalo trả lời 200 nhưng bên trong là mã lỗi: thiếu gói trả phí, hoặc mã bạn chọn.",
    ("tiktok", "error_in_200"): "TikTok trả lời 200 nhưng bên trong nói tài khoản đã hết lượt đăng trong ngày.",
    ("webhook", "rate_limited_silent"): "Đối tác trả lời 503 vì quá tải mà không nói bao giờ được gọi lại.",
    ("webhook", "token_expires"): "Đối tác đã đổi mã bí mật: chữ ký của tòa soạn không còn đúng, cho tới khi nối lại.",
    ("webhook", "token_revoked"): "Đối tác tắt địa chỉ nhận tin, cho tới khi nối lại.",
}
# Faults that one call alone meets: to choose a call there would only make a switch that never strikes.
OF_ONE_CALL = frozenset({"half_chunk", "no_range", "stuck_processing", "container_expired", "refresh_lost", "metric_gone"})
WITH_SECONDS = frozenset({"late_commit", "slow_body"})
WITHOUT_MINUTES = frozenset({"zalo"})  # its refusal names no time, only how many calls remain
WITH_SUBCODE = {"facebook": frozenset({"token_expires", "token_revoked"}), "zalo": frozenset({"error_in_200"})}
CALLS = {
    "feed": "đăng bài",
    "photos": "đăng ảnh",
    "edit": "sửa bài",
    "delete": "xóa",
    "comments": "bình luận",
    "insights": "đọc số liệu",
    "video_start": "bắt đầu gửi video",
    "video_chunk": "gửi một phần video",
    "video_finish": "đăng video",
    "reel_start": "bắt đầu gửi thước phim",
    "reel_bytes": "gửi tệp thước phim",
    "reel_finish": "đăng thước phim",
    "open": "mở phiên gửi tệp",
    "chunk": "gửi một phần tệp",
    "update": "sửa",
    "thumbnail": "đặt ảnh bìa",
    "captions": "gửi phụ đề",
    "playlist": "xếp vào danh sách phát",
    "refresh": "gia hạn khóa",
    "statistics": "đọc số liệu",
    "init": "bắt đầu gửi",
    "creator": "hỏi quyền của tài khoản",
    "query": "hỏi tình trạng",
    "media": "gửi ảnh hoặc video",
    "statuses": "đăng bài",
    "read": "đọc số liệu",
    "create": "tạo bài",
    "remove": "gỡ bài",
    "message": "gửi tin cho người quan tâm",
    "video": "gửi video",
    "detail": "đọc một bài",
    "list": "đọc danh sách bài",
    "sendMessage": "đăng bài chữ",
    "sendPhoto": "đăng ảnh",
    "sendVideo": "đăng video",
    "sendMediaGroup": "đăng nhiều ảnh",
    "editMessageText": "sửa bài chữ",
    "editMessageCaption": "sửa chú thích",
    "editMessageMedia": "thay ảnh hoặc video",
    "deleteMessage": "xóa",
    "ping": "thử kết nối",
    "publish": "báo bài mới",
}


def sentence(platform: str, fault: str) -> str:
    """What the fault does on this platform."""
    return OF_A_PLATFORM.get((platform, fault)) or SENTENCES[fault]


def fields(platform: str, fault: str) -> tuple[str, ...]:
    """Which optional fields the fault has on this platform, beside the account."""
    wanted = {
        "call": fault not in OF_ONE_CALL,
        "seconds": fault in WITH_SECONDS,
        "minutes": fault == "rate_limited" and platform not in WITHOUT_MINUTES,
        "subcode": fault in WITH_SUBCODE.get(platform, ()),
    }
    return tuple(name for name, there in wanted.items() if there)
