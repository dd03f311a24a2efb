"""Varbinary: encodings, digests, byte orders. Errors are Trino 476's (and Guava's and Java's below it)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import zlib

from athena_ds.local.engine.duckdb.functions.refusals import broken, invalid
from athena_ds.local.engine.duckdb.functions.registry import kernel, template

_STANDARD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_URL = _STANDARD[:-2] + b"-_"
_BASE32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


template("to_hex", sql="hex({0})")


@kernel("from_hex")
def from_hex(text: str | bytes) -> bytes:
    data = _bytes(text)
    if len(data) % 2:
        raise invalid(f"invalid input length {len(data)}")
    for byte in data:
        if chr(byte) not in "0123456789abcdefABCDEF":
            raise invalid(f'not a hexadecimal digit: "{chr(byte)}" = {byte}')
    return bytes.fromhex(data.decode())


template("to_base64", sql="to_base64({0})")


@kernel("to_base64url")
def to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


@kernel("from_base64")
def from_base64(text: str | bytes) -> bytes:
    return _decoded(_bytes(text), _STANDARD)


@kernel("from_base64url")
def from_base64url(text: str | bytes) -> bytes:
    return _decoded(_bytes(text), _URL)


def _decoded(data: bytes, alphabet: bytes) -> bytes:
    """`java.util.Base64`'s decoder: padding may miss, nothing else may be wrong."""
    body = data.rstrip(b"=")
    for byte in body:
        if byte not in alphabet:
            raise invalid(f"Illegal base64 character {byte:x}")
    if len(data) == 1:
        raise invalid("Input byte[] should at least have 2 bytes for base64 bytes")
    padding = len(data) - len(body)
    if len(body) % 4 == 1:
        raise invalid("Last unit does not have enough valid bits")
    if padding and (len(body) % 4 == 0 or len(data) % 4):
        raise invalid("Input byte array has wrong 4-byte ending unit")
    return base64.b64decode(body.translate(bytes.maketrans(alphabet, _STANDARD)) + b"=" * (-len(body) % 4))


@kernel("to_base32")
def to_base32(data: bytes) -> str:
    return base64.b32encode(data).decode()


@kernel("from_base32")
def from_base32(text: str | bytes) -> bytes:
    body = _bytes(text).rstrip(b"=")
    if len(body) % 8 in (1, 3, 6):
        raise invalid(f"Invalid input length {len(body)}")
    for byte in body:
        if byte not in _BASE32:
            raise invalid(f"Unrecognized character: {chr(byte)}")
    spare = len(body) * 5 % 8
    bits = 0
    for byte in body:
        bits = bits << 5 | _BASE32.index(byte)
    return (bits >> spare).to_bytes(len(body) * 5 // 8, "big")


@kernel("md5")
def md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


@kernel("sha1")
def sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


template("sha256", sql="unhex(sha256({0}))")


@kernel("sha512")
def sha512(data: bytes) -> bytes:
    return hashlib.sha512(data).digest()


@kernel("crc32")
def crc32(data: bytes) -> int:
    return zlib.crc32(data)


def _signed(data: bytes, key: bytes, name: str) -> bytes:
    if not key:
        raise broken("Empty key")
    return hmac.new(key, data, name).digest()


@kernel("hmac_md5")
def hmac_md5(data: bytes, key: bytes) -> bytes:
    return _signed(data, key, "md5")


@kernel("hmac_sha1")
def hmac_sha1(data: bytes, key: bytes) -> bytes:
    return _signed(data, key, "sha1")


@kernel("hmac_sha256")
def hmac_sha256(data: bytes, key: bytes) -> bytes:
    return _signed(data, key, "sha256")


@kernel("hmac_sha512")
def hmac_sha512(data: bytes, key: bytes) -> bytes:
    return _signed(data, key, "sha512")


@kernel("to_big_endian_32")
def to_big_endian_32(value: int) -> bytes:
    return struct.pack(">i", value)


@kernel("to_big_endian_64")
def to_big_endian_64(value: int) -> bytes:
    return struct.pack(">q", value)


@kernel("from_big_endian_32")
def from_big_endian_32(data: bytes) -> int:
    return int.from_bytes(_sized(data, 4), "big", signed=True)


@kernel("from_big_endian_64")
def from_big_endian_64(data: bytes) -> int:
    return int.from_bytes(_sized(data, 8), "big", signed=True)


def _sized(data: bytes, size: int) -> bytes:
    if len(data) != size:
        raise invalid(f"expected {size}-byte input, but got instead: {len(data)}")
    return data


@kernel("to_ieee754_32")
def to_ieee754_32(value: float) -> bytes:
    return struct.pack(">f", value)


@kernel("to_ieee754_64")
def to_ieee754_64(value: float) -> bytes:
    return struct.pack(">d", value)


@kernel("from_ieee754_32")
def from_ieee754_32(data: bytes) -> float:
    return float(struct.unpack(">f", _float_sized(data, 4))[0])


@kernel("from_ieee754_64")
def from_ieee754_64(data: bytes) -> float:
    return float(struct.unpack(">d", _float_sized(data, 8))[0])


def _float_sized(data: bytes, size: int) -> bytes:
    if len(data) != size:
        raise invalid(f"Input floating-point value must be exactly {size} bytes long")
    return data


@kernel("reverse", "varbinary")
def reverse(data: bytes) -> bytes:
    return data[::-1]


template("to_utf8", sql="encode({0})")


@kernel("from_utf8")
def from_utf8(data: bytes, replacement: str | int = "\ufffd") -> str:
    """What is not UTF-8 is replaced (dropped for an empty replacement), a whole broken sequence at a time.

    The replacement is checked first; a negative code point only when it is needed.
    """
    if isinstance(replacement, str) or replacement >= 0:
        _replacement(replacement)
    found, at = [], 0
    while at < len(data):
        size = _sequence(data, at)
        if size > 0:
            found.append(data[at : at + size].decode())
        else:
            found.append(_replacement(replacement))
        at += abs(size)
    return "".join(found)


def _replacement(given: str | int) -> str:
    if isinstance(given, int):
        if not 0 <= given <= 0x10FFFF or 0xD800 <= given <= 0xDFFF:
            raise invalid("Invalid replacement character")
        return chr(given)
    if len(given) > 1:
        raise invalid("Replacement character string must empty or a single character")
    return given


def _sequence(data: bytes, at: int) -> int:
    """Bytes of the code point here; negative: bytes of what is none (`SliceUtf8.tryGetCodePointAt`)."""
    first = data[at]
    if first < 0x80:
        return 1
    size = 2 if first >> 5 == 6 else 3 if first >> 4 == 14 else 4 if first >> 3 == 30 else 5 if first >> 2 == 62 else 0
    if not size:
        return -1
    follow = 0
    while follow < size - 1 and at + 1 + follow < len(data) and data[at + 1 + follow] >> 6 == 2:
        follow += 1
    if follow < size - 1 or size == 5:
        return -(1 + follow)
    try:
        data[at : at + size].decode()
    except UnicodeDecodeError:
        return -size
    return size
