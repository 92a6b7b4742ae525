"""The numbers of the lists that the command line saw, in one small file: a list never steps back.

A service keeps them in its database (``verifier.documents``); a command has no database, and reads
the file at each call. Where it cannot be written, as on a read-only disk, the check goes on.
"""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from credentials.encoding import parse_json_object
from credentials.errors import MalformedError, RejectedError

FILE = "seen-lists.json"
"""Its name in the verifier's own directory."""

MAX_SEEN_BYTES = 64 * 1024
"""Some hundred addresses; who follows more runs a service."""


@dataclass(frozen=True, slots=True)
class SeenLists:
    """The file of the numbers, by address.

    Attributes:
        file: need not be there yet.
        writes: False where the check is about another moment than now: nothing is learned then.
    """

    file: Path
    writes: bool = True

    def sequence(self, url: str) -> int | None:
        """The highest number accepted from an address.

        Raises:
            RejectedError: ``config_seen_lists``: a file that cannot be read as one; with a file
                that is taken for empty an older list would pass.
        """
        return self._read().get(url)

    def note(self, url: str, number: int) -> None:
        """Remember the number of an accepted list; it never moves back.

        Raises:
            RejectedError: as ``sequence``.
        """
        seen = self._read()
        if not self.writes or seen.get(url, -1) >= number:
            return
        text = json.dumps(seen | {url: number}, indent=1, sort_keys=True) + "\n"
        whole = self.file.with_name(f"{self.file.name}.{os.getpid()}")
        with suppress(OSError):  # a disk that is read-only: the next check learns it instead
            self.file.parent.mkdir(parents=True, exist_ok=True)
            whole.write_text(text, "utf-8")
            whole.replace(self.file)

    def _read(self) -> dict[str, int]:
        try:
            with self.file.open("rb") as file:
                content = file.read(MAX_SEEN_BYTES + 1)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise RejectedError("config_seen_lists", error.strerror or "not readable") from error
        try:
            found = parse_json_object(content, max_bytes=MAX_SEEN_BYTES)
        except MalformedError as error:
            raise RejectedError("config_seen_lists", error.code) from error
        numbers = {url: number for url, number in found.items() if type(number) is int}
        if len(numbers) != len(found):
            raise RejectedError("config_seen_lists", "not numbers by address")
        return numbers
