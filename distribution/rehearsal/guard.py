"""Who may operate the rehearsal from a browser: its own pages only. Scripts, which send none of these headers, pass."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from werkzeug.wrappers import Request

from distribution.rehearsal.settings import Settings

ELSEWHERE = "Lời gọi này đến từ một trang khác, nên không được làm. Hãy mở trang công tắc lỗi và bấm ở đó."
NAME = "Địa chỉ {name!r:.100} không phải của máy này. Hãy mở bằng 127.0.0.1, hoặc thêm tên đó vào REHEARSAL_HOSTS."


def refusal(request: Request, settings: Settings) -> str:
    """Why a browser may not do this from where it is; empty if it may, or if it is no browser."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None and origin is None:
        return ""
    if not _is_ours(request.host, settings):  # a foreign name that was made to lead here is a foreign page
        return NAME.format(name=request.host)
    if site not in (None, "same-origin", "none"):
        return ELSEWHERE
    if origin is not None and origin.lower() != request.host_url.rstrip("/").lower():
        return ELSEWHERE
    return ""


def _is_ours(host: str, settings: Settings) -> bool:
    try:
        name = (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return False
    if name in settings.hosts:
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
