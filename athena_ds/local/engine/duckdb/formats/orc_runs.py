"""Whole numbers and bits as ORC encodes them by run lengths, in both versions.

https://orc.apache.org/specification/ORCv1/#run-length-encoding
"""

from __future__ import annotations

from collections.abc import Iterator

_WIDTHS = (*range(1, 25), 26, 28, 30, 32, 40, 48, 56, 64)
"""Of a packed number, by its code of five bits."""


def bits(data: bytes) -> Iterator[bool]:
    """Runs of bytes, the highest bit of each first."""
    at = 0
    while at < len(data):
        head, at = data[at], at + 1
        if head < 128:
            run, at = data[at : at + 1] * (head + 3), at + 1
        else:
            run, at = data[at : at + 256 - head], at + 256 - head
        for byte in run:
            for place in range(7, -1, -1):
                yield bool(byte >> place & 1)


def numbers(data: bytes, *, signed: bool) -> Iterator[int]:
    """The second version: four kinds of runs."""
    at = 0
    while at < len(data):
        kind = data[at] >> 6
        read = (_repeated, _direct, _patched, _deltas)[kind]
        values, at = read(data, at, signed)
        yield from values


def numbers_of_version_1(data: bytes, *, signed: bool) -> Iterator[int]:
    """Runs of a step of one byte, or numbers one by one."""
    at = 0
    while at < len(data):
        head, at = data[at], at + 1
        if head < 128:
            step = int.from_bytes(data[at : at + 1], "big", signed=True)
            first, at = varint(data, at + 1)
            start = _signed(first) if signed else first
            yield from (start + step * count for count in range(head + 3))
            continue
        for _ in range(256 - head):
            value, at = varint(data, at)
            yield _signed(value) if signed else value


def varint(data: bytes, at: int) -> tuple[int, int]:
    """Seven bits a byte, the lowest first; and where it ends."""
    value = shift = 0
    while True:
        byte, at = data[at], at + 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 128:
            return value, at


def _signed(value: int) -> int:
    """Zigzag: even numbers are positive."""
    return (value >> 1) ^ -(value & 1)


def _repeated(data: bytes, at: int, signed: bool) -> tuple[list[int], int]:
    width, count = (data[at] >> 3 & 7) + 1, (data[at] & 7) + 3
    value = int.from_bytes(data[at + 1 : at + 1 + width], "big")
    return [_signed(value) if signed else value] * count, at + 1 + width


def _head(data: bytes, at: int) -> tuple[int, int]:
    """The code of a width, and how many numbers."""
    return data[at] >> 1 & 31, ((data[at] & 1) << 8 | data[at + 1]) + 1


def _unpacked(data: bytes, at: int, width: int, count: int) -> tuple[list[int], int]:
    """Numbers of so many bits, one after the other, the highest bit first."""
    size = (width * count + 7) // 8
    whole = int.from_bytes(data[at : at + size], "big") >> (size * 8 - width * count)
    mask = (1 << width) - 1
    return [whole >> (width * (count - 1 - place)) & mask for place in range(count)], at + size


def _direct(data: bytes, at: int, signed: bool) -> tuple[list[int], int]:
    code, count = _head(data, at)
    values, at = _unpacked(data, at + 2, _WIDTHS[code], count)
    return [_signed(value) for value in values] if signed else values, at


def _patched(data: bytes, at: int, signed: bool) -> tuple[list[int], int]:  # noqa: ARG001 - the base has a sign
    """Small distances from a base; the high bits of the few greater ones are in a list."""
    code, count = _head(data, at)
    base_size, patch_code = (data[at + 2] >> 5) + 1, data[at + 2] & 31
    gap_width, patches = (data[at + 3] >> 5) + 1, data[at + 3] & 31
    at += 4
    base, sign = int.from_bytes(data[at : at + base_size], "big"), 1 << (base_size * 8 - 1)
    base = -(base ^ sign) if base & sign else base
    values, at = _unpacked(data, at + base_size, _WIDTHS[code], count)
    patch_width = _WIDTHS[patch_code]
    entry = next(width for width in _WIDTHS if width >= patch_width + gap_width)
    entries, at = _unpacked(data, at, entry, patches)
    place = 0
    for one in entries:
        place += one >> patch_width
        patch = one & ((1 << patch_width) - 1)
        if patch:
            values[place] |= patch << _WIDTHS[code]
    return [base + value for value in values], at


def _deltas(data: bytes, at: int, signed: bool) -> tuple[list[int], int]:
    """A first number, a first step with the direction of all, and the sizes of the others."""
    code, count = _head(data, at)
    first, at = varint(data, at + 2)
    step, at = varint(data, at)
    step = _signed(step)
    values = [_signed(first) if signed else first]
    if code == 0:
        return [values[0] + step * place for place in range(count)], at
    values.append(values[0] + step)
    sizes, at = _unpacked(data, at, _WIDTHS[code], count - 2)
    for size in sizes:
        values.append(values[-1] + (size if step >= 0 else -size))
    return values[:count], at
