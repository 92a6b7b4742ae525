"""The Python engine gives the answers that stand in the cases, which the browser reads too."""

import json

import pytest

from credentials.encoding import JsonObject, JsonValue
from tests.cases import SUBJECTS
from tests.cases.case import FOLDER, outcome, read

EVERY = [
    pytest.param(name, kind, given, expected, id=f"{name}: {case_id}")
    for name in SUBJECTS
    for case_id, kind, given, expected in read(name)
    if kind in SUBJECTS[name].ANSWERS
]


@pytest.mark.parametrize(("subject", "kind", "given", "expected"), EVERY)
def test_the_engine_answers_as_written(
    subject: str, kind: str, given: JsonObject, expected: JsonValue
) -> None:
    answer = outcome(SUBJECTS[subject].ANSWERS[kind], given)
    assert json.loads(json.dumps(answer)) == expected


@pytest.mark.parametrize("subject", SUBJECTS)
def test_each_case_of_the_module_stands_in_its_file(subject: str) -> None:
    made = {(case.id, case.kind) for case in SUBJECTS[subject].cases()}
    assert made == {(case_id, kind) for case_id, kind, _, _ in read(subject)}


def test_every_file_has_a_module() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == SUBJECTS.keys()
