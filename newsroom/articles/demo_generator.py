"""Plausible provincial news by the thousand, for load: templates × invented places × names × numbers. No Django.

The same `n` and `seed` give the same stories. They are marked by their key (`demo-<seed>-<number>`), spread over two years and all
sections, mostly composed Unicode in the old tone style; a seventh is written in the new style (hoà, thuỷ), about one in ninety comes
decomposed, as text from macOS does: whoever stores them has to bring them into one form.
"""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parent / "demo_data" / "templates.json"
MINUTES_IN_TWO_YEARS = 730 * 24 * 60
GENRES = ("news", "news", "news", "reportage", "notes", "interview")
SEA_PRODUCTS = ("cá ngừ", "cá cơm", "mực ống", "cá nục", "cá thu")
# How much of a provincial paper each section is; sections not named here count one.
WEIGHTS = {"thoi-su": 5, "kinh-te": 4, "xa-hoi": 3, "chinh-quyen-hai-cap": 2, "van-hoa": 2, "giao-duc": 2, "phap-luat": 2}
NEW_STYLE = (("òa", "oà"), ("óa", "oá"), ("ỏa", "oả"), ("ủy", "uỷ"), ("úy", "uý"), ("ỏe", "oẻ"), ("ũy", "uỹ"))
NEW_STYLE_EVERY, DECOMPOSED_EVERY = 7, 89

MOST_WORDS = 16
SENTENCE_START = re.compile(r"([.!?]”? )([a-zà-ỹđ])")

Row = dict[str, Any]


@cache
def _templates() -> dict[str, Any]:
    return json.loads(TEMPLATES.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def generate(n: int, seed: int) -> Iterator[Row]:
    """Yield `n` stories as plain dicts, oldest first: external_key, section, genre, age_minutes, texts, body blocks, bylines."""
    dice = random.Random(f"songba-{seed}")
    sections = list(_templates()["sections"])
    weights = [WEIGHTS.get(slug, 1) for slug in sections]
    for number, section in enumerate(dice.choices(sections, weights, k=n) if n else ()):
        row = _story(dice, section)
        row["external_key"] = f"demo-{seed}-{number:06d}"
        row["age_minutes"] = _age(dice, number, n)
        yield _in_form(row, number)


def _age(dice: random.Random, number: int, n: int) -> int:
    """Minutes before now: the stories run evenly from two years ago up to half an hour ago."""
    even = MINUTES_IN_TWO_YEARS * (n - number) / n
    return 30 + int(even * (1 - 0.2 * dice.random() / max(n, 5)))


def _story(dice: random.Random, section: str) -> Row:
    data = _templates()
    topic = dice.choice(data["sections"][section])
    words = _words(dice, data, section)
    headline = _headline(dice, topic, words)
    return {
        "section": section,
        "genre": dice.choice(GENRES),
        "kicker": dice.choice(topic["kicker"]),
        "headline": headline,
        "short_headline": headline if len(headline) <= 60 else headline[:60].rsplit(" ", 1)[0],
        "lead": _fill(dice.choice(topic["lead"]), words),
        "body": _body(dice, data, topic, words),
        "bylines": [{"pen_name": dice.choice(data["pen_names"]), "role": "text"}],
    }


def _headline(dice: random.Random, topic: dict[str, Any], words: _Words) -> str:
    for template in dice.sample(topic["headline"], k=len(topic["headline"])):
        headline = _fill(template, words)
        if headline.count(" ") < MOST_WORDS:
            return headline
    return " ".join(headline.split(" ")[:MOST_WORDS])


def _body(dice: random.Random, data: dict[str, Any], topic: dict[str, Any], words: _Words) -> list[dict[str, str]]:
    paragraphs = dice.sample(topic["paragraphs"], k=len(topic["paragraphs"]))
    blocks = [{"paragraph": _fill(text, words)} for text in paragraphs]
    blocks.append({"paragraph": _fill(dice.choice(data["closers"]), words)})
    if dice.random() < 0.5:
        quote = {"quote": dice.choice(data["quotes"]), "by": _upper_first(words["person2"])}
        blocks.insert(dice.randint(1, len(blocks) - 1), quote)
    if dice.random() < 0.25:
        blocks.insert(2, {"heading": f"Chuyện ở {words['hamlet2']}"})
    return blocks


class _Words(dict[str, str]):
    """Names stay the same through a story; a number slot is drawn anew each time it is used."""

    def __init__(self, dice: random.Random, fixed: dict[str, str]) -> None:
        super().__init__(fixed)
        self._dice = dice

    def __missing__(self, slot: str) -> str:
        return NUMBERS[slot](self._dice)


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")


NUMBERS: dict[str, Callable[[random.Random], str]] = {
    "n": lambda dice: _grouped(dice.randint(120, 2400)),
    "n_small": lambda dice: str(dice.randint(3, 19)),
    "n_mm": lambda dice: str(dice.randint(21, 96)),
    "pct": lambda dice: str(dice.randint(62, 98)),
    "pct_small": lambda dice: f"{dice.randint(2, 24)},{dice.randint(1, 9)}",
    "age": lambda dice: str(dice.randint(66, 93)),
    "money": lambda dice: f"{dice.randint(1, 48)},{dice.randint(1, 9)}",
    "price": lambda dice: _grouped(dice.randint(8, 180) * 1000),
    "tel": lambda dice: f"{dice.randint(10, 99)}",
    "product_sea": lambda dice: dice.choice(SEA_PRODUCTS),
}


def _words(dice: random.Random, data: dict[str, Any], section: str) -> _Words:
    place, place2, place3 = dice.sample(data["places"], 3)
    hamlet, hamlet2 = dice.sample(data["hamlets"], 2)
    person, short = _person(dice, data)
    office, crop = dice.choice(data["offices"][section]), dice.choice(data["crops"])
    fixed = {
        "place": place, "place2": place2, "place3": place3, "Place": _upper_first(place),
        "hamlet": hamlet, "hamlet2": hamlet2, "Hamlet": _upper_first(hamlet),
        "person": person, "person2": _person(dice, data)[0], "p_short": short, "P_short": _upper_first(short),
        "name": _name(dice, data), "highland": dice.choice(data["highland"]),
        "office": office, "Office": _upper_first(office), "crop": crop, "Crop": _upper_first(crop), "craft": dice.choice(data["crafts"]),
    }  # fmt: skip
    return _Words(dice, fixed)


def _name(dice: random.Random, data: dict[str, Any]) -> str:
    return f"{dice.choice(data['surnames'])} {dice.choice(data['middles'])} {dice.choice(data['givens'])}"


def _person(dice: random.Random, data: dict[str, Any]) -> tuple[str, str]:
    """A full name, and how the story calls the person after that."""
    if dice.random() < 0.2:
        name = dice.choice(data["highland"])
        return name, name.split()[0] if name.startswith("H’") else " ".join(name.split()[:2])
    middle, given = dice.choice(data["middles"]), dice.choice(data["givens"])
    title = dice.choice(("bà", "chị")) if middle in {"Thị", "Thùy", "Mỹ"} else dice.choice(("ông", "anh"))
    return f"{title} {dice.choice(data['surnames'])} {middle} {given}", f"{title} {given}"


def _fill(template: str, words: _Words) -> str:
    text = template.format_map(words)
    return _upper_first(SENTENCE_START.sub(lambda found: found[1] + found[2].upper(), text))


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _in_form(row: Row, number: int) -> Row:
    """Every seventh story in the new tone style, about one in ninety decomposed."""
    if number % NEW_STYLE_EVERY == NEW_STYLE_EVERY - 1:
        row = _each_text(row, _new_style)
    if number % DECOMPOSED_EVERY == DECOMPOSED_EVERY - 1:
        row = _each_text(row, lambda text: unicodedata.normalize("NFD", text))
    return row


def _each_text(row: Row, change: Any) -> Row:
    changed = dict(row)
    for name in ("kicker", "headline", "short_headline", "lead"):
        changed[name] = change(row[name])
    changed["body"] = [{kind: change(text) for kind, text in block.items()} for block in row["body"]]
    return changed


def _new_style(text: str) -> str:
    """Move the tone mark of òa, ủy and the like where a word ends with them; quý and toàn are left alone."""
    words = []
    for word in text.split(" "):
        bare = word.rstrip(".,;:?!”)")
        for old, new in NEW_STYLE:
            if bare.endswith(old) and not bare[:-2].lower().endswith("q"):
                word = bare[:-2] + new + word[len(bare) :]
                break
        words.append(word)
    return " ".join(words)
