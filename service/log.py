"""The log: structured lines that hold only the fields named here, whatever a caller passes."""

import hashlib
import logging
import secrets
import sys
from datetime import UTC, date, datetime
from typing import TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

ALLOWED_FIELDS = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "service",
        "method",
        "route",
        "status",
        "milliseconds",
        "code",
        "error",
        "host",
        "port",
        "count",
        "subject",
        "path",
        "line",
    }
)
"""Allow-list: a claim, a token or a full address has no field to travel in."""

MAX_FIELD = 200
"""Characters of one field: enough for a name or a detail, too few for a credential."""

_SALT_BYTES = 16
_salts: dict[date, bytes] = {}


def pseudonym(identifier: str, *, on: date | None = None) -> str:
    """A name for an identifier that cannot be followed from one day to the next.

    Args:
        identifier: an address or id of a person, an offer, a request.
        on: the day whose salt is used; today when left out.
    """
    day = on or datetime.now(UTC).date()
    if day not in _salts:
        _salts.clear()  # yesterday's salt is forgotten: its pseudonyms can no longer be made
        _salts[day] = secrets.token_bytes(_SALT_BYTES)
    return hashlib.blake2b(identifier.encode(), key=_salts[day], digest_size=6).hexdigest()


def keep_allowed(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Drop every field that is not on the list, and cut what is too long for a name."""
    kept = {key: value for key, value in event.items() if key in ALLOWED_FIELDS}
    return {key: v[:MAX_FIELD] if isinstance(v, str) else v for key, v in kept.items()}


def configure_log(stream: TextIO | None = None, *, level: int = logging.INFO) -> None:
    """Send all log lines as JSON to ``stream`` (standard error when left out)."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


def hide_exceptions(record: logging.LogRecord) -> bool:
    """A filter for other people's loggers: a traceback's last line may hold a claim."""
    record.exc_info = record.exc_text = record.stack_info = None
    return True


def get_log(service: str) -> structlog.typing.FilteringBoundLogger:
    """The log of one service."""
    log: structlog.typing.FilteringBoundLogger = structlog.get_logger(service=service)
    return log
