"""uuid(), IP addresses in networks."""

from __future__ import annotations

import ipaddress

from athena_ds.local.engine.duckdb.functions.cast_text import parse_address
from athena_ds.local.engine.duckdb.functions.refusals import broken, invalid
from athena_ds.local.engine.duckdb.functions.registry import kernel, template

_IPV4 = 4

template("uuid", sql="CAST(gen_random_uuid() AS VARCHAR)")


def _prefix(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise broken(f'For input string: "{text}"') from None


@kernel("contains", "varchar, ipaddress")
def contains(network: str, address: str) -> bool:
    """Whether a network in CIDR notation holds an address; in one of IPv4 the host's bits are all zero."""
    start, slash, bits = network.partition("/")
    if not slash:
        raise invalid("Invalid CIDR")
    base = parse_address(start)
    if base is None:
        raise invalid("Invalid network IP address")
    if (length := _prefix(bits)) < 0:
        raise invalid("Invalid prefix length")
    if length > base.max_prefixlen or (base.version == _IPV4 and int(base) & (0xFFFF_FFFF >> length)):
        raise invalid("Invalid CIDR")
    if base.version == _IPV4:
        length += 96
    return (_whole(base) ^ _whole(ipaddress.ip_address(address))) >> (128 - length) == 0


def _whole(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> int:
    """The address among those of IPv6, as Trino keeps them all."""
    return int(address) | (0xFFFF << 32 if address.version == _IPV4 else 0)
