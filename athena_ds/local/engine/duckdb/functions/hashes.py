"""xxHash64, MurmurHash3 (x64, 128 bits) and SpookyHash V2 as their authors define them, seed 0."""

from __future__ import annotations

import struct

from athena_ds.local.engine.duckdb.functions.refusals import unsupported
from athena_ds.local.engine.duckdb.functions.registry import kernel

MASK = 2**64 - 1
PRIME_1 = 0x9E3779B185EBCA87
_PRIME_2 = 0xC2B2AE3D27D4EB4F
_PRIME_3 = 0x165667B19E3779F9
_PRIME_4 = 0x85EBCA77C2B2AE63
_PRIME_5 = 0x27D4EB2F165667C5


def _rotated(value: int, by: int) -> int:
    return ((value << by) | (value >> (64 - by))) & MASK


def _round(accumulator: int, lane: int) -> int:
    return _rotated((accumulator + lane * _PRIME_2) & MASK, 31) * PRIME_1 & MASK


def xxhash64(data: bytes) -> int:
    """The hash as an unsigned number."""
    at, size = 0, len(data)
    if size >= 32:
        lanes = [(PRIME_1 + _PRIME_2) & MASK, _PRIME_2, 0, -PRIME_1 & MASK]
        while at <= size - 32:
            words = struct.unpack_from("<4Q", data, at)
            lanes = [_round(lane, word) for lane, word in zip(lanes, words, strict=True)]
            at += 32
        found = sum(_rotated(lane, by) for lane, by in zip(lanes, (1, 7, 12, 18), strict=True)) & MASK
        for lane in lanes:
            found = ((found ^ _round(0, lane)) * PRIME_1 + _PRIME_4) & MASK
    else:
        found = _PRIME_5
    return _xx_tail(data, at, (found + size) & MASK)


def _xx_tail(data: bytes, at: int, found: int) -> int:
    size = len(data)
    while at + 8 <= size:
        found ^= _round(0, struct.unpack_from("<Q", data, at)[0])
        found = (_rotated(found, 27) * PRIME_1 + _PRIME_4) & MASK
        at += 8
    if at + 4 <= size:
        found ^= struct.unpack_from("<I", data, at)[0] * PRIME_1 & MASK
        found = (_rotated(found, 23) * _PRIME_2 + _PRIME_3) & MASK
        at += 4
    for byte in data[at:]:
        found = _rotated(found ^ (byte * _PRIME_5 & MASK), 11) * PRIME_1 & MASK
    for shift, prime in ((33, _PRIME_2), (29, _PRIME_3), (32, 1)):
        found = ((found ^ (found >> shift)) * prime) & MASK
    return found


_MURMUR_1, _MURMUR_2 = 0x87C37B91114253D5, 0x4CF5AD432745937F


def murmur3_128(data: bytes) -> tuple[int, int]:
    """Both halves, unsigned."""
    first = second = 0
    whole = len(data) // 16 * 16
    for at in range(0, whole, 16):
        low, high = struct.unpack_from("<2Q", data, at)
        first = ((_rotated(first ^ _mixed_low(low), 27) + second) * 5 + 0x52DCE729) & MASK
        second = ((_rotated(second ^ _mixed_high(high), 31) + first) * 5 + 0x38495AB5) & MASK
    rest = data[whole:]
    if len(rest) > 8:
        second ^= _mixed_high(int.from_bytes(rest[8:], "little"))
    if rest:
        first ^= _mixed_low(int.from_bytes(rest[:8], "little"))
    first, second = first ^ len(data), second ^ len(data)
    first = (first + second) & MASK
    second = (second + first) & MASK
    first, second = _finished(first), _finished(second)
    first = (first + second) & MASK
    return first, (second + first) & MASK


def _mixed_low(word: int) -> int:
    return _rotated(word * _MURMUR_1 & MASK, 31) * _MURMUR_2 & MASK


def _mixed_high(word: int) -> int:
    return _rotated(word * _MURMUR_2 & MASK, 33) * _MURMUR_1 & MASK


def _finished(value: int) -> int:
    value = (value ^ (value >> 33)) * 0xFF51AFD7ED558CCD & MASK
    value = (value ^ (value >> 33)) * 0xC4CEB9FE1A85EC53 & MASK
    return value ^ (value >> 33)


_SPOOKY = 0xDEADBEEFDEADBEEF
_SHORT_MIX = (50, 52, 30, 41, 54, 48, 38, 37, 62, 34, 5, 36)
_SHORT_END = (15, 52, 26, 51, 28, 9, 47, 54, 32, 25, 63)
_SPOOKY_SHORT = 192


def spooky_short(data: bytes) -> int:
    """The first 64 bits of SpookyHash V2 for messages below 192 bytes (the longer ones are hashed another way)."""
    state = [0, 0, _SPOOKY, _SPOOKY]
    at, size = 0, len(data)
    while size - at >= 32:
        _absorb(state, data, at)
        low, high = struct.unpack_from("<2Q", data, at + 16)
        state[0], state[1] = (state[0] + low) & MASK, (state[1] + high) & MASK
        at += 32
    if size - at >= 16:
        _absorb(state, data, at)
        at += 16
    rest = data[at:]
    state[3] = (state[3] + (size << 56)) & MASK
    if rest:
        state[2] = (state[2] + int.from_bytes(rest[:8], "little")) & MASK
        state[3] = (state[3] + int.from_bytes(rest[8:], "little")) & MASK
    else:
        state[2], state[3] = (state[2] + _SPOOKY) & MASK, (state[3] + _SPOOKY) & MASK
    for step, by in enumerate(_SHORT_END):
        into, out = (step + 3) % 4, (step + 2) % 4
        state[into] ^= state[out]
        state[out] = _rotated(state[out], by)
        state[into] = (state[into] + state[out]) & MASK
    return state[0]


def _absorb(state: list[int], data: bytes, at: int) -> None:
    low, high = struct.unpack_from("<2Q", data, at)
    state[2], state[3] = (state[2] + low) & MASK, (state[3] + high) & MASK
    for step, by in enumerate(_SHORT_MIX):
        turned, added, mixed = (step + 2) % 4, (step + 3) % 4, step % 4
        state[turned] = (_rotated(state[turned], by) + state[added]) & MASK
        state[mixed] ^= state[turned]


@kernel("xxhash64")
def xxhash64_bytes(data: bytes) -> bytes:
    return xxhash64(data).to_bytes(8, "big")


@kernel("murmur3")
def murmur3(data: bytes) -> bytes:
    return struct.pack("<2Q", *murmur3_128(data))


@kernel("spooky_hash_v2_32")
def spooky_hash_v2_32(data: bytes) -> bytes:
    return bytes(spooky_hash_v2_64(data)[4:])


@kernel("spooky_hash_v2_64")
def spooky_hash_v2_64(data: bytes) -> bytes:
    if len(data) >= _SPOOKY_SHORT:
        raise unsupported("spooky_hash_v2 of 192 bytes or more")
    return spooky_short(data).to_bytes(8, "big")
