"""Verdicts in words: every code has a sentence, the worst finding speaks, unknown is not green."""

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import credentials
from credentials import errors
from credentials.findings import Check, Finding, Outcome, Part, Verdict
from credentials.verification import Policy
from schemas.messages import LANGUAGES, known, messages, sentence
from tests.conftest import NOW
from tests.verifier.world import World
from verifier.addresses import MAX_SHOWN, shown_address
from verifier.headlines import headline
from verifier.policies import POLICIES
from verifier.verdicts import (
    Report,
    answer,
    as_json,
    finding_from_json,
    finding_json,
    reason,
    reason_key,
)
from verifier.views import view

ELSEWHERE = frozenset(
    {
        "config_nonce_required",  # a verifier set up wrongly: refused before anything is checked
        "encryption_key_unknown",  # of the envelope, not of a proof
        "jwe_zip_not_allowed",  # likewise
        "trust_keys_invalid",  # of the publisher's input
        "accreditation_invalid",  # likewise, and of what is given beside a proof
        "trust_history_changed",  # of the publisher's draft
        "status_not_offered",  # told as no_status: it never decides the answer
    }
)
"""Codes of the kernel that ``check`` cannot give about a proof."""

OF_THE_FETCHER = frozenset(
    {"fetch_failed", "fetch_limit", "address_forbidden", "redirect_forbidden"}
)
OF_A_CHOICE = frozenset({"ok", "not_reached", "declined", "status_stale", "status_unreachable"})
OF_A_WALLET = frozenset({"wallet_error", "confirmation_mismatch"})
OF_TRUST = frozenset({"domain_linked", "status_last_known", "clock_skew"})
OF_CONTEXTS = frozenset({"context_unknown", "context_digest_mismatch"})

CHECKS = {
    Part.AUTHENTIC: Check.PROOF,
    Part.ISSUER: Check.TRUST,
    Part.VALID: Check.STATUS,
    Part.HOLDER: Check.BINDING,
}


def finding(part: Part, outcome: Outcome, code: str, **facts: str) -> Finding:
    return Finding(part, CHECKS[part], outcome, code, facts)


def report(*changed: Finding) -> Report:
    """Four times yes, but for what is changed."""
    replaced = {one.part for one in changed}
    good = [finding(part, Outcome.PASSED, "ok") for part in Part if part not in replaced]
    findings = (*good, *changed)
    return Report(Verdict(findings, None), POLICIES[Policy.LISTED], NOW, None, "skills")


def codes_of_the_kernel() -> Iterator[str]:
    """The codes that stand in the kernel's sources as the first text of an error or finding."""
    raised = {name for name, _ in inspect.getmembers(errors, inspect.isclass)}
    for path in sorted(behind_check()):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in raised or name.endswith("Error") or name == "finding":
                    yield from _first_code(node)


def behind_check() -> set[Path]:
    """The kernel's modules that ``credentials.verification`` imports, directly or not.

    Reading a query belongs to the asker, so of ``openid4vc`` only the re-check of an answer counts.
    """
    root = Path(credentials.__file__).parent.parent
    found: set[Path] = set()
    waiting = [root / "credentials" / "verification.py"]
    while waiting:
        path = waiting.pop()
        if path in found or not path.is_file() or path.name == "dcql_query.py":
            continue
        found.add(path)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("credentials"):
                module = root.joinpath(*str(node.module).split("."))
                waiting += [module.with_suffix(".py"), module / "__init__.py"]
                waiting += [module / f"{each.name}.py" for each in node.names]
    return found


def _first_code(call: ast.Call) -> Iterator[str]:
    texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
    codes = [text for text in texts if isinstance(text, str)]
    if codes and re.fullmatch(r"[a-z][a-z0-9_]+", codes[0]):
        yield codes[0]


def test_the_scan_finds_codes_that_are_there() -> None:
    found = set(codes_of_the_kernel())
    assert {"signature_invalid", "revoked", "term_undefined", "issuer_not_listed"} <= found
    assert {"sd_hash_mismatch", "did_malformed", "json_duplicate_key", "query_unsatisfied"} <= found


def test_every_code_of_a_finding_has_a_sentence_in_both_languages() -> None:
    expected = set(codes_of_the_kernel()) - ELSEWHERE | OF_THE_FETCHER
    silent = {code for code in expected if not any(known(f"verdict.{p}.{code}") for p in Part)}
    assert silent == set()
    for key, texts in messages().items():
        if key.startswith("verdict."):
            assert set(texts) == set(LANGUAGES)


def test_no_sentence_waits_for_a_code_that_nobody_gives() -> None:
    given = set(codes_of_the_kernel()) | OF_THE_FETCHER | OF_A_CHOICE | OF_CONTEXTS | OF_TRUST
    given |= OF_A_WALLET | {outcome.value for outcome in Outcome}
    variants = re.compile(r"(ok|no_status)(_until)?|expired_on|not_yet_valid_on")
    for key in messages():
        _, _, rest = key.partition("verdict.")
        part, _, code = rest.partition(".")
        if key.startswith("verdict.") and part in set(Part) and not variants.fullmatch(code):
            assert code in given, key


@pytest.mark.parametrize("part", list(Part))
@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_code_of_tomorrow_still_gets_a_true_sentence(part: Part, outcome: Outcome) -> None:
    found = report(finding(part, outcome, "a_code_of_tomorrow"))
    assert known(reason_key(found, part))
    assert all(reason(found, part, language) for language in LANGUAGES)


def test_the_worst_finding_speaks_and_a_reason_goes_before_not_reached() -> None:
    found = report(
        finding(Part.VALID, Outcome.UNDETERMINED, "not_reached"),
        finding(Part.VALID, Outcome.UNDETERMINED, "status_stale"),
    )
    assert reason_key(found, Part.VALID) == "verdict.valid.status_stale"
    worse = finding(Part.VALID, Outcome.FAILED, "revoked")
    found = replace(found, verdict=Verdict((*found.verdict.findings, worse), None))
    assert reason_key(found, Part.VALID) == "verdict.valid.revoked"


def test_four_times_yes_is_green() -> None:
    assert headline(report())[0] == "positive"


@pytest.mark.parametrize("part", list(Part))
@pytest.mark.parametrize("outcome", [Outcome.UNDETERMINED, Outcome.NOT_APPLICABLE, Outcome.FAILED])
def test_anything_less_in_one_part_is_not_green(part: Part, outcome: Outcome) -> None:
    assert headline(report(finding(part, outcome, "a_code")))[0] != "positive"


@pytest.mark.parametrize(
    ("part", "code", "title"),
    [
        (Part.VALID, "revoked", "Dit bewijs is ingetrokken"),
        (Part.VALID, "expired", "Dit bewijs is verlopen"),
        (Part.VALID, "suspended", "Dit bewijs is tijdelijk niet geldig"),
        (Part.AUTHENTIC, "signature_invalid", "Dit bewijs is veranderd of nagemaakt"),
        (Part.AUTHENTIC, "too_deep", "Dit bewijs klopt niet"),
        (Part.HOLDER, "holder_key_mismatch", "Niet zeker van deze persoon"),
        (Part.ISSUER, "issuer_not_accredited_for_type", "De gever mag dit niet geven"),
    ],
)
def test_the_headline_says_what_is_wrong(part: Part, code: str, title: str) -> None:
    shown = view(report(finding(part, Outcome.FAILED, code)), "nl")
    assert (shown.tone, shown.title) == ("negative", title)


def test_one_unknown_part_is_counted_and_more_are_not_called_one() -> None:
    one = view(report(finding(Part.VALID, Outcome.UNDETERMINED, "status_stale")), "nl")
    assert one.title == "Eén ding weten we nog niet"
    both = report(
        finding(Part.VALID, Outcome.UNDETERMINED, "status_stale"),
        finding(Part.HOLDER, Outcome.UNDETERMINED, "holder_request_unknown"),
    )
    assert view(both, "nl").title == "Dit weten we nog niet zeker"


def test_a_giver_nobody_vouches_for_is_amber_and_shown_by_address() -> None:
    identity = Finding(
        Part.ISSUER, Check.IDENTITY, Outcome.PASSED, "ok", {"issuer": "did:web:school.example"}
    )
    found = report(identity, finding(Part.ISSUER, Outcome.FAILED, "issuer_not_listed"))
    assert answer(found, Part.ISSUER) is Outcome.UNDETERMINED
    shown = view(found, "en")
    assert (shown.tone, shown.issuer_address) == ("warning", "school.example")
    assert as_json(found)["parts"] == {  # the JSON keeps what the kernel found
        "authentic": "passed",
        "issuer": "failed",
        "valid": "passed",
        "holder": "passed",
    }


def test_where_the_list_was_not_asked_the_giver_is_not_answered_with_yes() -> None:
    found = report(
        finding(Part.ISSUER, Outcome.NOT_APPLICABLE, "trust_not_asked"),
        Finding(Part.ISSUER, Check.KEY, Outcome.PASSED, "ok"),
    )
    assert found.verdict.part(Part.ISSUER) is Outcome.PASSED
    assert answer(found, Part.ISSUER) is Outcome.NOT_APPLICABLE
    assert headline(found)[0] == "info"


def test_findings_survive_the_database() -> None:
    one = finding(Part.VALID, Outcome.FAILED, "revoked", uri="https://issuer.example/1")
    assert finding_from_json(finding_json(one)) == one
    bare = finding(Part.HOLDER, Outcome.PASSED, "ok")
    assert finding_from_json(finding_json(bare)) == bare


def test_the_page_names_the_listed_giver_and_the_skills_with_level_and_grade(world: World) -> None:
    asked = world.ask()
    request = world.request(asked["request_uri"])
    world.post(request, world.show(world.issue(world.credential()), request))
    (kept,) = world.app.state.ports.reports.get(asked["id"], at=NOW)
    shown = view(kept, "nl")
    assert (shown.tone, shown.heading) == ("positive", "Vakcertificaat CNC-frezen")
    assert shown.issuer == "Vakschool De Lasboog"
    assert [(skill.label, skill.level) for skill in shown.skills] == [
        ("CNC-frezen", 2),
        ("Werkstuk opspannen en nulpunt zetten", 3),
    ]
    assert shown.grade == "assessed"
    assert [(claim.label, claim.text) for claim in shown.claims] == [
        ("examendatum", "15 juni 2026")
    ]
    assert "Vakschool De Lasboog" in shown.parts[1].reason


@pytest.mark.parametrize(
    ("issuer", "shown"),
    [
        ("did:web:school.example", "school.example"),
        ("did:web:School.Example%3A8443:path", "school.example"),
        ("https://school.example/issuer", "school.example"),
        ("did:web:f\u03bdv.example", "xn--fv-dbc.example"),
        ("did:web:xn--fv-dbc.example", "xn--fv-dbc.example"),
        ("did:web:zero\u200bwidth.example", "xn--zerowidth-j69d.example"),
        ("did:key:z6Mk", None),
        ("https://[broken", None),
    ],
)
def test_addresses_are_shown_as_the_network_writes_them(issuer: str, shown: str | None) -> None:
    assert shown_address(issuer) == shown


def test_an_endless_address_is_cut_and_keeps_its_end() -> None:
    shown = shown_address(f"did:web:{'a' * 500}.evil.example")
    assert shown is not None
    assert len(shown) == MAX_SHOWN + 3
    assert shown.endswith(".evil.example")


def test_sentences_are_short() -> None:
    for key, texts in messages().items():
        if key.startswith(("verdict.", "verifier.")):
            for text in texts.values():
                for one in re.split(r"[.?:] ", text):
                    assert len(one.split()) <= 15, key


def test_the_dates_of_a_proof_are_named(world: World) -> None:
    del world
    found = report(
        Finding(
            Part.VALID,
            Check.DATES,
            Outcome.PASSED,
            "ok",
            {"valid_until": "2027-01-31T00:00:00+00:00"},
        ),
        finding(Part.VALID, Outcome.PASSED, "ok"),
    )
    assert reason(found, Part.VALID, "nl") == sentence(
        "verdict.valid.ok_until", "nl", until="31 januari 2027"
    )
