"""The 35 cases of the official vc-jose-cose suite, through the file interface that it calls."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from credentials.encoding import JsonObject
from credentials.errors import CredentialError
from credentials.findings import Outcome
from credentials.formats import FORMATS
from credentials.verification import Expectations, Policy, Sources, check
from tests.conftest import NOW
from verifier.jose_cose import FEATURES, app, issue_result, verify_result

Case = dict[str, Any]  # JSON of the suite


def cases(vectors: Path) -> dict[str, Case]:
    mapping: dict[str, dict[str, Case]] = json.loads(
        (vectors / "jose-cose" / "test-mapping.json").read_bytes()
    )
    return {name: case for part in mapping.values() for name, case in part.items()}


def outcome(vectors: Path, case: Case) -> dict[str, str]:
    source, key = (vectors / "jose-cose" / case[name] for name in ("input_file", "key_file"))
    if case["fn"] == "verify":
        return verify_result(source, key, case["feature"])
    return issue_result(source, key, case["feature"], json.dumps(case.get("disclosure_paths", [])))


@pytest.mark.parametrize("number", range(1, 36))
def test_each_case_has_the_outcome_of_the_suite(vectors: Path, number: int) -> None:
    (case,) = (case for case in cases(vectors).values() if case["number"] == number)
    found = outcome(vectors, case)
    assert found["result"] == case["expected_result"], found["data"]


REFUSALS = {
    5: "term_undefined",
    9: "method_not_of_issuer",
    10: "token_malformed",
    11: "token_malformed",
    12: "signature_invalid",
    13: "typ_not_allowed",
    14: "typ_not_allowed",
    15: "claim_not_allowed",
    16: "envelope_invalid",
    23: "signature_invalid",
    24: "typ_not_allowed",
    25: "typ_not_allowed",
    26: "typ_not_allowed",
    30: "cose_malformed",
    32: "signature_invalid",
    33: "typ_not_allowed",
    34: "typ_not_allowed",
    35: "envelope_invalid",
}


def test_each_refusal_has_its_own_reason(vectors: Path) -> None:
    failing = {
        case["number"]: outcome(vectors, case)["data"]
        for case in cases(vectors).values()
        if case["expected_result"] == "failure"
    }
    assert failing == REFUSALS


def test_what_is_issued_is_verified_with_the_same_key(vectors: Path, tmp_path: Path) -> None:
    issued = [case for case in cases(vectors).values() if case["fn"] == "issue"]
    assert {case["feature"] for case in issued} == FEATURES
    for case in issued:
        found = outcome(vectors, case)
        if found["result"] != "success":
            continue
        token = tmp_path / "token.txt"
        token.write_text(found["data"], "ascii")
        key = vectors / "jose-cose" / case["key_file"]
        verified = verify_result(token, key, case["feature"])
        assert verified["result"] == "success", verified
        original = json.loads((vectors / "jose-cose" / case["input_file"]).read_bytes())
        assert json.loads(verified["data"]) == original
        hidden = len(case.get("disclosure_paths", []))
        assert found["data"].count("~") == (hidden + 1 if "sdjwt" in case["feature"] else 0)


def test_the_commands_write_a_result_and_exit_with_0(vectors: Path, tmp_path: Path) -> None:
    folder, output = vectors / "jose-cose", tmp_path / "out.json"
    token = tmp_path / "token.txt"
    for verb, source, code in (
        ("issue", folder / "credential-minimal.json", "success"),
        ("verify", token, "success"),
        ("verify", folder / "credential-jose-bad-signature.txt", "failure"),
        ("verify", tmp_path / "absent", "error"),
    ):
        arguments = [verb, "--input", source, "--key", folder / "vm-p256.json"]
        arguments += ["--feature", "credential_jose", "--output", output]
        run = CliRunner().invoke(app, [*map(str, arguments)])
        assert run.exit_code == 0, run.output
        result = json.loads(output.read_text("utf-8"))
        assert result["result"] == code
        if verb == "issue":
            token.write_text(result["data"], "ascii")


@pytest.mark.parametrize("paths", ['["holder.x"]', '["a..b"]', '["[0]"]', '{"a": 1}', "[7]", "["])
def test_paths_that_hide_nothing_are_refused(vectors: Path, paths: str) -> None:
    folder = vectors / "jose-cose"
    found = issue_result(
        folder / "credential-selective.json", folder / "vm-p256.json", "credential_sdjwt", paths
    )
    assert found["result"] == "failure"


def test_an_unknown_feature_is_left_undecided(vectors: Path) -> None:
    source, key = vectors / "jose-cose" / "credential-minimal.json", vectors / "jose-cose"
    assert issue_result(source, key, "credential_xml")["result"] == "indeterminate"
    assert verify_result(source, key, "credential_xml")["result"] == "indeterminate"


def bent(vectors: Path, tmp_path: Path, **members: object) -> tuple[Path, Path]:
    method: JsonObject = json.loads((vectors / "jose-cose" / "vm-p521.json").read_bytes())
    for name in ("publicKeyJwk", "secretKeyJwk"):
        jwk = method[name]
        assert isinstance(jwk, dict)
        jwk |= members  # type: ignore[arg-type]  # whatever JSON a test asks for
    key = tmp_path / "key.json"
    key.write_text(json.dumps(method), "utf-8")
    return vectors / "jose-cose" / "credential-sdjwt-nested.txt", key


@pytest.mark.parametrize(
    "members", [{"x": "AAAA"}, {"y": "A" * 88}, {"kty": "OKP"}, {"crv": "P-256"}, {"x": 7}]
)
def test_h011_a_p521_key_off_the_curve_is_refused(
    vectors: Path, tmp_path: Path, members: dict[str, object]
) -> None:
    source, key = bent(vectors, tmp_path)
    assert verify_result(source, key, "credential_sdjwt")["result"] == "success"
    source, key = bent(vectors, tmp_path, **members)
    assert verify_result(source, key, "credential_sdjwt")["data"] == "key_invalid"


def test_a_p521_key_in_two_halves_that_do_not_fit_is_refused(vectors: Path, tmp_path: Path) -> None:
    _, key = bent(vectors, tmp_path, d="A" * 87 + "E")
    source = vectors / "jose-cose" / "credential-minimal.json"
    assert issue_result(source, key, "credential_jose")["data"] == "key_invalid"


def test_the_product_refuses_what_this_door_accepts(vectors: Path) -> None:
    """No tie between key and issuer here, ES512, texts for ``iat``: the verdict knows none."""

    def nothing(url: str) -> bytes:
        raise AssertionError(url)

    sources = Sources(get=nothing, trust_list=None, schemas=lambda _url: None)
    accepted = [
        case
        for case in cases(vectors).values()
        if case["fn"] == "verify" and case["expected_result"] == "success"
    ]
    assert len(accepted) > 5
    for case in accepted:
        wire = (vectors / "jose-cose" / case["input_file"]).read_text("ascii").strip()
        for policy in Policy:
            verdict = check(wire, expected=Expectations(policy=policy), sources=sources, at=NOW)
            assert verdict.verified is None
            assert any(found.outcome is not Outcome.PASSED for found in verdict.findings)


def test_a_call_loads_no_json_ld_no_web_and_no_database(vectors: Path, tmp_path: Path) -> None:
    folder = vectors / "jose-cose"
    arguments = ["jose-cose", "verify", "--feature", "credential_jose"]
    arguments += ["--input", str(folder / "credential-jose-minimal.txt")]
    arguments += ["--key", str(folder / "vm-p256.json"), "--output", str(tmp_path / "out.json")]
    program = (
        "import sys, skillspass\n"
        f"sys.argv = ['skillspass', *{arguments!r}]\n"
        "try:\n    skillspass.main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "heavy = ['pyld', 'fastapi', 'starlette', 'sqlmodel', 'sqlalchemy', 'httpx2', 'uvicorn']\n"
        "sys.exit(str([name for name in heavy if name in sys.modules] or ''))\n"
    )
    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert run.stderr.strip() == ""
    assert json.loads((tmp_path / "out.json").read_text("utf-8"))["result"] == "success"


def test_the_formats_of_the_product_refuse_the_suites_dates(vectors: Path) -> None:
    text = (vectors / "jose-cose" / "credential-jose-minimal.txt").read_text("ascii").strip()
    with pytest.raises(CredentialError) as refused:
        FORMATS["vc+jwt"].parse(text)
    assert refused.value.code == "date_invalid"
