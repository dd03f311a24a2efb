"""URL functions: `java.net.URI` takes addresses apart, `URLEncoder` and `URLDecoder` do parameters."""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple

from athena_ds.local.engine.duckdb.functions.refusals import invalid
from athena_ds.local.engine.duckdb.functions.registry import kernel

_OTHER = r"\u0080-\U0010ffff"
_PCHAR = rf"(?:[A-Za-z0-9_\-!.~'()*:@&=+$,;]|%[0-9A-Fa-f]{{2}}|[{_OTHER}])"
_PATH = rf"(?:{_PCHAR}|/)*"
_QUERY = rf"(?:{_PCHAR}|[/?\[\]])*"
_AUTHORITY = rf"(?:{_PCHAR}|\[[0-9A-Za-z:.%_]*\])*"
_HIERARCHY = rf"(?://(?P<authority>{_AUTHORITY}))?(?P<path>{_PATH})(?:\?(?P<query>{_QUERY}))?"
_FRAGMENT = rf"(?:\#(?P<fragment>{_QUERY}))?"
_ABSOLUTE = re.compile(rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*):(?:(?=/){_HIERARCHY}|(?!/){_QUERY}){_FRAGMENT}")
_RELATIVE = re.compile(rf"(?P<scheme>(?!)x)?{_HIERARCHY}{_FRAGMENT}")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?"
_TOP = r"[A-Za-z](?:[A-Za-z0-9\-]*[A-Za-z0-9])?"
_BYTE = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_SERVER = re.compile(
    rf"(?:[^@\[\]]*@)?(?P<host>(?:{_LABEL}\.)*{_TOP}\.?|{_BYTE}(?:\.{_BYTE}){{3}}|\[[0-9A-Fa-f:.]+(?:%\w+)?\])(?::(?P<port>\d*))?",
    re.ASCII,
)
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")


class Address(NamedTuple):
    """The parts of a URI, None where it has none; the rest raw."""

    scheme: str | None = None
    host: str | None = None
    port: int | None = None
    path: str | None = None
    query: str | None = None
    fragment: str | None = None


def parsed(text: str) -> Address | None:
    """The parts of a URI; None where `new URI(text)` would throw."""
    absolute = re.match(r"[^/?#:]*:", text)
    found = None if _FORBIDDEN.search(text) else (_ABSOLUTE if absolute else _RELATIVE).fullmatch(text)
    if found is None or text == found["scheme"]:
        return None
    rest = text[len(absolute[0]) :] if absolute else text
    if (absolute and rest.partition("#")[0] == "") or (found["authority"] == "" and not found["path"]):
        return None
    server = _SERVER.fullmatch(found["authority"] or "")
    if "[" in (found["authority"] or "") and not (server and _is_ipv6(server["host"])):
        return None
    port = int(server["port"]) if server and server["port"] else None
    host = server["host"] if server and (port or 0) < 2**31 else None
    return Address(found["scheme"], host, port if host else None, found["path"], found["query"], found["fragment"])


def _is_ipv6(host: str) -> bool:
    try:
        ipaddress.IPv6Address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True


def _decoded(text: str) -> str:
    """`URI.decode`: percent escapes as UTF-8, each bad sequence one replacement character."""
    return re.sub(r"(?:%[0-9A-Fa-f]{2})+", lambda m: _utf8(bytes.fromhex(m[0].replace("%", ""))), text)


def _utf8(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _shown(part: str | None) -> str:
    return "" if part is None else _decoded(part)


@kernel("url_extract_protocol")
def url_extract_protocol(text: str) -> str | None:
    address = parsed(text)
    return None if address is None else address.scheme or ""


@kernel("url_extract_host")
def url_extract_host(text: str) -> str | None:
    address = parsed(text)
    return None if address is None else address.host or ""


@kernel("url_extract_port")
def url_extract_port(text: str) -> int | None:
    address = parsed(text)
    return None if address is None else address.port


@kernel("url_extract_path")
def url_extract_path(text: str) -> str | None:
    address = parsed(text)
    return None if address is None else _shown(address.path)


@kernel("url_extract_query")
def url_extract_query(text: str) -> str | None:
    address = parsed(text)
    return None if address is None else _shown(address.query)


@kernel("url_extract_fragment")
def url_extract_fragment(text: str) -> str | None:
    address = parsed(text)
    return None if address is None else _shown(address.fragment)


@kernel("url_extract_parameter")
def url_extract_parameter(text: str, name: str) -> str | None:
    address = parsed(text)
    if address is None or address.query is None:
        return None
    for part in address.query.split("&"):
        key, _, value = part.partition("=")
        if key == name and part:
            return _unescaped(value)
    return None


_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-._")


@kernel("url_encode")
def url_encode(text: str) -> str:
    return "".join(chr(b) if b in _SAFE else "+" if b == 32 else f"%{b:02X}" for b in text.encode())


def _not_hex(c: str) -> bool:
    return c not in "0123456789abcdefABCDEF"


@kernel("url_decode")
def url_decode(text: str) -> str:
    return _unescaped(text)


def _unescaped(text: str) -> str:
    return re.sub(r"(?:%.{0,2})+", _escapes, text.replace("+", " "), flags=re.DOTALL)


def _escapes(match: re.Match[str]) -> str:
    data = bytearray()
    for escape in re.findall(r"%.{0,2}", match[0], re.DOTALL):
        if len(escape) < 3:
            raise invalid("URLDecoder: Incomplete trailing escape (%) pattern")
        wrong = next((c for c in escape[1:] if _not_hex(c)), None)
        if wrong is not None:
            words = "URLDecoder: Illegal hex characters in escape (%) pattern - not a hexadecimal digit:"
            raise invalid(f'{words} "{wrong}" = {ord(wrong)}')
        data.append(int(escape[1:], 16))
    return _utf8(bytes(data))
