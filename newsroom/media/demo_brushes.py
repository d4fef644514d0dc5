"""What the demo's pictures are painted with: sky, clouds, ridges, water, trees, boats, houses. Needs Pillow and numpy; no Django."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Canvas = Image.Image
Pen = ImageDraw.ImageDraw
Dice = np.random.Generator

WIDTH, HEIGHT = 1600, 1000
WHITE: Colour = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Sky:
    """The light of a picture: colour at the horizon, colour overhead, how much cloud (0 to 1), whether lamps are lit."""

    low: Colour
    high: Colour
    cloud: float = 0.3
    lit: bool = False


SKIES: dict[str, Sky] = {
    "dawn": Sky((250, 214, 178), (134, 170, 196), 0.35),
    "day": Sky((218, 234, 240), (88, 150, 198), 0.5),
    "dusk": Sky((250, 176, 112), (84, 84, 138), 0.45, lit=True),
    "haze": Sky((236, 232, 216), (168, 186, 190), 0.2),
    "storm": Sky((150, 160, 166), (58, 70, 84), 0.9),
    "night": Sky((54, 70, 110), (12, 18, 38), 0.1, lit=True),
}


def mix(a: Colour, b: Colour, t: float) -> Colour:
    """The colour a part `t` (0 to 1) of the way from `a` to `b`."""
    return (round(a[0] + (b[0] - a[0]) * t), round(a[1] + (b[1] - a[1]) * t), round(a[2] + (b[2] - a[2]) * t))


def open_sky(dice: Dice, sky: Sky, *, horizon: int) -> Canvas:
    """A new canvas with the sky down to `horizon`, clouds in it."""
    t = np.linspace(1, 0, horizon) ** 1.2
    low, high = np.array(sky.low, dtype=float), np.array(sky.high, dtype=float)
    band = low[None, :] + (high - low)[None, :] * t[:, None]
    rows = np.vstack([band, np.repeat(band[-1:], HEIGHT - horizon, axis=0)])
    image = Image.fromarray(np.repeat(rows[:, None, :], WIDTH, axis=1).astype("uint8"))
    if sky.cloud:
        _clouds(image, dice, sky, horizon=horizon)
    return image


def _clouds(image: Canvas, dice: Dice, sky: Sky, *, horizon: int) -> None:
    field = np.zeros((horizon, WIDTH), dtype=np.float32)
    for across, down, weight in ((7, 5, 1.0), (16, 10, 0.55), (40, 22, 0.28), (90, 48, 0.14)):
        coarse = Image.fromarray(dice.random((down, across), dtype=np.float32))
        field += weight * np.asarray(coarse.resize((WIDTH, horizon), Image.Resampling.BICUBIC))
    field = (field - field.min()) / max(float(np.ptp(field)), 1e-6)
    fade = np.linspace(1, 0.15, horizon, dtype=np.float32)[:, None]
    alpha = np.clip((field - (1 - 0.62 * sky.cloud - 0.1)) * 2.4, 0, 0.85) * fade
    mask = Image.new("L", image.size, 0)
    mask.paste(Image.fromarray((alpha * 255).astype("uint8")), (0, 0))
    tint = mix(sky.low, WHITE, 0.45) if sky.cloud < 0.8 else mix(sky.high, (20, 24, 32), 0.35)
    image.paste(Image.new("RGB", image.size, tint), mask=mask)


def sun(image: Canvas, x: float, y: float, radius: float, colour: Colour) -> None:
    """A sun with a wide glow; the glow is drawn small and enlarged."""
    small = Image.new("L", (WIDTH // 8, HEIGHT // 8), 0)
    pen = ImageDraw.Draw(small)
    for step in range(14, 0, -1):
        r = radius * (1 + step * 0.6) / 8
        pen.ellipse((x / 8 - r, y / 8 - r, x / 8 + r, y / 8 + r), fill=6 + 8 * (14 - step))
    glow = small.filter(ImageFilter.GaussianBlur(5)).resize(image.size, Image.Resampling.BICUBIC)
    image.paste(Image.new("RGB", image.size, colour), mask=glow)
    ImageDraw.Draw(image).ellipse((x - radius, y - radius, x + radius, y + radius), fill=mix(colour, WHITE, 0.6))


def ridge(dice: Dice, base: float, height: float, roughness: float = 0.5) -> NDArray[np.float64]:
    """The outline of a range of hills, one y for each x."""
    x = np.arange(WIDTH)
    line = np.zeros(WIDTH)
    for octave in range(1, 7):
        phase, wave = dice.uniform(0, 2 * math.pi), 0.0007 * 2**octave * dice.uniform(0.8, 1.25)
        line += roughness ** (octave - 1) * np.sin(2 * math.pi * wave * x + phase)
    return np.asarray(base - height * (line - line.min()) / np.ptp(line))


def fill_below(image: Canvas, line: NDArray[np.float64], colour: Colour) -> None:
    """Paint everything under an outline."""
    outline = [(float(i), float(line[i])) for i in range(0, WIDTH, 3)]
    ImageDraw.Draw(image).polygon([(0, HEIGHT), *outline, (WIDTH, float(line[-1])), (WIDTH, HEIGHT)], fill=colour)


def mist(image: Canvas, top: int, depth: int, colour: Colour, strength: float) -> None:
    """A bank of mist lying over the rows from `top` on, densest in its middle."""
    rows = np.zeros(HEIGHT, dtype=np.float32)
    bottom = min(HEIGHT, top + depth)
    rows[top:bottom] = np.sin(np.linspace(0, math.pi, depth))[: bottom - top] * strength * 255
    mask = Image.fromarray(np.repeat(rows[:, None], WIDTH, axis=1).astype("uint8"))
    image.paste(Image.new("RGB", image.size, colour), mask=mask)


def water(image: Canvas, dice: Dice, top: int, near: Colour, far: Colour, *, glint: float | None = None) -> None:
    """Water from `top` down to the foot, with ripples; `glint` is the x under a low sun."""
    pen = ImageDraw.Draw(image)
    for y in range(top, HEIGHT):
        pen.line((0, y, WIDTH, y), fill=mix(far, near, (y - top) / (HEIGHT - top)))
    for _ in range(300):
        y = top + (HEIGHT - top) * dice.random() ** 1.6
        depth = (y - top) / (HEIGHT - top)
        x, length = dice.uniform(-50, WIDTH), 12 + 150 * depth * dice.random()
        ripple = mix(mix(far, near, depth), WHITE, 0.12 + 0.2 * dice.random())
        pen.line((x, y, x + length, y), fill=ripple, width=1 + int(2 * depth))
    if glint is None:
        return
    for _ in range(150):
        depth = dice.random() ** 1.3
        y, spread = top + (HEIGHT - top) * depth, 18 + 90 * depth
        x, length = glint + dice.normal(0, spread), 8 + 40 * depth
        pen.line((x - length, y, x + length, y), fill=mix(far, (255, 250, 226), 0.75), width=1 + int(3 * depth))


def palm(pen: Pen, x: float, y: float, size: float, colour: Colour, lean: float) -> None:
    """A coconut palm standing at x, y."""
    top = (x + lean * size, y - size)
    pen.line((x, y, x + lean * size * 0.4, y - size * 0.55, *top), fill=colour, width=max(2, int(size / 26)), joint="curve")
    for k in range(11):
        angle = math.pi * (0.02 + 0.96 * k / 10)
        reach = abs(math.cos(angle))
        tip = (top[0] + math.cos(angle) * size * 0.42, top[1] - math.sin(angle) * size * 0.22 + reach * size * 0.2)
        middle = ((top[0] + tip[0]) / 2, (top[1] + tip[1]) / 2 - size * 0.09)
        pen.line((*top, *middle, *tip), fill=colour, width=max(2, int(size / 22)), joint="curve")


def boat(pen: Pen, x: float, y: float, size: float, hull: Colour) -> None:
    """A fishing boat with a cabin and a red pennant, its shadow in the water."""
    shadow = [
        (x + size * 0.1, y + size * 0.2),
        (x + size * 0.86, y + size * 0.2),
        (x + size * 0.7, y + size * 0.3),
        (x + size * 0.2, y + size * 0.3),
    ]
    pen.polygon(shadow, fill=mix(hull, (20, 40, 50), 0.6))
    pen.polygon([(x, y), (x + size, y), (x + size * 0.85, y + size * 0.2), (x + size * 0.12, y + size * 0.2)], fill=hull)
    pen.line((x + 2, y + size * 0.05, x + size * 0.96, y + size * 0.05), fill=mix(hull, WHITE, 0.55), width=max(1, int(size / 40)))
    pen.rectangle((x + size * 0.5, y - size * 0.22, x + size * 0.78, y), fill=(238, 234, 224))
    pen.rectangle((x + size * 0.55, y - size * 0.16, x + size * 0.73, y - size * 0.08), fill=(84, 104, 116))
    pen.line((x + size * 0.35, y, x + size * 0.35, y - size * 0.5), fill=(70, 60, 56), width=max(2, int(size / 30)))
    pen.polygon(
        [(x + size * 0.35, y - size * 0.5), (x + size * 0.35, y - size * 0.36), (x + size * 0.52, y - size * 0.43)], fill=(196, 48, 43)
    )


def tree(pen: Pen, dice: Dice, x: float, y: float, size: float, colour: Colour) -> None:
    """A round tree, lighter on the side of the sun."""
    pen.line((x, y, x, y - size * 0.5), fill=mix(colour, (60, 40, 30), 0.6), width=max(2, int(size / 14)))
    for k in range(9):
        cx, cy = x + dice.normal(0, size * 0.16), y - size * (0.46 + 0.05 * k)
        r = size * dice.uniform(0.12, 0.24)
        pen.ellipse((cx - r, cy - r, cx + r, cy + r), fill=mix(colour, (255, 255, 210), 0.02 * k + 0.1 * dice.random()))


WALLS: tuple[Colour, ...] = ((226, 206, 160), (204, 190, 170), (188, 200, 196), (222, 178, 150), (236, 228, 210))


def houses(pen: Pen, dice: Dice, y: float, tall: float, *, lit: bool) -> None:
    """A row of town houses with tiled roofs; in the evening some windows are lit."""
    x = -20.0
    while x < WIDTH:
        w, h = dice.uniform(46, 100), tall * dice.uniform(0.35, 1)
        wall = WALLS[int(dice.integers(len(WALLS)))]
        wall = mix(wall, (24, 28, 48), 0.72) if lit else wall
        pen.rectangle((x, y - h, x + w, y), fill=wall)
        pen.rectangle((x + w * 0.86, y - h, x + w, y), fill=mix(wall, (40, 40, 50), 0.18))
        roof = [(x - 5, y - h), (x + w + 5, y - h), (x + w * 0.8, y - h - 20), (x + w * 0.2, y - h - 20)]
        pen.polygon(roof, fill=mix((150, 74, 52), wall, 0.6 if lit else 0.1))
        windows(pen, dice, (x + 10, y - h + 16, x + w - 14, y - 24), wall, lit=0.6 if lit else 0.0)
        x += w + dice.uniform(0, 6)


def windows(
    pen: Pen, dice: Dice, box: tuple[float, float, float, float], wall: Colour, *, lit: float, step: tuple[int, int] = (22, 34)
) -> None:
    """Rows of windows inside a box (left, top, right, bottom); the part `lit` of them has a lamp on."""
    dark = mix(wall, (40, 60, 80), 0.45)
    for top in np.arange(box[1], box[3], step[1]):
        for left in np.arange(box[0], box[2], step[0]):
            pane = (250, 208, 120) if dice.random() < lit else dark
            pen.rectangle((left, top, left + step[0] * 0.45, top + step[1] * 0.48), fill=pane)


def finish(image: Canvas, dice: Dice) -> Canvas:
    """Soften the edges of the drawing, darken the corners a little, add paper grain."""
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j].astype(np.float32)
    corner = 1 - 0.16 * np.clip((x * x + y * y) / 2 - 0.25, 0, 1)
    tile = dice.normal(0, 3.2, (250, 400)).astype(np.float32)
    grain = np.tile(tile, (HEIGHT // 250, WIDTH // 400))
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(0.7)), dtype=np.float32) * corner[:, :, None] + grain[:, :, None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype("uint8"))
