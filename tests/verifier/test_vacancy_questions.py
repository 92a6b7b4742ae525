"""What a vacancy asks: skills and certificates without a name, answered by our own holder."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from credentials.errors import RejectedError
from credentials.openid4vc.dcql import parse_query
from schemas import catalog
from skills.profiles import profiles
from skills.vacancies import vacancies
from tests.wallet.world import API_KEY, VERIFIER, World
from verifier.vacancy_questions import VACANCY, requested_by, requirements_of, vacancy_question
from wallet.choosing import choices_for
from wallet.holder import presenting

Json = dict[str, Any]

STEEL = {"date_of_exam": "2026-01-12", "valid_until": "2036-01-12"}
MILLER = {"date_of_result": "2026-06-15", "grade": 7.5}


@pytest.fixture
def town(tmp_path: Path) -> World:
    """Issuer, holder and verifier that reach each other."""
    return World(tmp_path)


def asked(town: World, vacancy: str) -> Json:
    made = town.clients[VERIFIER].post(
        "/api/requests",
        json={"vacancy": vacancy},
        headers={"Authorization": f"Bearer {API_KEY}"},
    )
    assert made.status_code == 201, made.text
    found: Json = made.json()
    return found


def held_by(town: World, *types: str) -> Any:  # noqa: ANN401 - a vault
    vault = town.vault()
    for type_id in types:
        claims: Json = {"given_name": "Ahmet", "family_name": "Demir"}
        if type_id == "vca-basis":
            claims |= STEEL
        if type_id == "cnc-frezen-vakcertificaat":
            claims |= MILLER
        town.keep(vault, offered(town, type_id, claims))
    return vault


def offered(town: World, type_id: str, claims: Json) -> Any:  # noqa: ANN401 - an offer
    kind = catalog.credential_type(type_id)
    if kind.claim("skills") is not None:
        claims = {**claims, "skills": [{"skill": each, "level": 3} for each in kind.skills]}
    answer = town.clients["https://issuer.skillspass.example"].post(
        "/api/offers",
        json={"type": type_id, "format": "dc+sd-jwt", "claims": claims},
        headers=town.issuer_key(),
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.mark.parametrize("name", sorted([*vacancies(), *profiles()]))
def test_every_vacancy_and_job_may_be_asked_without_account(name: str) -> None:
    question = vacancy_question(name)
    question.check()
    query = parse_query(question.query)
    assert question.name == VACANCY
    paths = {step for each in query.credentials for one in each.claims for step in one.path}
    assert not paths & {"given_name", "family_name", "birth_date", "document_number"}
    wanted = requirements_of(name)
    assert wanted is not None
    about = requested_by(question.query, wanted)
    assert {each.skill for each in wanted.skills} <= about


@pytest.mark.parametrize(
    "held",
    [("vca-basis", "cnc-frezen-vakcertificaat"), ("vca-basis",)],
    ids=["both", "a certificate"],
)
def test_our_holder_answers_each_vacancy_with_what_there_is(
    town: World, held: tuple[str, ...]
) -> None:
    vault = held_by(town, *held)
    for name, vacancy in vacancies().items():
        request = asked(town, name)
        found = presenting.read_request(request["link"], held=vault.held(), outside=town.outside)
        vca = "vca-basis" in {each.certificate for each in vacancy.requirements.certificates}
        assert len(found.groups) == (2 if vca and len(held) > 1 else 1)
        proofs = [group[-1].held.id for group in found.groups]
        choices = choices_for(found, proofs=proofs, show=(), everything=True)
        lines = {line.path[0] for each in choices for line in each.option.lines}
        assert not lines & {"given_name", "family_name"}
        presenting.answer(found, choices, vault, outside=town.outside)
        told = town.state(request)["vacancy"]["requirements"]
        fits = {each["label"]: each["fit"] for each in told}
        assert fits.get("VCA Basisveiligheid (B-VCA)") == ("met" if vca else None)
        skills = told[: len(vacancy.requirements.skills)]
        assert "not_requested" not in {each["fit"] for each in skills}


def test_every_part_of_what_is_asked_is_an_answer_and_the_most_comes_first() -> None:
    query = parse_query(vacancy_question("vac-001").query)
    (only,) = query.credential_sets
    sizes = [len(option) for option in only.options]
    assert sizes == sorted(sizes, reverse=True)
    names = (("skills_sd_jwt", "skills_ldp", None), ("vca-basis_sd_jwt", "vca-basis_ldp", None))
    parts = {tuple(filter(None, row)) for row in product(*names)} - {()}
    assert set(only.options) == parts


def test_no_question_is_larger_than_one_may_be() -> None:
    for name in [*vacancies(), *profiles()]:
        (only,) = parse_query(vacancy_question(name).query).credential_sets
        assert len(only.options) <= 100


def test_a_certificate_without_a_type_is_not_asked_and_is_told_so() -> None:
    wanted = requirements_of("vac-006")
    assert wanted is not None
    about = requested_by(vacancy_question("vac-006").query, wanted)
    assert about == {each.skill for each in wanted.skills}
    steps = requirements_of("vac-004")
    assert steps is not None
    assert "nen-3140-vp" in requested_by(vacancy_question("vac-004").query, steps)


def test_what_a_preset_did_not_ask_is_told_as_not_asked() -> None:
    wanted = requirements_of("vac-002")
    assert wanted is not None
    assert requested_by(catalog.query("vca"), wanted) == {"vca-basis"}
    assert "vca-basis" not in requested_by(catalog.query("welding"), wanted)


def test_an_unknown_vacancy_is_no_question() -> None:
    with pytest.raises(RejectedError, match="vacancy_unknown"):
        vacancy_question("vac-999")


def test_the_form_asks_what_the_chosen_vacancy_needs(town: World) -> None:
    recruiter = town.clients[VERIFIER]
    page = recruiter.get("/", headers={"accept": "text/html"}).text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    made = recruiter.post(
        "/requests", data={"csrf_token": token, "vacancy": "vac-001"}, follow_redirects=False
    )
    assert made.status_code == 303, made.text
    shown = recruiter.get(made.headers["location"], headers={"accept-language": "nl"}).text
    assert "Passend bij de vacature" in shown
