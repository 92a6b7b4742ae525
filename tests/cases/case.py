"""What a case is, how it is answered, and how the files are written and read.

Each subject is a module with ``cases()``, which makes inputs, and ``ANSWERS``, which says for each
kind of case what the Python engine makes of an input. ``python -m tests.cases`` writes the files;
the tests hold both engines against what was written.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError

FOLDER = Path(__file__).parent

Answer = Callable[[JsonObject], JsonValue]
"""What the engine makes of the input of one kind of case."""


@dataclass(frozen=True, slots=True)
class Case:
    """One input; ``expect`` is written only where Python does not know the subject yet."""

    id: str
    kind: str
    input: JsonObject
    expect: JsonValue = None


def outcome(answer: Answer, given: JsonObject) -> JsonValue:
    """The answer, or the code of the refusal as ``{"error": code}``."""
    try:
        return answer(given)
    except CredentialError as error:
        return {"error": error.code}


def write(subject: str, cases: list[Case], answers: Mapping[str, Answer]) -> None:
    """Write the file of one subject."""
    written = [
        {
            "id": case.id,
            "kind": case.kind,
            "input": case.input,
            "expect": outcome(answers[case.kind], case.input)
            if case.kind in answers
            else case.expect,
        }
        for case in cases
    ]
    text = json.dumps({"subject": subject, "cases": written}, indent=1, ensure_ascii=True)
    (FOLDER / f"{subject}.json").write_text(text + "\n", encoding="utf-8")


def read(subject: str) -> list[tuple[str, str, JsonObject, JsonValue]]:
    """Id, kind, input and expectation of every case of a subject."""
    document = json.loads((FOLDER / f"{subject}.json").read_text(encoding="utf-8"))
    return [(case["id"], case["kind"], case["input"], case["expect"]) for case in document["cases"]]
