"""The check against HR Open's schema finds what is wrong, shown on a small schema of our own."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.skills.exporters.hr_open import ADDRESS, RECORD, faults, records

DRAFT = "http://json-schema.org/draft-04/schema#"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A schema in two files, laid out as theirs is."""
    moment = {"$schema": DRAFT, "type": "string", "format": "date-time"}
    kind = {"enum": [f"{ADDRESS}recruiting/json/ler-rs/LER-RSType.json"]}
    link = {"$ref": "../../common/json/Moment.json#"}
    record = {"$schema": DRAFT, "required": ["type"], "properties": {"type": kind, "at": link}}
    for place, schema in {RECORD: record, "common/json/Moment.json": moment}.items():
        path = tmp_path / place
        path.parent.mkdir(parents=True)
        path.write_text("\ufeff" + json.dumps(schema), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({}, []),
        ({"at": "2026-11-23T12:00:00Z"}, []),
        ({"at": "2026-11-23"}, ["at"]),
        ({"at": "soon"}, ["at"]),
        ({"type": "else"}, ["type"]),
    ],
    ids=["ours", "a moment", "a day", "no moment", "another type"],
)
def test_a_fault_is_found_in_both_files(
    folder: Path, change: dict[str, Any], places: list[str]
) -> None:
    for octets in records():
        assert faults(folder, {**json.loads(octets), **change}) == places
