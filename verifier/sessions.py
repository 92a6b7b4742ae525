"""Who may open a result: the browser that asked, on the holder's word (decision 0052).

On one device the wallet sends the holder back with a fresh code, which works once and in the
browser that asked. From another device the holder reads four digits aloud, and whoever asked types
them. A program has no browser; it gets the digits beside the result.
"""

import hmac
from datetime import datetime

from sqlmodel import Session, col, update

from credentials.errors import RejectedError
from verifier.requests import digest, same_secret
from verifier.tables import RequestRow

MAX_TRIES = 5
"""One in 2,000 guesses right; a person who mishears twice still gets in."""


def is_opened(row: RequestRow) -> bool:
    """Whether the result may be shown; that of a program, and a plain no, need no opening."""
    return row.session_hash is None or row.match_code is None or row.opened_at is not None


def require_opened(row: RequestRow) -> None:
    """The result may be shown.

    Raises:
        RejectedError: ``match_closed`` after too many wrong digits; ``match_needed``.
    """
    if is_opened(row):
        return
    if row.match_tries >= MAX_TRIES:
        raise RejectedError("match_closed", "too many wrong digits")
    raise RejectedError("match_needed", "another device answered")


def tries_left(row: RequestRow) -> int:
    """How often digits may still be typed."""
    return max(0, MAX_TRIES - row.match_tries)


def require_browser(row: RequestRow, browser: str | None) -> None:
    """It is the browser that asked.

    Raises:
        RejectedError: ``session_mismatch``.
    """
    if not same_secret(browser, row.session_hash):
        raise RejectedError("session_mismatch", "another browser asked")


def come_back(
    session: Session, row: RequestRow, *, code: str, browser: str | None, at: datetime
) -> None:
    """Open by the code with which the wallet sends the holder back: once, and in this browser only.

    Raises:
        RejectedError: ``session_mismatch``.
    """
    require_browser(row, browser)
    used = session.exec(
        update(RequestRow)
        .where(
            col(RequestRow.id) == row.id,
            col(RequestRow.response_code_hash) == digest(code),
        )
        .values(response_code_hash=None, opened_at=int(at.timestamp()))
    )
    if used.rowcount != 1:
        raise RejectedError("session_mismatch", "the code is unknown or was used")


def digits_for(row: RequestRow, code: str) -> str | None:
    """The digits to show on the holder's own device, to whoever was sent there by the wallet."""
    return row.match_code if same_secret(code, row.response_code_hash) else None


def open_by_digits(
    session: Session, row: RequestRow, *, digits: str, browser: str | None, at: datetime
) -> bool:
    """Open by the four digits that the holder read aloud; a wrong try counts.

    Returns:
        Whether they were right; the caller commits either way, so that tries count.

    Raises:
        RejectedError: ``session_mismatch``; ``match_closed``: no try is left.
    """
    require_browser(row, browser)
    if is_opened(row):
        return True
    counted = session.exec(
        update(RequestRow)
        .where(col(RequestRow.id) == row.id, col(RequestRow.match_tries) < MAX_TRIES)
        .values(match_tries=col(RequestRow.match_tries) + 1)
    )
    if counted.rowcount != 1:
        raise RejectedError("match_closed", "too many wrong digits")
    typed = "".join(digits.split())
    if not hmac.compare_digest(typed.encode(), (row.match_code or "").encode()):
        return False
    session.exec(
        update(RequestRow)
        .where(col(RequestRow.id) == row.id)
        .values(opened_at=int(at.timestamp()), response_code_hash=None)
    )
    return True
