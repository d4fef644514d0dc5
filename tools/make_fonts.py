"""Cut the paper's type: variable faces with Vietnamese, a face for the letters of Ê Đê, Gia Rai and Ba Na, and fallbacks that keep every line in place.

    npm pack @fontsource-variable/newsreader @fontsource-variable/source-sans-3     (unpack both, one folder each)
    python tools/make_fonts.py NEWSREADER_FOLDER SOURCE_SANS_FOLDER

Needs `fonttools[woff]` and Debian's fonts-noto-core and fonts-liberation (metrics of Times New Roman and Arial). Writes the woff2 files and their
licences into publishing/reader/static/paper/fonts and the @font-face rules between the two marks in paper.css. The result is committed, so nobody
needs npm to run the paper.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).resolve().parent.parent
PAPER = ROOT / "publishing/reader/static/paper"
NOTO = Path("/usr/share/fonts/truetype/noto")
LIBERATION = Path("/usr/share/fonts/truetype/liberation")
BEGIN, END = "/* fonts: begin (tools/make_fonts.py) */", "/* fonts: end */"

LATIN = "U+20-7E,U+A0-FF,U+131,U+152-153,U+2C6,U+2DA,U+2DC,U+2002-200B,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+202F,U+2030,U+2032-2033,U+2039-203A,U+2044,U+20AC,U+2122,U+2190-2193,U+2212"
VIETNAMESE = "U+102-103,U+110-111,U+128-129,U+168-169,U+1A0-1A1,U+1AF-1B0,U+300-301,U+303,U+309,U+323,U+1EA0-1EF9,U+20AB"
MORE = "U+100-101,U+104-10F,U+112-127,U+12A-130,U+132-151,U+154-167,U+16A-17F,U+218-21B"
# ƀ Ƀ and the breve of Čư̆, with the letters it can stand on: a letter and its mark must come from one face.
EXTRA = "U+41,U+43,U+45,U+49,U+4F,U+55,U+61,U+63,U+65,U+69,U+6F,U+75,U+C2,U+CA,U+D4,U+E2,U+EA,U+F4,U+180,U+1A0-1A1,U+1AF-1B0,U+243,U+306"
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "lnum", "pnum", "tnum", "rvrn"]
WEIGHTS = (400, 750)
SAMPLE = (
    "Ngư dân Hải Thanh đưa 1.240 tàu vào bờ trước khi bão đổ bộ. Từ nửa đêm, bộ đội biên phòng và chính quyền các xã ven biển đã gọi được toàn bộ "
    "tàu cá về nơi neo đậu; 3.600 người ở vùng trũng được đưa đến nhà văn hóa và trường học. Khảo sát ở 12 xã cho thấy thời gian cấp giấy phép giảm."
)


@dataclass(frozen=True)
class Family:
    """One family of the paper and what stands in for it until it has come."""

    name: str
    stem: str
    package: Path
    prefix: str
    noto: str
    fallback: str
    stand_in: str
    local: tuple[str, ...]
    local_bold: tuple[str, ...]


def codepoints(ranges: str) -> list[int]:
    """The characters of a CSS unicode-range."""
    found: list[int] = []
    for part in ranges.split(","):
        low, _, high = part.removeprefix("U+").partition("-")
        found.extend(range(int(low, 16), int(high or low, 16) + 1))
    return found


def cut(source: Path, target: Path, ranges: str) -> Path:
    """Write the characters of `ranges` of `source` as woff2, a variable weight limited to what the paper uses."""
    font = TTFont(source, recalcTimestamp=False)
    options = Options(flavor="woff2", layout_features=FEATURES, hinting=False, name_IDs=[1, 2, 13, 14], notdef_outline=True)
    options.drop_tables += ["MVAR", "meta", "DSIG"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codepoints(ranges))
    subsetter.subset(font)
    if "fvar" in font:
        font = instantiateVariableFont(font, {"wght": WEIGHTS})
    font.flavor = "woff2"
    font.save(target)
    return target


def face(name: str, *, file: Path, ranges: str, style: str = "normal", weight: str = "400 750", extra: str = "") -> str:
    """One @font-face rule."""
    return (
        f'@font-face {{ font-family: "{name}"; font-style: {style}; font-weight: {weight}; font-display: swap; '
        f'src: url("fonts/{file.name}") format("woff2"); {extra}unicode-range: {ranges.replace(",", ", ")}; }}'
    )


def average(path: Path, weight: int | None) -> float:
    """Mean advance of the sample in ems, from all the files of one face."""
    wanted = {ord(c) for c in SAMPLE + "uo"}
    widths: dict[int, float] = {}
    for file in sorted(path.parent.glob(path.name)):
        font = TTFont(file)
        if weight and "fvar" in font:
            font = instantiateVariableFont(font, {"wght": weight})
        for code, glyph in font.getBestCmap().items():
            if code in wanted:
                widths.setdefault(code, font["hmtx"][glyph][0] / font["head"].unitsPerEm)
    plain = {ord("ư"): ord("u"), ord("ơ"): ord("o")}  # Liberation lacks the horned letters; Times New Roman draws them as wide as u and o
    return sum(widths.get(ord(c), widths.get(plain.get(ord(c), ord("o")), 0)) for c in SAMPLE) / len(SAMPLE)


def fallbacks(family: Family) -> list[str]:
    """Rules that give a system font the width and height of ours, so that no line moves when the real one arrives."""
    metrics = TTFont(family.package / f"files/{family.prefix}-latin-wght-normal.woff2")
    em, head = metrics["head"].unitsPerEm, metrics["hhea"]
    rules = []
    for weight, band, names, stand_in in ((420, "400 549", family.local, "Regular"), (680, "550 750", family.local_bold, "Bold")):
        ours = average(family.package / f"files/{family.prefix}-[lv]*[ne]-wght-normal.woff2", weight)
        scale = ours / average(LIBERATION / f"{family.stand_in}-{stand_in}.ttf", None)
        sources = ", ".join(f'local("{name}")' for name in names)
        rules.append(
            f'@font-face {{ font-family: "{family.fallback}"; font-weight: {band}; src: {sources}; size-adjust: {scale:.2%}; '
            f"ascent-override: {head.ascent / em / scale:.2%}; descent-override: {-head.descent / em / scale:.2%}; line-gap-override: 0%; }}"
        )
    return rules


def extra_scale(family: Family) -> str:
    """size-adjust that gives the Noto letters our x-height."""
    ours = TTFont(family.package / f"files/{family.prefix}-latin-wght-normal.woff2")
    theirs = TTFont(NOTO / f"{family.noto}-Regular.ttf")
    return f"size-adjust: {x_height(ours) / x_height(theirs):.1%}; "


def x_height(font: TTFont) -> float:
    """The height of the drawn x in ems: what the tables claim is not always what was drawn."""
    return font["glyf"][font.getBestCmap()[ord("x")]].yMax / font["head"].unitsPerEm


def make(family: Family) -> list[str]:
    """All files and rules of one family."""
    fonts, rules = PAPER / "fonts", []
    for style, tail in (("normal", ""), ("italic", "-italic")):
        source = family.package / "files" / f"{family.prefix}-{{}}-wght-{style}.woff2"
        for part, end, ranges in (("latin", "", LATIN), ("vietnamese", "-vi", VIETNAMESE), ("latin-ext", "-more", MORE)):
            file = cut(Path(str(source).format(part)), fonts / f"{family.stem}{tail}{end}.woff2", ranges)
            rules.append(face(family.name, file=file, ranges=ranges, style=style))
    for style, cuts in (("normal", (("Regular", "400 549"), ("Bold", "550 750"))), ("italic", (("Italic", "400 750"),))):
        for name, weight in cuts:
            file = cut(NOTO / f"{family.noto}-{name}.ttf", fonts / f"{family.stem}-extra-{name.lower()}.woff2", EXTRA)
            rules.append(face(f"{family.name} Extra", file=file, ranges=EXTRA, style=style, weight=weight, extra=extra_scale(family)))
    return rules + fallbacks(family)


def main(newsreader: Path, source_sans: Path) -> None:
    """Cut both families, copy the licences, rewrite the rules in paper.css."""
    (PAPER / "fonts").mkdir(parents=True, exist_ok=True)
    families = [
        Family(
            "Newsreader", "newsreader", newsreader, "newsreader", "NotoSerif", "Newsreader Fallback", "LiberationSerif",
            ("Times New Roman", "Liberation Serif", "Tinos"), ("Times New Roman Bold", "Times New Roman", "Liberation Serif Bold", "Tinos Bold"),
        ),
        Family(
            "Source Sans 3", "source-sans", source_sans, "source-sans-3", "NotoSans", "Source Sans Fallback", "LiberationSans",
            ("Arial", "Liberation Sans", "Arimo"), ("Arial Bold", "Arial", "Liberation Sans Bold", "Arimo Bold"),
        ),
    ]
    rules = [rule for family in families for rule in make(family)]
    shutil.copyfile(newsreader / "LICENSE", PAPER / "fonts/OFL-Newsreader.txt")
    shutil.copyfile(source_sans / "LICENSE", PAPER / "fonts/OFL-Source-Sans-3.txt")
    licence = (newsreader / "LICENSE").read_text(encoding="utf-8").split("\n", 1)[1]
    (PAPER / "fonts/OFL-Noto.txt").write_text(f"Copyright 2022 The Noto Project Authors (https://github.com/notofonts/latin-greek-cyrillic)\n{licence}", encoding="utf-8")
    sheet = PAPER / "paper.css"
    before, _, rest = sheet.read_text(encoding="utf-8").partition(BEGIN)
    sheet.write_text(before + "\n".join([BEGIN, *rules, END]) + rest.partition(END)[2], encoding="utf-8")
    for file in sorted((PAPER / "fonts").glob("*.woff2")):
        print(f"{file.stat().st_size:7,d}  {file.name}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
