"""Scenes of sea, fields and hills for the demo's pictures."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from newsroom.media.demo_brushes import (
    HEIGHT,
    WHITE,
    WIDTH,
    Canvas,
    Colour,
    Dice,
    Pen,
    Sky,
    boat,
    fill_below,
    mist,
    mix,
    open_sky,
    palm,
    ridge,
    sun,
    tree,
    water,
)  # fmt: skip

WARM: Colour = (255, 246, 220)


def coast(dice: Dice, sky: Sky) -> Canvas:
    """A beach with palms, boats on the sea."""
    image = open_sky(dice, sky, horizon=560)
    x = dice.uniform(300, 1300)
    sun(image, x, dice.uniform(260, 480), 44, mix(sky.low, WARM, 0.6))
    fill_below(image, ridge(dice, 565, 120), mix(sky.low, (70, 100, 120), 0.45))
    water(image, dice, 560, mix(sky.high, (18, 74, 92), 0.7), mix(sky.low, sky.high, 0.5), glint=x)
    pen = ImageDraw.Draw(image)
    for _ in range(int(dice.integers(2, 6))):
        hull = mix((30, 84, 120), (160, 50, 40), dice.random())
        boat(pen, dice.uniform(100, 1400), dice.uniform(590, 720), dice.uniform(40, 130), hull)
    shore = ridge(dice, 1000, 70, 0.2)
    fill_below(image, shore - 8, mix((250, 246, 236), sky.low, 0.2))
    fill_below(image, shore, mix((226, 200, 152), sky.low, 0.15))
    for _ in range(5):
        palm(pen, dice.uniform(20, 1580), dice.uniform(930, 1000), dice.uniform(230, 420), (36, 62, 48), dice.uniform(-0.25, 0.25))
    return image


def paddies(dice: Dice, sky: Sky) -> Canvas:
    """Rice fields at the foot of the hills; at dusk the rice is ripe."""
    image = open_sky(dice, sky, horizon=430)
    sun(image, dice.uniform(300, 1300), dice.uniform(180, 360), 40, mix(sky.low, WARM, 0.6))
    for k in range(3):
        fill_below(image, ridge(dice, 440 + 24 * k, 170 - 40 * k), mix(mix(sky.low, sky.high, 0.6), (46, 92, 74), 0.3 + 0.2 * k))
    mist(image, 380, 110, sky.low, 0.35)
    pen = ImageDraw.Draw(image)
    ripe = 0.85 if sky.lit else 0.25 * dice.random()
    for k in range(16):
        y = 450 + (HEIGHT - 440) * (k / 15) ** 1.7
        colour = mix(mix((126, 168, 74), (222, 186, 88), ripe), (54, 110, 62), 0.5 * dice.random())
        edge = [(float(x), y + 10 * math.sin(x / 260 + k * 1.3)) for x in range(0, WIDTH + 40, 40)]
        pen.polygon([(0, y), *edge, (WIDTH, HEIGHT), (0, HEIGHT)], fill=colour)
        pen.line(edge, fill=mix(colour, (96, 84, 54), 0.5), width=2 + k // 4)
        for x in np.arange(0, WIDTH, 26 - k):
            jitter, tall, foot = dice.uniform(-6, 6), 3 + k * 1.5, y + 26 + k * 2
            pen.line((x + jitter, foot, x + jitter + 2, foot - tall), fill=mix(colour, (250, 240, 170), 0.35), width=1 + k // 7)
    for _ in range(4):
        tree(pen, dice, dice.uniform(60, 1540), dice.uniform(470, 540), dice.uniform(60, 120), (46, 92, 62))
    return image


def highland(dice: Dice, sky: Sky) -> Canvas:
    """Ranges behind ranges, mist between them, trees in front."""
    image = open_sky(dice, sky, horizon=700)
    sun(image, dice.uniform(300, 1300), dice.uniform(160, 360), 46, mix(sky.low, (255, 244, 214), 0.6))
    for k in range(7):
        fill_below(image, ridge(dice, 520 + 74 * k, 240 - 16 * k, 0.55), mix(mix(sky.low, sky.high, 0.35), (24, 62, 58), 0.14 + 0.13 * k))
        if k in {1, 3, 4}:
            mist(image, 470 + 74 * k, 130, mix(sky.low, WHITE, 0.3), 0.4)
    pen = ImageDraw.Draw(image)
    for _ in range(34):
        tree(pen, dice, dice.uniform(0, WIDTH), dice.uniform(900, 1010), dice.uniform(60, 150), (26, 66, 50))
    return image


def wind_farm(dice: Dice, sky: Sky) -> Canvas:
    """White turbines on grass hills."""
    image = open_sky(dice, sky, horizon=640)
    sun(image, dice.uniform(200, 1400), dice.uniform(200, 420), 42, mix(sky.low, WARM, 0.6))
    for k in range(3):
        fill_below(image, ridge(dice, 660 + 90 * k, 150, 0.4), mix(mix(sky.low, sky.high, 0.5), (94, 112, 66), 0.3 + 0.25 * k))
    pen = ImageDraw.Draw(image)
    for base in sorted(dice.uniform(640, 820, 7)):
        _turbine(pen, dice, dice.uniform(80, 1520), base, dice.uniform(170, 380))
    return image


def _turbine(pen: Pen, dice: Dice, x: float, base: float, size: float) -> None:
    hub = (x, base - size)
    pen.polygon([(x - 5, base), (x + 5, base), (x + 2, hub[1]), (x - 2, hub[1])], fill=(244, 244, 240))
    turn = dice.uniform(0, math.tau)
    for blade in range(3):
        a = turn + blade * math.tau / 3
        tip = (hub[0] + math.cos(a) * size * 0.52, hub[1] + math.sin(a) * size * 0.52)
        side = (hub[0] + math.cos(a + 0.09) * size * 0.2, hub[1] + math.sin(a + 0.09) * size * 0.2)
        pen.polygon([hub, side, tip], fill=(250, 250, 248))


def storm(dice: Dice, sky: Sky) -> Canvas:
    """Waves, bent palms and driving rain under black clouds."""
    image = open_sky(dice, sky, horizon=600)
    water(image, dice, 600, (48, 74, 80), (120, 134, 138))
    pen = ImageDraw.Draw(image)
    for k in range(6):
        y = 650 + 62 * k
        wave = [(float(x), y + (14 + 4 * k) * math.sin(x / (90 + 30 * k) + k * 1.7) + dice.normal(0, 3)) for x in range(0, WIDTH + 20, 20)]
        pen.polygon([*wave, (WIDTH, y + 60), (0, y + 60)], fill=mix((92, 112, 116), (52, 78, 84), k / 5))
        pen.line(wave, fill=(214, 222, 222), width=3 + k)
    for _ in range(5):
        palm(pen, dice.uniform(40, 1560), 1000, dice.uniform(300, 460), (28, 38, 38), 0.42)
    rain = Image.new("L", (WIDTH, HEIGHT), 0)
    drops = ImageDraw.Draw(rain)
    for _ in range(1100):
        left, top = dice.uniform(0, WIDTH), dice.uniform(0, HEIGHT)
        drops.line((left, top, left - 10, top + 34), fill=int(dice.uniform(60, 190)), width=1)
    image.paste(Image.new("RGB", image.size, (206, 214, 218)), mask=rain.filter(ImageFilter.GaussianBlur(0.6)))
    return image


def harbour(dice: Dice, sky: Sky) -> Canvas:
    """Rows of boats moored behind the quay, fish crates on it."""
    image = open_sky(dice, sky, horizon=500)
    fill_below(image, ridge(dice, 505, 150), mix(mix(sky.low, sky.high, 0.5), (62, 96, 92), 0.5))
    water(image, dice, 500, mix(sky.high, (16, 86, 98), 0.7), mix(sky.low, sky.high, 0.5))
    pen = ImageDraw.Draw(image)
    for row in range(3):
        for _ in range(5 - row):
            hull = mix((28, 92, 132), (186, 60, 44), dice.random())
            boat(pen, dice.uniform(-20, 1450), 560 + 120 * row + dice.uniform(-16, 16), 110 + 90 * row, hull)
    pen.polygon([(0, 960), (WIDTH, 900), (WIDTH, HEIGHT), (0, HEIGHT)], fill=(150, 138, 126))
    crates: tuple[Colour, ...] = ((214, 120, 52), (52, 120, 150), (186, 60, 50))
    for k in range(9):
        x = dice.uniform(20, 1500)
        pen.rectangle((x, 905, x + 70, 950), fill=crates[k % 3])
        pen.line((x, 925, x + 70, 925), fill=mix(crates[k % 3], (30, 30, 30), 0.35), width=3)
    return image


def forest_road(dice: Dice, sky: Sky) -> Canvas:
    """A road straight into the forest."""
    image = open_sky(dice, sky, horizon=520)
    for k in range(3):
        fill_below(image, ridge(dice, 500 + 40 * k, 160), mix(mix(sky.low, sky.high, 0.4), (40, 84, 60), 0.3 + 0.22 * k))
    pen = ImageDraw.Draw(image)
    vanish = dice.uniform(620, 980)
    pen.polygon([(vanish - 8, 560), (vanish + 8, 560), (1280, HEIGHT), (320, HEIGHT)], fill=mix((152, 132, 112), sky.low, 0.1))
    pen.polygon([(vanish - 1, 560), (vanish + 1, 560), (812, HEIGHT), (788, HEIGHT)], fill=(236, 230, 214))
    for k in range(30):
        near = (k / 29) ** 2
        y, offset = 560 + 440 * near, 30 + 640 * near + dice.uniform(0, 120)
        for side in (-1, 1):
            tree(pen, dice, vanish + (800 - vanish) * near + side * offset, y, 50 + 380 * near, mix((52, 98, 66), (20, 54, 40), near))
    mist(image, 500, 120, sky.low, 0.45)
    return image


def salt_fields(dice: Dice, sky: Sky) -> Canvas:
    """Salt pans that hold the sky, heaps of salt along the dykes."""
    image = open_sky(dice, sky, horizon=430)
    x = dice.uniform(400, 1200)
    sun(image, x, 330, 38, mix(sky.low, WARM, 0.6))
    fill_below(image, ridge(dice, 436, 110), mix(mix(sky.low, sky.high, 0.5), (70, 96, 104), 0.5))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 432, WIDTH, HEIGHT), fill=(138, 122, 104))
    rows = [432 + (HEIGHT - 432) * (k / 7) ** 1.8 for k in range(8)]
    for k, (top, foot) in enumerate(zip(rows, rows[1:], strict=False)):
        for column in range(-9, 9):
            edges = [800 + (800 - x) * 0.2 + (column + side) * (46 + 0.62 * (y - 432)) for y in (top, foot) for side in (0.06, 0.94)]
            tint = mix(mix(sky.low, sky.high, k / 7), WHITE, 0.15 * dice.random())
            pen.polygon([(edges[0], top + 2), (edges[1], top + 2), (edges[3], foot - 2 - k), (edges[2], foot - 2 - k)], fill=tint)
    for _ in range(26):
        depth = dice.random() ** 1.5
        cx, cy, r = dice.uniform(0, WIDTH), 470 + 480 * depth, 10 + 46 * depth
        pen.polygon([(cx - r, cy), (cx, cy - r * 0.8), (cx + r, cy)], fill=(250, 248, 244))
        pen.polygon([(cx, cy - r * 0.8), (cx + r, cy), (cx + r * 0.25, cy)], fill=(214, 216, 222))
    return image


def coffee_hill(dice: Dice, sky: Sky) -> Canvas:
    """Rows of coffee bushes with red berries down a hillside."""
    image = open_sky(dice, sky, horizon=440)
    sun(image, dice.uniform(300, 1300), dice.uniform(160, 300), 40, mix(sky.low, WARM, 0.6))
    for k in range(3):
        fill_below(image, ridge(dice, 440 + 30 * k, 180 - 40 * k), mix(mix(sky.low, sky.high, 0.5), (44, 88, 62), 0.3 + 0.2 * k))
    fill_below(image, ridge(dice, 520, 30, 0.3), (150, 92, 60))
    pen = ImageDraw.Draw(image)
    for k in range(9):
        near = (k / 8) ** 1.6
        y, size = 540 + 430 * near, 26 + 110 * near
        for x in np.arange(-40 + dice.uniform(0, 60), WIDTH + 60, size * 1.15):
            _bush(pen, dice, x, y + dice.uniform(-4, 4), size, mix((70, 122, 66), (30, 78, 46), near))
    return image


def _bush(pen: Pen, dice: Dice, x: float, y: float, size: float, colour: Colour) -> None:
    for k in range(5):
        cx, cy, r = x + dice.normal(0, size * 0.22), y - size * (0.2 + 0.1 * k), size * dice.uniform(0.26, 0.4)
        pen.ellipse((cx - r, cy - r * 0.8, cx + r, cy + r * 0.8), fill=mix(colour, (220, 240, 180), 0.05 * k))
    for _ in range(int(size / 7)):
        cx, cy, r = x + dice.normal(0, size * 0.26), y - size * dice.uniform(0.1, 0.7), max(1.5, size / 26)
        pen.ellipse((cx - r, cy - r, cx + r, cy + r), fill=mix((196, 44, 40), (232, 140, 60), dice.random() * 0.5))


def reservoir(dice: Dice, sky: Sky) -> Canvas:
    """A lake between hills behind its dam; in the rains the gates stand open."""
    image = open_sky(dice, sky, horizon=480)
    for k in range(3):
        fill_below(image, ridge(dice, 470 + 22 * k, 220 - 60 * k), mix(mix(sky.low, sky.high, 0.4), (40, 84, 66), 0.25 + 0.2 * k))
    water(image, dice, 500, mix(sky.high, (26, 92, 96), 0.6), mix(sky.low, sky.high, 0.5))
    pen = ImageDraw.Draw(image)
    concrete = mix((206, 202, 194), sky.high, 0.15)
    pen.polygon([(0, 690), (WIDTH, 660), (WIDTH, HEIGHT), (0, HEIGHT)], fill=concrete)
    pen.polygon([(0, 690), (WIDTH, 660), (WIDTH, 684), (0, 714)], fill=mix(concrete, WHITE, 0.45))
    spilling = sky.cloud > 0.8
    for k in range(5):
        x, y = 330 + k * 200, 700 - k * 4
        pen.rectangle((x, y, x + 120, HEIGHT), fill=mix(concrete, (60, 70, 76), 0.4))
        for _ in range(90 if spilling else 0):
            at = dice.uniform(x + 4, x + 116)
            start = dice.uniform(y + 30, HEIGHT - 60)
            foam = mix((236, 242, 244), concrete, 0.4 * dice.random())
            pen.line((at, start, at + dice.uniform(-4, 4), start + dice.uniform(30, 110)), fill=foam, width=4)
        pen.rectangle((x + 124, y - 60, x + 196, y + 40), fill=mix(concrete, (40, 50, 60), 0.2))
    if spilling:
        mist(image, 840, 160, (232, 238, 240), 0.75)
    return image
