"""Every hostile input of the kernel has a test that carries its number."""

import os
import re
from pathlib import Path

import pytest
import yaml

from tests.hostile.test_guards import CASES

FOLDER = Path(__file__).parent
SAME = {"challenge_mismatch": "nonce_invalid", "replay_detected": "nonce_invalid"}
"""A challenge is the nonce of an embedded proof, and a spent nonce is none that is expected: the
kernel has one code for them in every format, and keeps no state of its own."""

NO_REFUSAL = frozenset(["shown_as_text", "correct_bit"])
"""Outcomes of inputs that are harmless where they are read rightly: there is no code to expect."""

WALLET = frozenset(f"H{number:03}" for number in (81, 84, 88, 89, 90, 95, 96, 97, 98))
"""The inputs of the wallet; some are tests beside the part they attack."""

IDS = re.compile(r"(?<![A-Za-z0-9])[Hh](\d{3})(?!\d)")
NAMES = re.compile(r"^def (test_\w+)\(|\bids=(.*)", re.MULTILINE)


@pytest.fixture(scope="module")
def corpus() -> dict[str, str | None]:
    """Every id of the kernel with the code that refuses its input; None where nothing does."""
    checkout = FOLDER.parent.parent
    shared = Path(os.environ.get("SKILLSPASS_SHARED") or checkout.parent / "shared")
    path = shared / "design" / "hostile.yaml"
    if not path.is_file():
        reason = f"no corpus at {path}: set SKILLSPASS_SHARED to the folder that holds it"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    cases = yaml.safe_load(path.read_text("utf-8"))["cases"]
    return {
        case["id"]: None if expected["outcome"] in NO_REFUSAL else expected["code"]
        for case in cases
        if case["owner"] == "kernel" and (expected := case["expected"])
    }


def carried(source: str) -> set[str]:
    """The ids in the names and parameter ids of the tests of one file; prose does not count."""
    names = " ".join(name or ids for name, ids in NAMES.findall(source))
    return {f"H{number}" for number in IDS.findall(names.replace("_", " "))}


def sources() -> list[str]:
    """The text of every file of hostile tests but this one."""
    paths = [path for path in sorted(FOLDER.glob("test_*.py")) if path.name != Path(__file__).name]
    return [path.read_text("utf-8") for path in paths]


def test_the_corpus_is_read(corpus: dict[str, str | None]) -> None:
    assert {f"H{number:03}" for number in (*range(1, 61), *range(67, 76))} == corpus.keys()


def test_every_hostile_input_of_the_kernel_has_a_test(corpus: dict[str, str | None]) -> None:
    found = set().union(*map(carried, sources()))
    assert sorted(corpus.keys() - found) == []


def test_every_hostile_input_of_the_wallet_has_a_test() -> None:
    beside = FOLDER.parent / "wallet"
    paths = [*FOLDER.glob("test_*.py"), *beside.glob("test_*.py")]
    found = set().union(*(carried(path.read_text("utf-8")) for path in paths))
    assert sorted(WALLET - found) == []


def test_every_code_of_the_corpus_is_expected_by_a_test(corpus: dict[str, str | None]) -> None:
    together = "\n".join(sources())
    codes = {SAME.get(code, code) for code in corpus.values() if code is not None}
    assert len(codes) > 40
    assert sorted(code for code in codes if f'"{code}"' not in together) == []


def test_each_guard_that_is_switched_off_gave_the_code_of_the_corpus(
    corpus: dict[str, str | None],
) -> None:
    given: dict[str, set[str]] = {}
    for name, case in CASES.items():
        given.setdefault(name.partition(" ")[0], set()).add(case.code)
    wanted = {id_: SAME.get(code, code) for id_, code in corpus.items() if code is not None}
    assert [id_ for id_, code in wanted.items() if code not in given[id_]] == []


def test_a_number_without_a_test_would_be_seen() -> None:
    prose = (
        '"""H001 to H039 are tests."""\n# see H004\nx = "H005"\ndef helper_h006() -> None: ...\n'
    )
    assert carried(prose) == set()
    assert carried("def test_h001_alg_none() -> None: ...") == {"H001"}
    assert carried('    ids=["H012", "H013"],\n') == {"H012", "H013"}
    assert carried("def test_h012_h013_bombs() -> None: ...") == {"H012", "H013"}
    assert carried("def test_sha0256_and_h0012() -> None: ...") == set()
