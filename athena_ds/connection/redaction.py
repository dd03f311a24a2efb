"""Secrets kept out of log records, botocore's at DEBUG included."""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from threading import Lock

from .credentials import SecretStr

_MASK = "********"
_KEPT = 256
# What botocore and urllib3 log at DEBUG: STS and metadata answers as XML, JSON or bytes, the signed headers.
_FIELDS = re.compile(
    r"""(?ix)
    (?P<name> SecretAccessKey | secret_key | aws_secret_access_key | SessionToken | aws_session_token
        | x-amz-security-token | x-aws-ec2-metadata-token(?!-ttl) | \bToken )
    (?P<between> ['"]? \s* [:=>,] \s* b?['"]? )
    (?P<value> [A-Za-z0-9/+=%_-]{8,} )
    """
)


class _Known:
    """The secrets in use, the latest of them; temporary ones come and go."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def add(self, text: str) -> None:
        with self._lock:
            self._texts[text] = None
            self._texts.move_to_end(text)
            while len(self._texts) > _KEPT:
                self._texts.popitem(last=False)

    def mask(self, text: str) -> str:
        with self._lock:
            known = tuple(self._texts)
        for secret in known:
            text = text.replace(secret, _MASK)
        return text


_known = _Known()


def remember(secret: SecretStr | None) -> None:
    """Have this secret masked in every later log record of the AWS libraries."""
    if secret:
        _known.add(secret.reveal())


def redacted(text: str) -> str:
    """The text with known secrets, and whatever stands in a secret's field, as stars."""
    return _FIELDS.sub(lambda found: f"{found['name']}{found['between']}{_MASK}", _known.mask(text))


class RedactingFilter(logging.Filter):
    """Rewrites a record before any handler sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask the message, and the text of an exception that comes with it."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            return True
        safe = redacted(message)
        if safe != message:
            record.msg, record.args = safe, ()
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = redacted(f"{type(record.exc_info[1]).__name__}: {record.exc_info[1]}")
            record.exc_info = None
        return True


_FILTER = RedactingFilter()
_LIBRARIES = ("boto3", "botocore", "s3transfer", "urllib3", "pyathena")


def guard_loggers() -> None:
    """Put the filter on every logger of the AWS libraries that exists by now (a filter is not inherited)."""
    for name in (*_LIBRARIES, *logging.root.manager.loggerDict):
        if name.split(".")[0] in _LIBRARIES:
            logger = logging.getLogger(name)
            if _FILTER not in logger.filters:
                logger.addFilter(_FILTER)
