"""The kinds of validity in a verdict: near an end, elsewhere, unconfirmed, too old for a house."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from credentials.encoding import JsonObject
from credentials.findings import Outcome, Part
from credentials.model import Credential, Validity
from credentials.verification import Policy
from schemas import catalog
from schemas.messages import sentence
from skills.framework import metalektro
from tests.conftest import NOW
from tests.verifier.world import World
from verifier import checking
from verifier.certificate_standing import stand
from verifier.match_views import match_view
from verifier.trust import own_identities
from verifier.verdicts import Report, answer, as_json, reason
from verifier.views import view

WELDER: JsonObject = {
    "document_number": "LM-26007",
    "process": "135",
    "product_type": "P",
    "joint": "BW",
    "material_group": "FM1",
    "thickness": "3-12",
    "position": ["PA", "PF"],
    "route": "b",
    "given_name": "Jan",
    "family_name": "Bakker",
}


def made(type_id: str, claims: JsonObject, *, until_days: int | None = None) -> Credential:
    """A credential of the school, without a status, ending in so many days."""
    start = NOW - timedelta(days=400)
    until = None if until_days is None else NOW + timedelta(days=until_days)
    return Credential(
        type=catalog.credential_type(type_id).url,
        issuer="did:web:issuer.skillspass.example",
        claims=claims,
        issued_at=start,
        validity=Validity(start, until),
        status=(),
    )


def checked(world: World, *credentials: Credential) -> Sequence[Report]:
    at = world.clock()
    around = world.app.state.ports.around(at)
    return stand(
        [
            checking.check_loose(world.issue(each), policy=Policy.LISTED, around=around, at=at)
            for each in credentials
        ]
    )


def named(claims: JsonObject) -> JsonObject:
    return {"given_name": "Jan", "family_name": "Bakker", **claims}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_vca_near_its_end_is_valid_and_says_so(world: World, language: str) -> None:
    claims = named({"valid_until": "2026-12-20", "date_of_exam": "2016-12-20"})
    known = {claim.path for claim in catalog.credential_type("vca-basis").issued()}
    kept: JsonObject = {name: value for name, value in claims.items() if name in known}
    (report,) = checked(world, made("vca-basis", kept, until_days=27))
    assert answer(report, Part.VALID) is Outcome.PASSED
    until = {"nl": "20 december 2026", "en": "20 December 2026"}[language]
    assert reason(report, Part.VALID, language) == sentence(
        "skills.validity.fixed_ending", language, until=until
    )
    (part,) = [each for each in view(report, language).parts if each.part is Part.VALID]
    assert part.step == sentence("verifier.step.renew", language)


def test_a_designation_of_another_firm_is_no_yes_here(world: World) -> None:
    claims = named(
        {
            "designated_from": "2026-01-12",
            "review_by": "2029-01-12",
            "organisation": "Installatiebedrijf Vecht",
            "allowed_work": ["meten"],
        }
    )
    (report,) = checked(world, made("nen-3140-aanwijzing-vop", claims))
    shown = view(report, "nl")
    (part,) = [each for each in shown.parts if each.part is Part.VALID]
    assert part.outcome is Outcome.NOT_APPLICABLE
    assert part.word == "niet hier"
    assert part.reason == "Opgeleid, nog niet aangewezen bij dit bedrijf."
    assert report.verdict.part(Part.VALID) is Outcome.UNDETERMINED
    document = as_json(report)
    assert isinstance(document["parts"], dict)
    assert (document["parts"]["valid"], document["verdict"]) == ("not_applicable", "undetermined")
    assert shown.tone == "info"


def test_a_welder_without_confirmations_is_unknown_and_with_them_valid(world: World) -> None:
    skills = [metalektro().statement("las-mag", 3)]
    test: JsonObject = {**WELDER, "date_of_test": "2025-10-20", "skills": [*skills]}
    welder = made("lascertificaat-mag", test)
    (alone,) = checked(world, welder)
    assert answer(alone, Part.VALID) is Outcome.UNDETERMINED
    confirmed = [
        made("lasbevestiging", named({**CONFIRMED, "confirmed_on": day}))
        for day in ("2026-04-10", "2026-09-30")
    ]
    first, *rest = checked(world, welder, *confirmed)
    assert answer(first, Part.VALID) is Outcome.PASSED
    assert [answer(each, Part.VALID) for each in rest] == [Outcome.PASSED] * 2


CONFIRMED: JsonObject = {
    "document_number": "LM-26007",
    "organisation": "Staalbouw De Schelde",
    "process": "135",
}


def test_confirmations_that_came_too_late_end_it(world: World) -> None:
    test: JsonObject = {**WELDER, "date_of_test": "2025-10-20"}
    late = made("lasbevestiging", named({**CONFIRMED, "confirmed_on": "2026-09-30"}))
    first, _ = checked(world, made("lascertificaat-mag", test), late)
    assert answer(first, Part.VALID) is Outcome.FAILED
    assert "continuity_lapsed" in {each.code for each in first.verdict.findings}


def test_a_confirmation_that_does_not_hold_counts_for_nothing(world: World) -> None:
    test: JsonObject = {**WELDER, "date_of_test": "2026-01-20"}
    other = made("lasbevestiging", named({**CONFIRMED, "confirmed_on": "2026-07-10"}))
    foreign = replace(other, issuer="did:web:elsewhere.example")
    first, _ = checked(world, made("lascertificaat-mag", test), foreign)
    assert answer(first, Part.VALID) is Outcome.UNDETERMINED


def test_older_than_the_usual_house_rule_is_unknown_and_not_no(world: World) -> None:
    claims = named({"date_of_test": "2018-01-10"})
    held = replace(made("heftruck", claims), issued_at=NOW - timedelta(days=400))
    (report,) = checked(world, held)
    assert answer(report, Part.VALID) is Outcome.UNDETERMINED
    assert "house_rule_max_age" in {each.code for each in report.verdict.findings}


def test_older_than_the_own_house_rule_is_no(world: World) -> None:
    older = made("heftruck", named({"date_of_test": "2018-01-10"}))
    newer = made("heftruck", named({"date_of_test": "2022-01-10"}))
    reports = stand(checked(world, older, newer), {"heftruck": 60})
    assert answer(reports[0], Part.VALID) is Outcome.FAILED
    assert [each.verdict.findings[-1].outcome for each in reports] == [
        Outcome.FAILED,
        Outcome.PASSED,
    ]
    assert "Eigen regel" in reason(reports[0], Part.VALID, "nl")


def test_judging_twice_changes_nothing(world: World) -> None:
    (once,) = checked(world, made("heftruck", named({"date_of_test": "2018-01-10"})))
    assert stand([once]) == (once,)


def test_a_vacancy_takes_its_own_certificates_and_asks_nothing_else(world: World) -> None:
    test: JsonObject = {**WELDER, "date_of_test": "2026-09-20"}
    reports = checked(world, made("lascertificaat-mag", test))
    match = match_view(reports, "vac-002", "nl")
    assert match is not None
    fits = {each.label: each.fit for each in match.answers}
    assert fits["Lascertificaat NEN-EN-ISO 9606-1 (staal)"] == "met"
    assert fits["VCA Basisveiligheid (B-VCA)"] == "not_shown"
    alone = match_view(reports, "vac-002", "nl", query=catalog.query("skills"))
    assert alone is not None
    assert {each.fit for each in alone.answers[-2:]} == {"not_requested"}
    assert match_view(reports, "vac-999", "nl") is None


DESIGNATION: JsonObject = {
    "designated_from": "2026-01-12",
    "review_by": "2029-01-12",
    "organisation": "Installatiebedrijf Vecht",
    "allowed_work": ["meten"],
}
CHECKED_FIRM = {
    "client_checked": True,
    "client_name": "Installatiebedrijf Vecht",
    "client_kvk": "00000004",
}


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        (CHECKED_FIRM, Outcome.PASSED),
        ({**CHECKED_FIRM, "client_kvk": "00000005"}, Outcome.NOT_APPLICABLE),
        ({**CHECKED_FIRM, "client_checked": False}, Outcome.NOT_APPLICABLE),
    ],
    ids=["its own", "another firm", "nobody looked it up"],
)
def test_a_firm_that_was_looked_up_reads_its_own_designation_as_valid(
    tmp_path: Path, more: dict[str, object], outcome: Outcome
) -> None:
    world = World(tmp_path, more)
    around = world.app.state.ports.around(world.clock())
    known = around.listing.trust_list
    assert known is not None
    issuers = tuple(replace(each, kvk="00000004") for each in known.issuers)
    listing = replace(around.listing, trust_list=replace(known, issuers=issuers))
    settings = world.app.state.ports.settings
    around = replace(around, listing=listing, identities=own_identities(settings, listing))
    held = world.issue(made("nen-3140-aanwijzing-vop", named(DESIGNATION)))
    report = checking.check_loose(held, policy=Policy.LISTED, around=around, at=world.clock())
    assert answer(report, Part.VALID) is outcome
    vacancy = match_view([report], "vac-004", "nl")
    assert vacancy is not None
    whys = {why for each in vacancy.answers for why in each.why}
    elsewhere = sentence("skills.why.employer_bound_elsewhere", "nl")
    assert (elsewhere in whys) is (outcome is not Outcome.PASSED)


def test_a_clock_that_is_off_gets_no_dated_failure_back_from_what_came_together(
    world: World,
) -> None:
    lapsed = made("vca-basis", named({"valid_until": "2026-11-23", "date_of_exam": "2016-11-23"}))
    ended = replace(lapsed, validity=Validity(NOW - timedelta(days=400), NOW - timedelta(hours=1)))
    at = world.clock()
    exact = world.app.state.ports.around(at)
    off = replace(exact, offset=timedelta(hours=2))
    for around, expected in ((exact, Outcome.FAILED), (off, Outcome.UNDETERMINED)):
        report = checking.check_loose(
            world.issue(ended), policy=Policy.LISTED, around=around, at=at
        )
        assert report.verdict.part(Part.VALID) is expected
        (again,) = checking.together([report], around=around)
        assert again.verdict.part(Part.VALID) is expected
