"""What somebody brings to have many proofs checked at once: a list of links, or a zip of files.

Everything is bounded before it is read: how many, how large apiece, how large together.
"""

import re
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from credentials.errors import MalformedError
from verifier.uploads import MAX_LINK, MAX_UPLOAD_BYTES

MAX_ITEMS = 100
"""A busy job fair; a check that asks three hosts takes some tenths of a second."""

MAX_ZIP_BYTES = 10 * 1024 * 1024
"""As it is sent."""

MAX_INFLATED_BYTES = 20 * 1024 * 1024
"""All files together, unpacked: a hundred certificates as PDF of 200 kB."""

MAX_NAME = 60
"""Characters of a file's name that are shown."""

_CODE = re.compile(r"(\S+)\s+([0-9]{4})")
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to check.

    Attributes:
        number: its place, from 1.
        source: the file's name; empty for a line of the list.
        link: the link of a deelkaart; empty for a file.
        code: the spoken code behind the link.
        content: what the file holds.
        fault: why it cannot be checked, found while reading; a code of an error.
    """

    number: int
    source: str = ""
    link: str = field(default="", repr=False)
    code: str | None = field(default=None, repr=False)
    content: bytes = field(default=b"", repr=False)
    fault: str | None = None


def items_of_list(text: str) -> tuple[Item, ...]:
    """One link a line, and behind it the spoken code where there is one; empty lines are skipped.

    Raises:
        MalformedError: ``batch_too_many``, ``batch_empty``.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    _check_count(len(lines))
    made = []
    for number, line in enumerate(lines, 1):
        coded = _CODE.fullmatch(line)
        link, code = (coded[1], coded[2]) if coded else (line, None)
        fault = "share_link_invalid" if len(link) > MAX_LINK else None
        made.append(Item(number, link="" if fault else link, code=code, fault=fault))
    return tuple(made)


def items_of_zip(octets: bytes) -> tuple[Item, ...]:
    """The files of a zip, in its order; folders and what systems add beside them are skipped.

    Raises:
        MalformedError: ``batch_zip_malformed``, ``batch_too_many``, ``batch_too_large`` (packed or
            unpacked), ``batch_empty``.
    """
    if len(octets) > MAX_ZIP_BYTES:
        raise MalformedError("batch_too_large", f"{len(octets)} octets")
    try:
        with ZipFile(BytesIO(octets)) as archive:
            files = [entry for entry in archive.infolist() if _is_file(entry)]
            _check_count(len(files))
            return _unpacked(archive, files)
    except (BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise MalformedError("batch_zip_malformed", type(error).__name__) from error


def _unpacked(archive: ZipFile, files: list[ZipInfo]) -> tuple[Item, ...]:
    made, room = [], MAX_INFLATED_BYTES
    for number, entry in enumerate(files, 1):
        name = _shown(entry.filename)
        if entry.flag_bits & _ENCRYPTED or entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            made.append(Item(number, name, fault="batch_file_locked"))
            continue
        with archive.open(entry) as packed:  # no more is unpacked than may be, whatever it says
            content = packed.read(MAX_UPLOAD_BYTES + 1)
        room -= len(content)
        if room < 0:
            raise MalformedError("batch_too_large", "unpacked")
        fault = "too_large" if len(content) > MAX_UPLOAD_BYTES else None
        fault = fault or (None if content.strip() else "batch_file_empty")
        made.append(Item(number, name, content=b"" if fault else content, fault=fault))
    return tuple(made)


def _is_file(entry: ZipInfo) -> bool:
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    return not entry.is_dir() and bool(parts) and not hidden


def _shown(name: str) -> str:
    """The last part of a name, without anything that hides or turns text."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(letter for letter in last if letter.isprintable())[:MAX_NAME]


def _check_count(count: int) -> None:
    if count > MAX_ITEMS:
        raise MalformedError("batch_too_many", f"{count} of {MAX_ITEMS}")
    if count == 0:
        raise MalformedError("batch_empty", "nothing to check")
