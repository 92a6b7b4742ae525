"""A passport beside a profile or vacancy: four words, each with why."""

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.files import JsonObject
from schemas.messages import known
from skills.evidence import (
    ENDLESS,
    Entry,
    EntryKind,
    Grade,
    Link,
    Proof,
    Statement,
    Status,
    of_entry,
    of_proof,
)
from skills.framework import metalektro
from skills.matching import WHYS, Answer, Fit, Functions, Relation, as_json, compare, relation
from skills.profiles import profiles
from skills.vacancies import (
    AskedCertificate,
    AskedSkill,
    RequirementSet,
    of_profile,
    vacancies,
)
from skills.validity import Standing, State

DAY = date(2026, 9, 1)
ENDED = Standing(State.ENDED, "expired", DAY)


def said(
    skill: str,
    level: int | None,
    grade: Grade = Grade.SELF,
    *,
    standing: Standing = ENDLESS,
    status: Status = Status.GOOD,
) -> Statement:
    links = tuple(Link(each.uri, each.match) for each in metalektro().skill(skill).alignment)
    return Statement(skill, level, grade, EntryKind.WORK, skill, DAY, standing, status, links)


def ask(skill: str, level: int = 2, grade: Grade = Grade.SELF) -> RequirementSet:
    return RequirementSet("x", (AskedSkill(skill, level, grade),))


def one(asked: RequirementSet, *statements: Statement) -> Answer:
    (answer,) = compare(statements, asked)
    return answer


def told(answer: Answer) -> tuple[str, tuple[str, ...]]:
    return answer.fit.value, answer.why


def test_a_skill_at_the_asked_level_and_grade_is_met() -> None:
    answer = one(ask("las-mag", 3, Grade.MANAGER), said("las-mag", 3, Grade.MANAGER))
    assert as_json(answer) == {
        "about": "skill",
        "id": "las-mag",
        "fit": "met",
        "why": ["as_asked"],
        "required": True,
        "level": 3,
        "grade": "manager",
        "shown": {
            "skill": "las-mag",
            "level": 3,
            "grade": "manager",
            "source": "las-mag",
            "relation": "same",
        },
    }


@pytest.mark.parametrize(
    ("shown", "fit", "why"),
    [
        ([said("las-mag", 2, Grade.ASSESSED)], "partly", ("level_lower",)),
        ([said("las-mag", 3)], "partly", ("grade_lower",)),
        ([said("las-mag", 2)], "partly", ("level_lower", "grade_lower")),
        ([said("las-mag", None, Grade.ACCREDITED)], "partly", ("level_unknown",)),
        ([said("las-mag", 2, Grade.ACCREDITED), said("las-mag", 4)], "partly", ("level_lower",)),
        ([said("las-mag", 2), said("las-mag", 3, Grade.MANAGER)], "met", ("as_asked",)),
        ([said("las-mag", 4, Grade.ASSESSED, standing=ENDED)], "partly", ("expired",)),
        (
            [said("las-mag", 4, Grade.ASSESSED, status=Status.WITHDRAWN)],
            "not_shown",
            ("withdrawn_only",),
        ),
        ([said("las-mag", 4, Grade.ASSESSED, status=Status.PAUSED)], "not_shown", ("paused",)),
        ([said("las-mag", 4, Grade.ASSESSED, status=Status.UNKNOWN)], "partly", ("unchecked",)),
        (
            [said("las-mag", 4, Grade.MANAGER, standing=Standing(State.UNKNOWN, "type_unknown"))],
            "partly",
            ("unchecked",),
        ),
        (
            [
                said(
                    "las-mag",
                    4,
                    Grade.MANAGER,
                    standing=Standing(State.NOT_FOR_YOU, "employer_bound_elsewhere"),
                )
            ],
            "partly",
            ("employer_bound_elsewhere",),
        ),
        (
            [said("las-mag", 4, Grade.MANAGER, standing=Standing(State.WAITING, "not_yet"))],
            "partly",
            ("not_yet",),
        ),
        ([said("kanten", 4, Grade.ACCREDITED)], "not_shown", ("not_shared",)),
        ([], "not_shown", ("not_shared",)),
    ],
    ids=str,
)
def test_each_way_of_falling_short_has_its_reason(
    shown: list[Statement], fit: str, why: tuple[str, ...]
) -> None:
    for order in permutations(shown):
        assert told(one(ask("las-mag", 3, Grade.MANAGER), *order)) == (fit, why)


def test_a_skill_with_a_common_concept_counts_in_part() -> None:
    answer = one(ask("heftruck"), said("reachtruck", 3))
    assert told(answer) == ("partly", ("related_skill",))
    assert answer.relation is Relation.NARROWER
    assert one(ask("reachtruck"), said("heftruck", 3)).relation is Relation.BROADER
    low = one(ask("heftruck", 3), said("reachtruck", 1))
    assert told(low) == ("partly", ("related_skill", "level_lower"))
    assert told(one(ask("ndo-pt"), said("ndo-mt", 3)))[0] == "not_shown"


def test_the_skill_itself_goes_before_one_that_is_like_it() -> None:
    answer = one(ask("heftruck", 3), said("reachtruck", 4, Grade.ASSESSED), said("heftruck", 2))
    assert told(answer) == ("partly", ("level_lower",))
    withdrawn = said("heftruck", 3, status=Status.WITHDRAWN)
    assert told(one(ask("heftruck"), withdrawn, said("reachtruck", 3)))[1] == ("related_skill",)


def test_a_foreign_skill_is_compared_over_its_concept() -> None:
    uri = metalektro().skill("las-mag").alignment[0].uri
    foreign = Statement(
        "MAG welding", 3, Grade.ASSESSED, EntryKind.TRAINING, "b", DAY, ENDLESS,
        links=(Link(uri, "exact"), Link("urn:x", "close")),
    )  # fmt: skip
    answer = one(ask("las-mag", 2), foreign)
    assert (answer.fit, answer.relation) == (Fit.PARTLY, Relation.CLOSE)


@pytest.mark.parametrize(
    ("asked", "shown", "expected"),
    [
        ("exact", "exact", Relation.SAME),
        ("exact", "close", Relation.CLOSE),
        ("close", "close", Relation.CLOSE),
        ("close", "broad", Relation.NARROWER),
        ("broad", "close", Relation.BROADER),
        ("close", "narrow", Relation.BROADER),
        ("narrow", "exact", Relation.NARROWER),
        ("broad", "narrow", Relation.BROADER),
        ("broad", "broad", None),
        ("narrow", "narrow", None),
        ("related", "close", None),
        ("close", "related", None),
    ],
)
def test_mappings_are_walked_up_and_down(asked: str, shown: str, expected: Relation | None) -> None:
    assert relation(asked, shown) is expected


def test_what_was_not_asked_is_not_judged() -> None:
    asked = RequirementSet("x", (AskedSkill("lagers", 2),), (AskedCertificate("bhv"),))
    answers = compare([said("lagers", 3)], asked, requested=frozenset({"bhv"}))
    assert [told(each) for each in answers] == [
        ("not_requested", ("not_asked",)),
        ("not_shown", ("not_shared",)),
    ]
    assert answers[0].shown is None
    assert compare([], asked, requested=frozenset())[1].fit is Fit.NOT_REQUESTED


WELDS: JsonObject = {"process": "135", "position": ["PA", "PF"], "material_group": "FM1"}


WELDER = Proof("w", "lascertificaat-mag", "examining_body", WELDS, DAY, ENDLESS)


@pytest.mark.parametrize(
    ("proof", "fit", "why"),
    [
        (WELDER, "met", ("as_asked",)),
        (replace(WELDER, standing=ENDED), "partly", ("expired",)),
        (replace(WELDER, claims={**WELDS, "position": ["PA"]}), "partly", ("range_differs",)),
        (
            replace(WELDER, claims={"process": "135", "position": ["PF"]}),
            "partly",
            ("range_unknown",),
        ),
        (replace(WELDER, role=None), "partly", ("giver_unknown",)),
        (replace(WELDER, status=Status.UNKNOWN), "partly", ("unchecked",)),
        (replace(WELDER, status=Status.WITHDRAWN), "not_shown", ("withdrawn_only",)),
        (replace(WELDER, status=Status.PAUSED), "not_shown", ("paused",)),
        (replace(WELDER, type_id="bhv"), "not_shown", ("not_shared",)),
        (replace(WELDER, type_id="other"), "not_shown", ("not_shared",)),
    ],
    ids=str,
)
def test_a_certificate_is_held_against_its_range(
    proof: Proof, fit: str, why: tuple[str, ...]
) -> None:
    asked = vacancies()["vac-002"].requirements
    answer = next(each for each in compare([], asked, proofs=[proof]) if each.id == "iso-9606-1")
    assert told(answer) == (fit, why)


def test_a_designation_elsewhere_reads_as_trained() -> None:
    elsewhere = Standing(State.NOT_FOR_YOU, "employer_bound_elsewhere")
    proof = Proof("n", "nen-3140-aanwijzing-vop", "employer", {}, DAY, elsewhere)
    (answer,) = compare(
        [], RequirementSet("x", (), (AskedCertificate("nen-3140-vop", "after_start"),)),
        proofs=[proof],
    )  # fmt: skip
    assert told(answer) == ("partly", ("employer_bound_elsewhere",))
    asked = vacancies()["vac-004"].requirements
    answer = next(each for each in compare([], asked, proofs=[proof]) if each.id == "nen-3140-vp")
    assert told(answer) == ("partly", ("lower_certificate", "employer_bound_elsewhere"))
    assert not answer.required
    assert as_json(answer)["proof"] == {"id": "n", "reason": "employer_bound_elsewhere"}


def test_a_vacancy_has_its_own_house_rule() -> None:
    asked = RequirementSet("x", (), (AskedCertificate("heftruck", max_age_months=24),))
    assert asked.max_age("heftruck") == 24
    assert asked.max_age("bhv") is None


def test_jan_finds_lighter_work_among_all_functions() -> None:
    jan = [
        said("las-mag", 4, Grade.ACCREDITED, standing=ENDED),
        *(said(skill, 3, Grade.MANAGER) for skill in ("las-visueel", "meten-schuifmaat")),
        *(said(skill, 3) for skill in ("visuele-keuring", "tek-lezen")),
    ]
    functions = Functions(of_profile(each) for each in profiles().values())
    best = functions.sorted_for(jan)[0]
    assert best.id == "kwaliteitscontroleur"
    asked = of_profile(profiles()[best.id])
    required = [each.fit for each in compare(jan, asked) if each.required]
    assert (best.met, best.partly) == (required.count(Fit.MET), required.count(Fit.PARTLY))
    vacancy = compare(jan, vacancies()["vac-005"].requirements)
    assert [each.fit.value for each in vacancy] == [
        *("met", "met", "met", "not_shown", "partly", "met")
    ]


def test_every_vacancy_asks_of_the_framework_and_nothing_personal() -> None:
    assert len(vacancies()) == 6
    assert vacancies()["vac-002"].requirements.skills[0].grade is Grade.ASSESSED
    assert vacancies()["vac-001"].title("en") == "Mechanical fitter"


def test_every_reason_has_a_sentence() -> None:
    assert all(known(f"skills.why.{code}") for code in WHYS)
    assert all(known(f"skills.fit.{fit}") for fit in Fit)
    assert all(known(f"skills.relation.{each}") for each in Relation)


def test_persons_get_no_number() -> None:
    entry = Entry("own", EntryKind.WORK, {"las-mag": 3})
    for answer in compare(of_entry(entry), of_profile(profiles()["lasser-mag"])):
        assert not {"score", "total", "percentage", "rank"} & as_json(answer).keys()


@pytest.mark.parametrize("job", sorted(profiles()), ids=str)
def test_two_passports_beside_one_job_get_one_list_with_the_same_words_and_levels(
    job: str,
) -> None:
    asked = of_profile(profiles()[job])
    ria = compare(of_entry(Entry("ria", EntryKind.WORK, {"mech-monteren": 3, "lagers": 1})), asked)
    jan = compare(of_entry(Entry("jan", EntryKind.TRAINING, {"las-mag": 4})), asked)
    for one_of_ria, one_of_jan in zip(ria, jan, strict=True):
        first, second = as_json(one_of_ria), as_json(one_of_jan)
        for part in ("about", "id", "required", "level", "grade"):
            assert first.get(part) == second.get(part)
    order = [each.skill for each in asked.skills]
    assert [each.id for each in ria if each.about == "skill"] == order


some_skills = st.sampled_from(sorted(metalektro().skills))
statements = st.lists(
    st.builds(
        said,
        some_skills,
        st.none() | st.integers(1, 4),
        st.sampled_from(Grade),
        standing=st.sampled_from([ENDLESS, ENDED, Standing(State.UNKNOWN, "type_unknown")]),
        status=st.sampled_from(Status),
    ),
    max_size=12,
)


@given(statements, some_skills, st.integers(1, 4), st.sampled_from(Grade))
def test_the_answer_does_not_depend_on_the_order_and_met_means_met(
    shown: list[Statement], skill: str, level: int, grade: Grade
) -> None:
    answer = one(ask(skill, level, grade), *shown)
    assert answer.why
    assert set(answer.why) <= set(WHYS)
    assert told(one(ask(skill, level, grade), *reversed(shown))) == told(answer)
    enough = any(
        each.skill == skill and each.usable and (each.level or 0) >= level and each.grade >= grade
        for each in shown
    )
    assert (answer.fit is Fit.MET) is enough


@given(statements, statements)
def test_showing_more_never_makes_an_answer_worse(
    shown: list[Statement], more: list[Statement]
) -> None:
    order = [Fit.NOT_SHOWN, Fit.PARTLY, Fit.MET]
    asked = of_profile(profiles()["lasser-mag"])
    before, after = compare(shown, asked), compare([*shown, *more], asked)
    for one_before, one_after in zip(before, after, strict=True):
        assert order.index(one_after.fit) >= order.index(one_before.fit)


@given(statements)
def test_the_quick_way_over_many_functions_gives_the_same_counts(shown: list[Statement]) -> None:
    sets = [of_profile(each) for each in profiles().values()]
    for found in Functions(sets).sorted_for(shown):
        asked = next(each for each in sets if each.id == found.id)
        fits = [each.fit for each in compare(shown, asked) if each.about == "skill"]
        required = fits[: sum(each.required for each in asked.skills)]
        assert (found.met, found.partly, found.missing) == (
            required.count(Fit.MET),
            required.count(Fit.PARTLY),
            required.count(Fit.NOT_SHOWN),
        )


def test_statements_of_a_proof_reach_the_profile() -> None:
    claims: JsonObject = {"skills": [{"skill": "las-mag", "level": 3}]}
    proof = replace(WELDER, claims=claims)
    assert one(ask("las-mag", 3, Grade.ASSESSED), *of_proof(proof)).fit is Fit.MET
