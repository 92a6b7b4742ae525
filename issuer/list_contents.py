"""What is kept of a class list that somebody is working on, as bytes to be sealed.

Cells that may hold a citizen service number are not kept; a mark stands in their place.
"""

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from issuer import class_list_headings as headings
from issuer.class_list import Answers
from issuer.class_list_file import Record, Sheet
from issuer.class_list_headings import CLAIM
from issuer.class_list_mapping import ColumnMapping
from issuer.class_list_text import without_number
from schemas.credential_types import CredentialType


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said about a list.

    Attributes:
        name: of the file.
        template_id: empty where the course of each row chooses.
        mapping: None until a person or the titles decided.
    """

    name: str
    template_id: str = ""
    mapping: ColumnMapping | None = None
    answers: Answers = field(default_factory=Answers)


def scrubbed(sheet: Sheet, numbers: Iterable[int]) -> Sheet:
    """The list without what may be a citizen service number.

    Args:
        sheet: as it was read.
        numbers: positions of declared numbers, which a person may confirm to be none.
    """
    kept = frozenset(numbers)
    return replace(
        sheet,
        records=tuple(
            Record(
                record.line,
                tuple(
                    cell if at in kept else without_number(cell)
                    for at, cell in enumerate(record.cells)
                ),
            )
            for record in sheet.records
        ),
    )


def number_positions(targets: Iterable[str | None], types: Iterable[CredentialType]) -> list[int]:
    """Where declared numbers stand."""
    declared = {headings.NUMBER} | {
        CLAIM + claim.path for kind in types for claim in kind.claims if claim.number_claim
    }
    return [position for position, target in enumerate(targets) if target in declared]


def pack_sheet(sheet: Sheet) -> bytes:
    """A list as bytes."""
    return _packed(
        {
            "delimiter": sheet.delimiter,
            "header_line": sheet.header_line,
            "titles": sheet.titles,
            "records": [[record.line, record.cells] for record in sheet.records],
            "name": sheet.name,
            "names": sheet.names,
        }
    )


def unpack_sheet(data: bytes) -> Sheet:
    """The list of ``pack_sheet``; the bytes are our own, for they were sealed."""
    plain = _unpacked(data)
    return Sheet(
        plain["delimiter"],
        plain["header_line"],
        tuple(plain["titles"]),
        tuple(Record(line, tuple(cells)) for line, cells in plain["records"]),
        plain["name"],
        tuple(plain["names"]),
    )


def pack_said(said: Said) -> bytes:
    """What a person said as bytes."""
    mapping, answers = said.mapping, said.answers
    return _packed(
        {
            "name": said.name,
            "template_id": said.template_id,
            "mapping": None
            if mapping is None
            else {"targets": mapping.targets, "constants": dict(mapping.constants)},
            "mended": [[line, [*cells.items()]] for line, cells in answers.mended.items()],
            "confirmed": sorted(answers.confirmed),
            "left_out": sorted(answers.left_out),
        }
    )


def unpack_said(data: bytes) -> Said:
    """What ``pack_said`` packed."""
    plain = _unpacked(data)
    mapping = plain["mapping"]
    return Said(
        plain["name"],
        plain["template_id"],
        mapping
        and ColumnMapping(tuple(mapping["targets"]), MappingProxyType(mapping["constants"])),
        Answers(
            MappingProxyType({line: dict(cells) for line, cells in plain["mended"]}),
            frozenset((line, code, position) for line, code, position in plain["confirmed"]),
            frozenset(plain["left_out"]),
        ),
    )


def _packed(plain: Mapping[str, object]) -> bytes:
    return zlib.compress(json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace"), 1)


def _unpacked(data: bytes) -> dict[str, Any]:  # Any: JSON that this module wrote itself
    found: dict[str, Any] = json.loads(zlib.decompress(data))
    return found
