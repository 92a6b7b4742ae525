"""What was published about status, on disk: the bytes that are served, and high-water marks.

The database may be put back to yesterday; what others have seen may not. So the files speak up: a
list that is newer here than in the database was published from rows that are gone, and a mark that
is higher here means that places were given which the database knows nothing of.

A file holds one line of JSON (``Head``) and then the signed list. A list of an organisation is
named by its kind, its purpose where it has one, and its number: ``own/bitstring.revocation.1``.
"""

import fcntl
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from credentials.errors import UndeterminedError
from credentials.model import Purpose, StatusKind

MAX_FILE_BYTES = 4 * 1024 * 1024
"""A list of 131,072 places in which every second bit is set takes some 100 kB."""

CLOCK_RETURNS = timedelta(hours=2)
"""A list from further ahead was signed by a wrong clock; from less, our own clock may be behind."""

RUN_BYTES = 8
"""Of the word for one run of the issuer: no two are alike."""

_NAME = re.compile(r"(token|bitstring\.(revocation|suspension))\.([1-9][0-9]{0,8})")
_MARK = re.compile(r"(token|bitstring)\.([1-9][0-9]{0,8})\.mark")
_HALF = ".new-"
_OWNER = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class ListName:
    """One published list.

    Attributes:
        owner: id of the organisation that publishes it.
        number: from 1.
    """

    owner: str
    kind: StatusKind
    number: int
    purpose: Purpose = Purpose.ANY

    @property
    def file(self) -> str:
        """Its file, within the owner's folder."""
        middle = "" if self.kind is StatusKind.TOKEN else f".{self.purpose}"
        return f"{self.kind}{middle}.{self.number}"


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the signed list.

    Attributes:
        sequence: grows with every change of a status in the list.
        signed_at: ISO 8601.
        key_id: of the key that signed it.
    """

    sequence: int
    signed_at: str
    key_id: str
    content_type: str
    etag: str

    @property
    def moment(self) -> datetime:
        """When it was signed."""
        return datetime.fromisoformat(self.signed_at)


@dataclass(frozen=True, slots=True)
class Published:
    """One signed list as it is served."""

    head: Head
    body: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    """How often places were drawn for a list, and by which run of the issuer last."""

    draws: int
    run: str


@dataclass(frozen=True, slots=True)
class StatusFiles:
    """The folder with all published lists.

    Attributes:
        run: a fresh word for each start: places that one run drew are given by no other.
    """

    folder: Path
    run: str

    def read(self, name: ListName) -> Published | None:
        """A list as it was published last; None where it never was, or the file is no list."""
        try:
            content = self._path(name).read_bytes()[:MAX_FILE_BYTES]
        except FileNotFoundError:
            return None
        first, _, body = content.partition(b"\n")
        try:
            head = Head(**json.loads(first))
            return Published(head, body) if head.moment.tzinfo is not None else None
        except (ValueError, TypeError):
            return None

    def publish(self, name: ListName, made: Published) -> Published:
        """Put a list in place, unless a newer one is there: two publishers undo nothing.

        Returns:
            what stands there now.

        Raises:
            UndeterminedError: ``status_not_published``: the disk refuses it; the old one stands.
        """
        with self._alone(name.owner):
            there = self.read(name)
            if there is not None and _is_newer(there.head, made.head):
                return there
            first = json.dumps(asdict(made.head)).encode()
            self._write(self._path(name), first + b"\n" + made.body)
            return made

    def published(self) -> list[ListName]:
        """Every list that was ever published here."""
        found = []
        for owner, file in self._files():
            parts = _NAME.fullmatch(file)
            if parts is not None:
                kind, _, purpose = parts[1].partition(".")
                named = Purpose(purpose) if purpose else Purpose.ANY
                found.append(ListName(owner, StatusKind(kind), int(parts[3]), named))
        return found

    def tidy(self) -> None:
        """Remove what a killed publisher left half written."""
        for owner in {owner for owner, _ in self._files()}:
            with self._alone(owner):
                for left in self._owner(owner).glob(f"{_HALF}*"):
                    left.unlink(missing_ok=True)

    def highest(self, owner: str, kind: StatusKind) -> int:
        """The highest number of a list of that kind; 0 where there is none."""
        marks = [_MARK.fullmatch(file) for whose, file in self._files() if whose == owner]
        numbers = [int(one[2]) for one in marks if one is not None and one[1] == kind]
        lists = [one for one in self.published() if one.owner == owner and one.kind is kind]
        return max([0, *numbers, *(one.number for one in lists)])

    def mark(self, owner: str, kind: StatusKind, number: int) -> Mark:
        """How often places were drawn for a list; a mark that cannot be read counts as never.

        Raises:
            UndeterminedError: ``status_not_published``: it is there and cannot be read.
        """
        try:
            found = json.loads(self._mark_file(owner, kind, number).read_bytes()[:MAX_FILE_BYTES])
            return Mark(int(found["draws"]), str(found["run"]))
        except FileNotFoundError:
            return Mark(0, "")
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise UndeterminedError("status_not_published", "a mark that is no mark") from error

    def raise_mark(self, owner: str, kind: StatusKind, number: int, *, draws: int) -> None:
        """Say on disk that places are drawn, before the database says so.

        Raises:
            UndeterminedError: ``status_not_published``: the disk refuses it.
        """
        with self._alone(owner):
            content = json.dumps({"draws": draws, "run": self.run}).encode()
            self._write(self._mark_file(owner, kind, number), content)

    def _mark_file(self, owner: str, kind: StatusKind, number: int) -> Path:
        return self._owner(owner) / f"{kind}.{number}.mark"

    def _path(self, name: ListName) -> Path:
        return self._owner(name.owner) / name.file

    def _owner(self, owner: str) -> Path:
        if not _OWNER.fullmatch(owner):
            raise ValueError("an organisation whose id cannot name a folder")
        return self.folder / owner

    def _files(self) -> list[tuple[str, str]]:
        """Owner and file name of everything in the folder."""
        if not self.folder.is_dir():
            return []
        return [
            (path.parent.name, path.name)
            for path in sorted(self.folder.glob("*/*"))
            if _OWNER.fullmatch(path.parent.name)
        ]

    @contextmanager
    def _alone(self, owner: str) -> Iterator[None]:
        """Let no other publisher change a file of this owner meanwhile."""
        folder = self._owner(owner)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(folder, os.O_RDONLY)
        except OSError as error:
            raise UndeterminedError("status_not_published", str(error.strerror)) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _write(self, file: Path, content: bytes) -> None:
        """Replace a file at once and for good: a power cut leaves the old one or the new one."""
        temporary = None
        try:
            descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=_HALF)
            with os.fdopen(descriptor, "wb") as target:
                target.write(content)
                target.flush()
                os.fsync(target.fileno())
            Path(temporary).chmod(0o644)  # a web server may serve it
            Path(temporary).replace(file)
            _sync(file.parent)
        except OSError as error:
            if temporary is not None:
                Path(temporary).unlink(missing_ok=True)
            raise UndeterminedError("status_not_published", str(error.strerror)) from error


def _is_newer(there: Head, made: Head) -> bool:
    """Whether what stands there says more, or says the same later, by a clock that was right."""
    ahead = there.moment - made.moment
    same = there.sequence == made.sequence
    return there.sequence > made.sequence or (same and timedelta(0) <= ahead <= CLOCK_RETURNS)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
