"""The mailbox of a trial: letters are kept as files on this machine, and nobody receives them."""

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parsedate_to_datetime
from pathlib import Path

MAX_KEPT = 200
"""The newest letters; a trial has one class."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A letter in the mailbox.

    Attributes:
        id: for a page of its own.
        sender: the name it is from.
        text: its plain text.
    """

    id: str
    at: datetime
    sender: str
    to: str
    subject: str
    text: str


class Mailbox:
    """Keeps what would have been sent, byte for byte; a letter that is sent again is one letter."""

    def __init__(self, folder: Path) -> None:
        """Use a folder; it is made with the first letter."""
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        """Keep it, in a file that only this user reads."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        at = parsedate_to_datetime(message["Date"])
        name = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:16]
        file = self._folder / f"{at:%Y%m%dT%H%M%S}-{name}.eml"
        for older in self._folder.glob(f"*-{name}.eml"):
            older.unlink()
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as target:
            target.write(message.as_bytes())
        for old in self._files()[MAX_KEPT:]:
            old.unlink(missing_ok=True)

    def letters(self) -> list[Kept]:
        """What it holds, newest first."""
        return [_read(file) for file in self._files()]

    def find(self, letter_id: str) -> Kept | None:
        """One letter; None where there is none of that id."""
        return next((kept for kept in self.letters() if kept.id == letter_id), None)

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.eml"), reverse=True)


def _read(file: Path) -> Kept:
    message = message_from_bytes(file.read_bytes(), policy=SMTP)
    body = message.get_body(("plain",))
    return Kept(
        id=file.stem.rpartition("-")[2],
        at=parsedate_to_datetime(message["Date"]),
        sender=message["From"].addresses[0].display_name,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=str(body.get_content()).replace("\r\n", "\n") if body else "",
    )
