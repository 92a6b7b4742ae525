"""The page about hostile inputs says what we do; the other libraries are asked by hand."""

import re

from benchmarks.hostile import PAGE, PEERS
from benchmarks.hostile_inputs import cases
from benchmarks.hostile_judges import judged
from tests.hostile.test_coverage import carried, sources

ROW = re.compile(r"^\| (H\d{3}) \| (.*?) \| (.*?) \|(.*)\|$", re.MULTILINE)


def test_every_input_is_refused_by_its_code_and_its_twin_is_accepted() -> None:
    written = ROW.findall(PAGE.read_text("utf-8"))
    made = list(cases())
    assert [row[:2] for row in written] == [(case.id, case.title) for case in made]
    for case, row in zip(made, written, strict=True):
        assert judged("ours", case.twin) == {"accepted": True, "word": ""}, case.title
        assert judged("ours", case.given) == {"accepted": False, "word": case.code}, case.title
        assert row[2] == f"refused: `{case.code}`"


def test_the_page_hides_no_library_and_asks_only_who_has_a_door() -> None:
    for case in cases():
        (answers,) = {
            row[3] for row in ROW.findall(PAGE.read_text("utf-8")) if row[1] == case.title
        }
        cells = [cell.strip() for cell in answers.split("|")]
        asked = [name for name, cell in zip(PEERS, cells, strict=True) if cell != "not asked"]
        assert asked == [name for name in PEERS if name in case.peers]


def test_every_row_is_a_hostile_test_as_well() -> None:
    found = set().union(*map(carried, sources()))
    assert {case.id for case in cases()} <= found
