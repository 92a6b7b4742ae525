"""Holds records of LER-RS against the official JSON schema, where somebody has it.

The schema is HR Open's and is not in this project. 1EdTech's public validator holds it, in
``inspector-tcp-vc/src/main/resources/catalog/www.hropenstandards.org``. With that folder::

    python -m tests.skills.exporters.hr_open FOLDER
"""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from schemas.messages import LANGUAGES
from skills.exporters import ler_rs
from skills.extracts import OWN_USE, Extract, extract
from tests.skills.extract_samples import TODAY, made, source, statements

ADDRESS = "http://schema.hropenstandards.org/4.4/"
RECORD = "recruiting/json/LER-RSType.json"


def records() -> Iterator[bytes]:
    """Records of every kind that we write: full, without a name, without proofs, empty."""
    kinds: list[Extract] = [
        made(),
        made(person=None),
        extract(statements(), [], purpose="intake", made_on=TODAY),
        extract(statements(), [source("one", "VCA", until=None)], purpose="hiring", made_on=TODAY),
        extract([], [], purpose=OWN_USE, made_on=TODAY),
    ]
    return (ler_rs.write(kind, language) for kind in kinds for language in LANGUAGES)


def faults(folder: Path, document: Any) -> list[str]:  # noqa: ANN401 - any JSON
    """Where a document is not as the schema in this folder asks; formats are looked at too."""

    def retrieve(address: str) -> Resource[Any]:
        path = folder / address.removeprefix(ADDRESS)
        return DRAFT4.create_resource(json.loads(path.read_text(encoding="utf-8-sig")))

    checker = FormatChecker(formats=())
    checker.checks("date-time", ValueError)(_is_moment)
    schema = {"$ref": ADDRESS + RECORD}
    registry: Registry[Any] = Registry(retrieve=retrieve)  # type: ignore[call-arg]  # of attrs
    held = Draft4Validator(schema, registry=registry, format_checker=checker)
    return sorted("/".join(map(str, one.absolute_path)) for one in held.iter_errors(document))


def _is_moment(value: object) -> bool:
    """A moment with its zone (RFC 3339), as the format ``date-time`` asks."""
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def main() -> None:
    """Print what was found; the exit status is 1 where a record is not as asked."""
    found = [faults(Path(sys.argv[1]), json.loads(octets)) for octets in records()]
    print(f"{len(found)} records, {sum(map(bool, found))} with faults")  # noqa: T201 - a command
    for places in filter(None, found):
        print(*places)  # noqa: T201 - a command
    sys.exit(1 if any(found) else 0)


if __name__ == "__main__":
    main()
