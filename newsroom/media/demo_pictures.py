"""Calm drawings for the demonstration newsroom: no photograph, no licence to ask for; the same scene, sky and seed give the same picture.

They are credited as illustrations (“Minh họa: …”), never as photographs. Needs Pillow and numpy; no Django.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import numpy as np
from PIL import ImageDraw

from newsroom.media.demo_brushes import (
    HEIGHT,
    SKIES,
    WHITE,
    WIDTH,
    Canvas,
    Colour,
    Dice,
    Pen,
    Sky,
    boat,
    fill_below,
    finish,
    houses,
    mix,
    open_sky,
    ridge,
    sun,
    tree,
    water,
    windows,
)
from newsroom.media.demo_scenes import (
    WARM,
    coast,
    coffee_hill,
    forest_road,
    harbour,
    highland,
    paddies,
    reservoir,
    salt_fields,
    storm,
    wind_farm,
)

Scene = Callable[[Dice, Sky], Canvas]
QUALITY = 82

FRUIT: tuple[Colour, ...] = ((232, 148, 48), (206, 52, 46), (118, 164, 70), (236, 206, 92))
AWNINGS: tuple[Colour, ...] = ((196, 62, 52), (42, 122, 108), (226, 170, 66), (64, 100, 160))
WALL_TINTS: tuple[Colour, ...] = ((240, 214, 150), (214, 226, 224), (236, 232, 224))


def river_town(dice: Dice, sky: Sky) -> Canvas:
    """The old town by the river, the bridge of many arches."""
    image = open_sky(dice, sky, horizon=540)
    fill_below(image, ridge(dice, 540, 170), mix(mix(sky.low, sky.high, 0.5), (60, 96, 96), 0.5))
    pen = ImageDraw.Draw(image)
    houses(pen, dice, 640, 190, lit=sky.lit)
    water(image, dice, 640, mix(sky.high, (40, 84, 84), 0.6), mix(sky.low, sky.high, 0.4))
    if sky.lit:
        _lamps_in_water(pen, dice, 644, 320, mix(sky.low, (250, 206, 130), 0.6), sky.high)
    for pier in range(-1, 7):
        x = pier * 260 + 60
        pen.arc((x, 590, x + 260, 800), 180, 360, fill=mix((206, 200, 190), sky.high, 0.35 if sky.lit else 0), width=16)
    pen.rectangle((0, 570, WIDTH, 600), fill=mix((218, 212, 202), sky.high, 0.35 if sky.lit else 0))
    for _ in range(4):
        boat(pen, dice.uniform(60, 1400), dice.uniform(780, 930), dice.uniform(90, 190), (52, 70, 84))
    return image


def night_city(dice: Dice, sky: Sky) -> Canvas:
    """The new town at night, its lamps in the river."""
    image = open_sky(dice, sky if sky.lit else SKIES["night"], horizon=620)
    pen = ImageDraw.Draw(image)
    for _ in range(140):
        pen.point((dice.uniform(0, WIDTH), dice.uniform(0, 420)), fill=(210, 216, 236))
    x = -30.0
    while x < WIDTH:
        w, h = dice.uniform(60, 130), dice.uniform(120, 400)
        wall = mix(sky.high, (90, 96, 120), dice.uniform(0.1, 0.35))
        pen.rectangle((x, 680 - h, x + w, 680), fill=wall)
        windows(pen, dice, (x + 8, 690 - h, x + w - 12, 664), wall, lit=0.45, step=(18, 24))
        x += w + dice.uniform(2, 20)
    water(image, dice, 680, mix(sky.high, (8, 20, 40), 0.5), mix(sky.low, (250, 200, 130), 0.15))
    _lamps_in_water(pen, dice, 684, 420, (248, 204, 120), sky.high)
    return image


def _lamps_in_water(pen: Pen, dice: Dice, top: int, count: int, lamp: Colour, deep: Colour) -> None:
    for _ in range(count):
        x, y = dice.uniform(0, WIDTH), top + (HEIGHT - top - 40) * dice.random() ** 1.5
        pen.line((x, y, x + dice.uniform(4, 26), y), fill=mix(lamp, deep, dice.uniform(0.2, 0.8)), width=2)


def market_street(dice: Dice, sky: Sky) -> Canvas:
    """Stalls with striped awnings in front of a row of houses."""
    image = open_sky(dice, sky, horizon=520)
    pen = ImageDraw.Draw(image)
    houses(pen, dice, 720, 430, lit=sky.lit)
    pen.rectangle((0, 720, WIDTH, HEIGHT), fill=mix((176, 162, 146), sky.high, 0.45 if sky.lit else 0.1))
    for k in range(9):
        _stall(pen, dice, -40 + k * 190 + dice.uniform(-20, 20), 700 + dice.uniform(-10, 30), AWNINGS[k % 4])
    if sky.lit:
        for k in range(14):
            x = 60 + k * 116
            if k % 3 == 0:
                sun(image, x, 664, 7, (255, 214, 140))
            pen.ellipse((x - 6, 660, x + 6, 672), fill=(255, 232, 180))
    return image


def _stall(pen: Pen, dice: Dice, x: float, y: float, awning: Colour) -> None:
    pen.polygon([(x, y), (x + 170, y), (x + 190, y + 46), (x - 20, y + 46)], fill=awning)
    for stripe in range(0, 170, 34):
        edge = [(x + stripe, y), (x + stripe + 16, y), (x + stripe + 18, y + 46), (x + stripe - 2, y + 46)]
        pen.polygon(edge, fill=mix(awning, WHITE, 0.75))
    for post in (x - 12, x + 180):
        pen.line((post, y + 46, post, y + 176), fill=(94, 82, 70), width=5)
    pen.rectangle((x, y + 110, x + 170, y + 170), fill=(136, 100, 72))
    for row in range(2):
        for _ in range(16):
            cx, cy = x + dice.uniform(8, 162), y + 98 + 12 * row + dice.uniform(-4, 4)
            pen.ellipse((cx - 11, cy - 11, cx + 11, cy + 11), fill=FRUIT[int(dice.integers(4))])


def long_house(dice: Dice, sky: Sky) -> Canvas:
    """A long house of the highlands on its posts, hills behind."""
    image = open_sky(dice, sky, horizon=600)
    if not sky.lit:
        sun(image, dice.uniform(300, 1300), 240, 42, mix(sky.low, WARM, 0.6))
    for k in range(4):
        fill_below(image, ridge(dice, 560 + 50 * k, 220 - 40 * k), mix(mix(sky.low, sky.high, 0.4), (34, 74, 56), 0.2 + 0.2 * k))
    ground = mix((150, 112, 78), sky.high, 0.55 if sky.lit else 0.05)
    fill_below(image, ridge(dice, 760, 18, 0.3), ground)
    pen = ImageDraw.Draw(image)
    for _ in range(9):
        leaves = mix((38, 86, 56), sky.high, 0.5 if sky.lit else 0)
        tree(pen, dice, dice.uniform(0, WIDTH), dice.uniform(700, 740), dice.uniform(130, 240), leaves)
    _house_on_posts(pen, dice, 240, 560, 1120, lit=sky.lit)
    for _ in range(160):
        x, y = dice.uniform(0, WIDTH), dice.uniform(800, 1000)
        pen.line((x, y, x + dice.uniform(20, 90), y), fill=mix(ground, (70, 52, 36), 0.3 * dice.random()), width=2)
    if sky.lit:
        sun(image, 520, 830, 26, (255, 170, 84))
    return image


def _house_on_posts(pen: Pen, dice: Dice, x: float, y: float, length: float, *, lit: bool) -> None:
    thatch, wall = ((58, 50, 48), (84, 62, 46)) if lit else ((168, 142, 98), (150, 108, 70))
    for post in np.linspace(x + 20, x + length - 20, 14):
        pen.rectangle((post - 5, y + 130, post + 5, y + 230), fill=mix(wall, (30, 22, 18), 0.5))
    pen.polygon([(x, y + 40), (x + length, y + 40), (x + length - 14, y + 140), (x + 14, y + 140)], fill=wall)
    for plank in np.arange(x + 20, x + length - 10, 17):
        pen.line((plank, y + 44, plank, y + 138), fill=mix(wall, (40, 28, 20), 0.35), width=2)
    for k in range(7):
        opening = x + 100 + k * (length - 180) / 6
        pen.rectangle((opening, y + 66, opening + 44, y + 116), fill=(255, 190, 96) if lit else (64, 46, 36))
    pen.polygon([(x - 70, y + 50), (x - 10, y - 90), (x + length + 10, y - 90), (x + length + 70, y + 50)], fill=thatch)
    for _ in range(420):
        u, v = dice.random(), dice.random()
        px, py = x - 60 * v + u * (length + 120 * v), y - 88 + 134 * v
        pen.line((px, py, px + dice.uniform(-3, 3), py + 14), fill=mix(thatch, (250, 226, 170), 0.3 * dice.random()), width=2)


def public_yard(dice: Dice, sky: Sky) -> Canvas:
    """A school, a commune's office or a clinic: two storeys, a flag pole, trees in the yard."""
    image = open_sky(dice, sky, horizon=620)
    fill_below(image, ridge(dice, 600, 130), mix(mix(sky.low, sky.high, 0.5), (80, 112, 104), 0.4))
    pen = ImageDraw.Draw(image)
    wall = mix((240, 214, 150), WALL_TINTS[int(dice.integers(3))], 0.6)
    left, right, top = 150, 1450, 400
    pen.rectangle((left, top, right, 720), fill=wall)
    pen.polygon([(left - 40, top), (left + 60, top - 84), (right - 60, top - 84), (right + 40, top)], fill=(160, 74, 54))
    for floor in (top + 30, top + 190):
        pen.rectangle((left, floor + 104, right, floor + 116), fill=mix(wall, WHITE, 0.5))
        for k in range(13):
            x = left + 36 + k * 97
            pen.rectangle((x, floor + 14, x + 52, floor + 100), fill=mix((72, 104, 118), sky.low, 0.25 * dice.random()))
            pen.line((x + 74, floor, x + 74, floor + 110), fill=mix(wall, (90, 80, 70), 0.35), width=8)
    pen.rectangle((0, 720, WIDTH, HEIGHT), fill=mix((198, 184, 162), sky.low, 0.3))
    for k in range(1, 9):
        pen.line((0, 720 + k * k * 4.4, WIDTH, 720 + k * k * 4.4), fill=mix((170, 156, 136), sky.low, 0.3), width=2)
    pen.line((800, 250, 800, 780), fill=(226, 226, 222), width=7)
    pen.polygon([(804, 254), (912, 266), (904, 296), (912, 326), (804, 314)], fill=(200, 46, 42))
    for x in (90, 330, 1240, 1520):
        tree(pen, dice, x + dice.uniform(-30, 30), dice.uniform(770, 850), dice.uniform(230, 330), (58, 108, 66))
    return image


def pitch(dice: Dice, sky: Sky) -> Canvas:
    """A football pitch under its floodlights."""
    image = open_sky(dice, sky, horizon=460)
    fill_below(image, ridge(dice, 440, 90), mix(mix(sky.low, sky.high, 0.5), (60, 80, 84), 0.5))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 430, WIDTH, 540), fill=mix((120, 110, 106), sky.high, 0.4))
    for _ in range(1500):
        x, y = dice.uniform(0, WIDTH), dice.uniform(440, 530)
        pen.ellipse((x, y, x + 6, y + 7), fill=mix((224, 190, 160), FRUIT[int(dice.integers(4))], dice.random()))
    for k in range(10):
        top, foot = 540 + 460 * (k / 10) ** 1.5, 540 + 460 * ((k + 1) / 10) ** 1.5
        pen.rectangle((0, top, WIDTH, foot + 1), fill=(74, 132, 70) if k % 2 else (84, 146, 78))
    chalk = (236, 240, 232)
    pen.line((0, 560, WIDTH, 560), fill=chalk, width=4)
    pen.line((800, 560, 800, HEIGHT), fill=chalk, width=6)
    pen.ellipse((560, 660, 1040, 860), outline=chalk, width=6)
    pen.line([(0, 880), (230, 880), (150, 640), (0, 640)], fill=chalk, width=5)
    pen.line([(WIDTH, 880), (1370, 880), (1450, 640), (WIDTH, 640)], fill=chalk, width=5)
    for x in (210, 1390):
        sun(image, x, 190, 16, (255, 250, 226))
        pen.line((x, 220, x, 540), fill=(92, 96, 102), width=8)
        pen.rectangle((x - 62, 160, x + 62, 222), fill=(250, 250, 240))
    return image


SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        coast, paddies, highland, river_town, wind_farm, night_city, storm, harbour, forest_road, market_street,
        salt_fields, long_house, public_yard, reservoir, coffee_hill, pitch,
    )
}  # fmt: skip


def draw(scene: str, *, sky: str, seed: int) -> Canvas:
    """The picture of a scene under a sky: 1600 × 1000, RGB. Raises KeyError for a scene or a sky that does not exist."""
    dice = np.random.default_rng(seed)
    return finish(SCENES[scene](dice, SKIES[sky]), dice)


def jpeg(scene: str, *, sky: str, seed: int) -> bytes:
    """The same picture as a JPEG file; the same arguments give the same bytes with the same Pillow."""
    out = BytesIO()
    draw(scene, sky=sky, seed=seed).save(out, "JPEG", quality=QUALITY, optimize=False)
    return out.getvalue()
