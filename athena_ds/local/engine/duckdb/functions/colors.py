"""Colours of a terminal: a number is a colour, eight have names, and texts are painted by escapes of 256 colours."""

from __future__ import annotations

import math

from athena_ds.local.engine.duckdb.functions.java_numbers import double_text, to_float32
from athena_ds.local.engine.duckdb.functions.refusals import invalid
from athena_ds.local.engine.duckdb.functions.registry import kernel

_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_RESET = "\x1b[0m"
_RED, _GREEN = 255 << 16, 255 << 8


def shown(color: int) -> str:
    """What a column of colours shows: a name, or `#f0f0f0`."""
    return f"#{color:06x}" if color >= 0 else _NAMES[-color - 1]


@kernel("color", "varchar(x)")
def color_named(text: str) -> int:
    digits = text[1:]
    if len(text) == 4 and text[0] == "#" and all(digit in "0123456789abcdefABCDEF" for digit in digits):
        red, green, blue = (int(digit, 16) * 17 for digit in digits)
        return red << 16 | green << 8 | blue
    if text.lower() not in _NAMES:
        raise invalid(f"Invalid color: '{text}'")
    return -(_NAMES.index(text.lower()) + 1)


@kernel("rgb")
def rgb(red: int, green: int, blue: int) -> int:
    for name, part in (("red", red), ("green", green), ("blue", blue)):
        if not 0 <= part <= 255:
            raise invalid(f"{name} must be between 0 and 255")
    return red << 16 | green << 8 | blue


@kernel("color", "double,color,color")
def color_between(fraction: float, low: int, high: int) -> int:
    return _at(fraction, low, high)


@kernel("color", "double,double,double,color,color")
def color_within(value: float, least: float, most: float, low: int, high: int) -> int:
    if most != least:
        return _at((value - least) / (most - least), low, high)
    return _at(math.nan if value == least else math.copysign(math.inf, value - least), low, high)


def _at(fraction: float, low: int, high: int) -> int:
    if low < 0:
        raise invalid("lowColor not a valid RGB color")
    if high < 0:
        raise invalid("highColor not a valid RGB color")
    return _blend(fraction if math.isnan(fraction) else to_float32(max(0.0, min(1.0, fraction))), low, high)


@kernel("render", "varchar(x),color")
def render_text(text: str, color: int) -> str:
    return _painted(text, color)


@kernel("render", "bigint,color")
def render_number(value: int, color: int) -> str:
    return _painted(str(value), color)


@kernel("render", "double,color")
def render_double(value: float, color: int) -> str:
    return _painted(double_text(value), color)


@kernel("render", "boolean")
def render_truth(value: bool) -> str:
    return _painted("✓", -3) if value else _painted("✗", -2)


@kernel("bar", "double,bigint")
def bar(percent: float, width: int) -> str:
    return _bar(percent, width, _RED, _GREEN)


@kernel("bar", "double,bigint,color,color")
def bar_between(percent: float, width: int, low: int, high: int) -> str:
    return _bar(percent, width, low, high)


def _bar(percent: float, width: int, low: int, high: int) -> str:
    count = max(0, min(width, int(percent * width)))
    blocks = (_escape(_blend(_part(at, width), low, high)) + "█" for at in range(count))
    return "".join(blocks) + _RESET + " " * (width - count)


def _part(at: int, width: int) -> float:
    """Java's 0/0 is NaN."""
    return to_float32(at / (width - 1)) if width > 1 else math.nan


def _painted(text: str, color: int) -> str:
    return f"{_escape(color)}{text}{_RESET}"


def _escape(color: int) -> str:
    if color < 0:
        return f"\x1b[38;5;{-color - 1}m"
    red, green, blue = ((color >> shift & 255) * 6 // 256 for shift in (16, 8, 0))
    return f"\x1b[38;5;{16 + red * 36 + green * 6 + blue}m"


def _blend(fraction: float, low: int, high: int) -> int:
    """Between two colours by hue, saturation and brightness, in Java's single precision; black where there is none."""
    if low < 0 or high < 0:
        raise invalid("color is not a valid rgb value")
    if math.isnan(fraction):
        return 0
    parts = (
        to_float32(to_float32(fraction * to_float32(b - a)) + a) for a, b in zip(_hsb(low), _hsb(high), strict=True)
    )
    return _rgb(*parts)


def _hsb(color: int) -> tuple[float, float, float]:
    red, green, blue = (color >> shift & 255 for shift in (16, 8, 0))
    most, least = max(red, green, blue), min(red, green, blue)
    brightness = to_float32(most / 255)
    saturation = to_float32((most - least) / most) if most else 0.0
    if saturation == 0:
        return 0.0, saturation, brightness
    far = [to_float32((most - part) / (most - least)) for part in (red, green, blue)]
    if red == most:
        hue = to_float32(far[2] - far[1])
    elif green == most:
        hue = to_float32(to_float32(2.0 + far[0]) - far[2])
    else:
        hue = to_float32(to_float32(4.0 + far[1]) - far[0])
    hue = to_float32(hue / 6.0)
    return (to_float32(hue + 1.0) if hue < 0 else hue), saturation, brightness


def _rgb(hue: float, saturation: float, brightness: float) -> int:
    def byte(value: float) -> int:
        return int(to_float32(to_float32(value) * 255.0) + 0.5)

    if saturation == 0:
        whole = byte(brightness)
        return whole << 16 | whole << 8 | whole
    sixth = to_float32(to_float32(hue - float(hue // 1)) * 6.0)
    rest = to_float32(sixth - float(sixth // 1))
    low = to_float32(brightness * to_float32(1.0 - saturation))
    falling = to_float32(brightness * to_float32(1.0 - to_float32(saturation * rest)))
    rising = to_float32(brightness * to_float32(1.0 - to_float32(saturation * to_float32(1.0 - rest))))
    red, green, blue = (
        (brightness, rising, low),
        (falling, brightness, low),
        (low, brightness, rising),
        (low, falling, brightness),
        (rising, low, brightness),
        (brightness, low, falling),
    )[int(sixth)]
    return byte(red) << 16 | byte(green) << 8 | byte(blue)
