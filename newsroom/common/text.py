"""Vietnamese text: one form, no accents, addresses, order, search keys, lines that do not break in the wrong place.

Python and Django alone get these wrong (docs/vietnamese-text.md): đ is dropped from slugs, NFD input does not match NFC, hòa and hoà
are two words, Đà Nẵng sorts after Uyên. Everything that stores, compares or shows Vietnamese passes through here. No Django in this module.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from vn_collate import LETTER_MODIFIERS, PRIMARY_ORDER, TONE_MARKS

NBSP = "\u00a0"

# Letters that Unicode does not take apart into a plain letter and a mark. Eth and African D stand in for Đ in badly typed text.
_PLAIN = {
    "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ɖ": "d", "Ɖ": "D", "ƀ": "b", "Ƀ": "B", "ɓ": "b", "Ɓ": "B",
    "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ı": "i", "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE",
    "þ": "th", "Þ": "TH",
}  # fmt: skip
_PLAIN_TABLE = str.maketrans(_PLAIN)
# Straight, curly, modifier and prime apostrophes: Ea H'leo, H’Lan, M'gar are each typed in several ways.
_APOSTROPHES = "'’‘ʼʻʹ′＇`´"
_NO_APOSTROPHES = str.maketrans("", "", _APOSTROPHES)

_TONE = "[\u0300\u0301\u0303\u0309\u0323]"
_NEW_STYLE = re.compile(rf"(?<![qQ])(?:(o)([ae])|(u)(y))({_TONE})(?![\w\u0300-\u036f])", re.IGNORECASE)


def nfc(s: str) -> str:
    """The composed form that everything is stored in. Text from macOS and from old Word comes decomposed."""
    return unicodedata.normalize("NFC", s)


def old_style(s: str) -> str:
    """One place for the tone mark, as the papers write it: hoà becomes hòa, thuỷ thủy; quý, toàn and hoặc stay. Composed."""
    return nfc(_NEW_STYLE.sub(_tone_first, unicodedata.normalize("NFD", s)))


def _tone_first(found: re.Match[str]) -> str:
    first, second, tone = [part for part in found.groups() if part]
    return first + tone + second


def fold(s: str) -> str:
    """Lower case without marks: Đắk Lắk becomes dak lak, Čư̆ M'gar cu m'gar. The spaces and signs stay as they are."""
    return _without_marks(_without_marks(s).lower()).translate(_PLAIN_TABLE)


def _without_marks(s: str) -> str:
    # The table first: Ǿ, for one, takes apart into Ø and a mark. Twice over, because the table may meet letters only then.
    bare = "".join(c for c in unicodedata.normalize("NFD", s) if not unicodedata.combining(c))
    return nfc(bare.translate(_PLAIN_TABLE))  # Hangul comes apart into letters without marks: put it together again


def has_marks(s: str) -> bool:
    """Does the text carry a mark or one of the letters that fold changes? A query that has marks asks for the exact spelling."""
    return fold(s) != nfc(s).lower()


def search_exact(s: str) -> str:
    """Search key that keeps the marks: lower case, one tone style, one space between words, no apostrophes, nothing invisible."""
    visible = "".join(c for c in old_style(s) if unicodedata.category(c) != "Cf").translate(_NO_APOSTROPHES)
    # After lower-casing once more composed: a capital can have a composed form that its small letter lacks.
    return old_style(" ".join(visible.lower().split()))


def search_folded(s: str) -> str:
    """Search key for readers who type without accents."""
    return " ".join(fold(search_exact(s)).split())


_THOUSANDS = re.compile(r"(?<=[0-9])\.(?=[0-9]{3}(?![0-9]))")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def slugify_vi(s: str, *, max_length: int = 90, default: str = "") -> str:
    """Address of a headline in ASCII: "Đắk Lắk: 1.240 tàu" becomes dak-lak-1240-tau.

    Cut between words at `max_length` characters. Where nothing is left (a headline in Chinese, say) the answer is `default`.
    """
    plain = fold(unicodedata.normalize("NFKD", _visible_letters(s)))
    words = _NOT_SLUG.sub("-", _THOUSANDS.sub("", plain)).strip("-")
    if len(words) > max_length:
        cut = words[: max_length + 1]
        words = (cut.rpartition("-")[0] or cut[:max_length]).strip("-")
    return words or default


def _visible_letters(s: str) -> str:
    # Apostrophes before NFKD: ´ comes apart there into a space and a mark.
    return "".join(c for c in s if unicodedata.category(c) != "Cf").translate(_NO_APOSTROPHES)


# --- order -------------------------------------------------------------------------------------------------------------------------
# Weights as ICU gives them for vi: spaces, signs, digits, letters. The Vietnamese letters and tones come from vn-collate, which puts
# spaces and everything it does not know behind z; ƀ is a letter of its own after b, as in ICU.
_SIGNS = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_LETTERS = tuple(letter for plain in PRIMARY_ORDER for letter in ((plain, "ƀ") if plain == "b" else (plain,)))
_PRIMARY = {sign: rank for rank, sign in enumerate((" ", *_SIGNS, *"0123456789", *_LETTERS), start=1)}
_UNKNOWN = 0xFE
_OTHER_MARK = len(TONE_MARKS) + 1
_SAME_SIGN = str.maketrans({NBSP: " ", "\t": " ", "\n": " ", "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})
_SORT_PLAIN = str.maketrans({letter: plain for letter, plain in _PLAIN.items() if letter not in "đĐƀɃ"})


def sort_key(s: str) -> str:
    """Key whose plain (binary) order is the Vietnamese order: a ă â b c d đ e ê … and none, huyền, hỏi, ngã, sắc, nặng.

    A string of hexadecimal digits, so it can also stand in a column. Same order as PostgreSQL's "vi-x-icu" (tested).
    """
    primary, secondary, tertiary = [], [], []
    for base, marks in _clusters(s.translate(_SAME_SIGN).translate(_SORT_PLAIN)):
        letter = _letter(base, marks)
        small = letter.lower()
        primary.append(_primary(small))
        secondary.append(f"{_mark_weight(small, marks):02x}")
        tertiary.append("02" if letter != small else "01")
    return "00".join("".join(level) for level in (primary, secondary, tertiary))


def _clusters(s: str) -> list[tuple[str, str]]:
    """Each letter or sign with the marks on it; what ICU ignores (controls, invisible signs) is left out."""
    found: list[tuple[str, list[str]]] = []
    for c in unicodedata.normalize("NFD", s):
        if unicodedata.combining(c):
            if not found:
                found.append(("", []))
            found[-1][1].append(c)
        elif unicodedata.category(c) not in ("Cf", "Cc"):
            found.append((c, []))
    return [(base, "".join(marks)) for base, marks in found]


def _letter(base: str, marks: str) -> str:
    """The letter of the alphabet in a cluster: ư of ư̆, o of ŏ. A modifier that makes no Vietnamese letter is a mark like any other."""
    made = (nfc(base + mark) for mark in marks if mark in LETTER_MODIFIERS)
    return next((letter for letter in made if letter.lower() in _PRIMARY), base)


def _primary(small: str) -> str:
    if small in _PRIMARY:
        return f"{_PRIMARY[small]:02x}"
    return f"{_UNKNOWN:02x}" + "".join(f"{ord(c):06x}" for c in small)


def _mark_weight(letter: str, marks: str) -> int:
    """1 for none, the tones above, then any other mark beside a tone (ư̆, č)."""
    taken = unicodedata.normalize("NFD", letter)
    others = sum(1 for mark in marks if mark not in TONE_MARKS and mark not in taken)
    tone = max((TONE_MARKS.get(mark, 0) for mark in marks), default=0)
    return min(1 + tone + _OTHER_MARK * others, 0xFF)


# --- line breaks -------------------------------------------------------------------------------------------------------------------
_LONGEST_CHUNK = 24  # characters held together at most: a longer piece leaves holes in a narrow column
_EDGES = "“”\"'‘’()[]«»…"
_ENDS = ",.;:!?"
_NUMBER = re.compile(r"[+\-±~<>≥≤]?[0-9][0-9.,]*")
_NUMBER_LIKE = re.compile(r"[0-9][0-9.,:/–-]*[a-zđ%]?")
_PHONE_HEAD = re.compile(r"\(?\+?[0-9]{2,5}\)?")
_PHONE_PART = re.compile(r"[0-9]{1,5}")


def _set(words: str) -> frozenset[str]:
    return frozenset(nfc(words).split())


# What may follow a number without belonging to it.
_LOOSE = _set(
    "và hoặc hay đến tới trong ngoài của thì là ở tại từ cho với như mà để nhưng do vì nên bị được đã sẽ đang cũng còn có không so trên "
    "dưới về theo khi lại vẫn ra vào qua sau trước nếu rồi tuy ngay"
)
_UNITS = _set("% ‰ ° °C °F ₫ $ € £ USD VND VNĐ EUR GB MB TB KB W kW MW MWh kWh V Hz MHz GHz Mbps dB B K m² m³ km² ha/năm")
# What a number belongs to.
_BEFORE_NUMBER = _set(
    "số cấp thứ lần quý tập khóa khoá điều khoản chương tháng ngày mùng mồng lớp tầng phòng kênh quận phường tổ trang hạng kỳ vòng đợt "
    "ca đội lô km ql tl hẻm thôn buôn khối lúc tuổi năm top nhóm bảng mục loại đoàn hơn gần khoảng chừng"
)
# "bão số 12", "kỳ họp thứ 12": the word before stays too.
_ORDINALS = _set("số thứ cấp")
_BEFORE_ORDINAL = _set("bão họp hội khóa khoá quyết công nghị quốc gió bậc lần vụ vé hộp tổ kỳ phiên trận tuần")
_TITLES = _set(
    "ông bà anh chị em cô chú bác cụ thầy dì cậu mợ thím bé y tp tp. tx. ts. ths. pgs. gs. bs. cn. ks. kts. ls. nsnd nsưt đ/c "
    "gs.ts pgs.ts gs.ts. pgs.ts. bs.cki bs.ckii"
)
_NAME_HEADS = _set("ea ia krông čư čư̆ chư cư đăk đắk đak buôn plei kon nam sông bến đèo mũi h' h’")
_DIGIT_WORDS = _set("một hai ba bốn năm sáu bảy bẩy tám chín mười mươi trăm mấy vài")
_POWERS = _set("mươi trăm nghìn ngàn vạn triệu tỷ tỉ chục")
_AFTER_MUOI = _set("một mốt hai ba bốn tư năm lăm sáu bảy tám chín")
_MONEY = _set("đồng usd euro đô")
_COMPOUNDS = frozenset(
    tuple(pair.split())
    for pair in nfc(
        "giấy tờ,nhà cửa,đất đai,mùa màng,ruộng vườn,ruộng đồng,trường học,bệnh viện,học sinh,giáo viên,người dân,bà con,"
        "ngư dân,nông dân,tàu cá,tàu thuyền,bến bãi,đường sá,cầu cống,hồ đập,kỳ họp,hội nghị,quy định,kế hoạch,dự án,thủ tục,"
        "hồ sơ,chính sách,lãnh đạo,chủ tịch,bí thư,phó chủ,an toàn,an ninh,giao thông,sức khỏe,sức khoẻ,thời tiết,mưa lũ,"
        "mưa lớn,sạt lở,ngập lụt,áp thấp,nhiệt đới,cà phê,hồ tiêu,sầu riêng,cao su,tôm hùm,xuất khẩu,du lịch,văn hóa,văn hoá,"
        "lễ hội,cồng chiêng,bóng đá,thể thao,giải thưởng,đền ơn,xóm làng,buôn làng,thôn buôn,chuyển đổi,phòng chống,cứu hộ,"
        "cứu nạn"
    ).split(",")
)


@lru_cache(maxsize=8192)  # the same headlines stand on many pages
def no_break(s: str) -> str:
    """The same text with no-break spaces where a line must not end: 1.240 tàu, bão số 12, ông Thạnh, 0905 123 456, giấy tờ.

    For plain text on its way to a page or a card, never for what is stored. Only single spaces change; doing it twice changes nothing.
    """
    pieces = re.split(f"([ {NBSP}])", s)
    words, gaps = pieces[::2], pieces[1::2]
    length = len(words[0])
    for i, gap in enumerate(gaps):
        joined = gap == NBSP
        if not joined and length + 1 + len(words[i + 1]) <= _LONGEST_CHUNK and _belongs(words, i):
            gaps[i], joined = NBSP, True
        length = length + 1 + len(words[i + 1]) if joined else len(words[i + 1])
    return "".join(piece for pair in zip(words, [*gaps, ""], strict=True) for piece in pair)


def _belongs(words: list[str], i: int) -> bool:
    """Must words i and i + 1 stay on one line? Looks at them and one word further, never at the gaps: so twice is once."""
    if not words[i] or not words[i + 1]:
        return False
    left, right = nfc(words[i]).lstrip(_EDGES), nfc(words[i + 1]).strip(_EDGES).rstrip(_ENDS + _EDGES)
    if not left or not right:
        return False
    following = nfc(words[i + 2]).lstrip(_EDGES) if i + 2 < len(words) else ""
    return any(rule(left, right, following) for rule in _RULES)


def _counts(left: str, right: str, _following: str) -> bool:
    """1.240 tàu, 5 km, 20 °C."""
    if not _NUMBER.fullmatch(left) or left[-1] in _ENDS:
        return False
    return right in _UNITS or (right[0].islower() and right not in _LOOSE)


def _numbered(left: str, right: str, _following: str) -> bool:
    """số 12, cấp 11, tháng 11, ngày 23/11."""
    return left.lower() in _BEFORE_NUMBER and _NUMBER_LIKE.fullmatch(right.lower()) is not None


def _ordinal(left: str, right: str, following: str) -> bool:
    """bão số 12, kỳ họp thứ 12: the noun before the ordinal; the number itself is the rule above."""
    return left.lower() in _BEFORE_ORDINAL and right.lower() in _ORDINALS and following[:1].isdigit()


def _named(left: str, right: str, _following: str) -> bool:
    """ông Thạnh, TP. Bến Sứ, Ea Đrông."""
    return right[0].isupper() and (left.lower() in _TITLES or (left[0].isupper() and left.lower() in _NAME_HEADS))


def _phone(left: str, right: str, _following: str) -> bool:
    """0905 123 456, +84 905 123 456, (0257) 3 123 456, 1900 1234, and thousands set with spaces."""
    head = _PHONE_PART.fullmatch(left) or _PHONE_HEAD.fullmatch(left.removesuffix(")")) or _PHONE_HEAD.fullmatch(left)
    return head is not None and _PHONE_PART.fullmatch(right) is not None and (len(right) > 1 or left.endswith(")") or left.startswith("0"))


def _spelled(left: str, right: str, _following: str) -> bool:
    """hai mươi, mươi lăm, ba trăm, triệu đồng."""
    left, right = left.lower(), right.lower()
    if right in _POWERS:
        return left in _DIGIT_WORDS or left in _POWERS
    return (left == "mươi" and right in _AFTER_MUOI) or (left in _POWERS and right in _MONEY)


def _compound(left: str, right: str, _following: str) -> bool:
    return (left.lower(), right.lower()) in _COMPOUNDS


_RULES: tuple[Callable[[str, str, str], bool], ...] = (_counts, _numbered, _ordinal, _named, _phone, _spelled, _compound)
