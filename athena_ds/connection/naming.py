"""AWS's rules for names: each a pure function that says what is wrong, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

_REGION = re.compile(r"[a-z]{2,5}(-[a-z]+)+-\d+")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
# S3 guide, bucketnamingrules: names made in us-east-1 before March 2018 may be longer, with capitals and underscores.
_OLD_BUCKET = re.compile(r"[A-Za-z0-9._-]{3,255}")
_BUCKET_RULE = "3 to 63 lower-case letters, digits, dots and hyphens, a letter or digit at both ends"
_IPV4 = re.compile(r"\d{1,3}(\.\d{1,3}){3}")
_RESERVED_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_SUFFIXES = ("--ol-s3", ".mrap", "--x-s3", "--table-s3")
_OF_AN_ACCOUNT = re.compile(r".+-\d{12}-[a-z]{2,5}(-[a-z]+)+-\d+-an")
_WORKGROUP = re.compile(r"[a-zA-Z0-9._-]{1,128}")
_CATALOG = re.compile(r"[\w@/-]{1,256}")
_ACCOUNT = re.compile(r"\d{12}")
_PREPARED = re.compile(r"[a-zA-Z_][a-zA-Z0-9_@:]{1,256}")
_LOOKS_SECRET = re.compile(r"[A-Za-z0-9/+=]{40}")


def secret_like(text: str) -> bool:
    """Whether a text has the shape of a secret access key, so that it must not be shown."""
    mixed = any(c.isupper() for c in text) and any(c.islower() for c in text) and any(c.isdigit() for c in text)
    return bool(_LOOKS_SECRET.fullmatch(text)) and mixed


def shown(text: str) -> str:
    """A value as it may stand in a message: quoted, short, and never a secret."""
    if secret_like(text):
        return "(not shown: it looks like a secret)"
    return repr(text if len(text) <= 80 else text[:77] + "...")


def region_wrong(region: str) -> str:
    """What is wrong with a region's name."""
    if not region:
        return "is empty"
    if re.fullmatch(r"[a-z]{2,5}(-[a-z]+)+-\d+[a-z]", region):
        return f"{shown(region)} is an availability zone; a region has no letter at its end"
    return "" if _REGION.fullmatch(region) else f"{shown(region)} is not the name of a region"


def bucket_wrong(bucket: str, *, region: str = "") -> str:
    """What is wrong with a general-purpose bucket's name."""
    form = _OLD_BUCKET if region == "us-east-1" else _BUCKET
    reserved = bucket.startswith(_RESERVED_PREFIXES) or bucket.endswith(_RESERVED_SUFFIXES)
    rules = (
        (not bucket, "is empty"),
        (bucket.startswith("arn:"), f"{shown(bucket)} is an ARN; the bucket's bare name is wanted"),
        ("://" in bucket, f"{shown(bucket)} is an address; the bucket's bare name is wanted"),
        ("/" in bucket, f"{shown(bucket)} holds a slash; what follows it belongs into the path"),
        (bucket.endswith("-s3alias"), f"{shown(bucket)} is an access point's alias, which cannot take query results"),
        (reserved, f"{shown(bucket)} begins or ends as S3 reserves for itself"),
        (_IPV4.fullmatch(bucket), f"{shown(bucket)} is an IP address"),
        (not form.fullmatch(bucket) or ".." in bucket, f"{shown(bucket)} is not a bucket name: {_BUCKET_RULE}"),
    )
    return _first(rules)


def of_an_account(bucket: str) -> bool:
    """Whether a bucket's name has the form that S3 keeps for one account in one region."""
    return bool(_OF_AN_ACCOUNT.fullmatch(bucket))


def path_wrong(path: str) -> str:
    """What is wrong with a directory path inside a bucket, as written; one slash at each end is forgiven."""
    inner = path.strip().removeprefix("/").removesuffix("/")
    steps = inner.split("/")
    size = len(inner.encode("utf-8", "surrogatepass"))
    rules = (
        (not inner, "is empty"),
        ("://" in inner, f"{shown(path)} is an address; only what follows the bucket is wanted"),
        ("" in steps, f"{shown(path)} has an empty step (//)"),
        ("." in steps or ".." in steps, f"{shown(path)} has a step . or .."),
        (not inner.isprintable(), "holds control characters"),
        ("*" in inner or "?" in inner, f"{shown(path)} holds a wildcard"),
        # A query id with its ending needs about 60 bytes of the key as well.
        (size > 900, "is longer than 900 bytes; S3 allows 1,024 for the whole key"),
    )
    return _first(rules)


def _first(rules: Iterable[tuple[object, str]]) -> str:
    return next((wrong for broken, wrong in rules if broken), "")


def database_wrong(database: str) -> str:
    """What is wrong with a database's name."""
    if not database:
        return "is empty"
    if len(database) > 255:
        return "has more than 255 characters"
    if any(not letter.isprintable() for letter in database):
        return "holds control characters"
    if any(letter in database for letter in "/\"'`;"):
        return f"{shown(database)} holds a character that no database name has"
    return ""


def workgroup_wrong(workgroup: str) -> str:
    """What is wrong with a workgroup's name."""
    if not workgroup:
        return "is empty"
    if _WORKGROUP.fullmatch(workgroup):
        return ""
    return f"{shown(workgroup)} is not 1 to 128 letters, digits, dots, underscores or hyphens"


def catalog_wrong(catalog: str) -> str:
    """What is wrong with a data catalog's name."""
    if not catalog:
        return "is empty"
    if secret_like(catalog):
        return "holds what looks like a secret access key; it is not shown here"
    return "" if _CATALOG.fullmatch(catalog) else f"{shown(catalog)} is not the name of a data catalog"


def account_wrong(account: str) -> str:
    """What is wrong with an account id."""
    return "" if _ACCOUNT.fullmatch(account) else f"{shown(account)} is not the 12 digits of an account id"


def prepared_statement_wrong(name: str) -> str:
    """What is wrong with a prepared statement's name."""
    if _PREPARED.fullmatch(name):
        return ""
    return f"{shown(name)} is not a letter or _ followed by letters, digits, _, @ or :, 257 characters at most"
