"""Grades, and the one form that work, training, certificates and side activities take."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import catalog
from schemas.credential_types import CredentialType
from schemas.files import JsonObject, JsonValue
from skills.evidence import (
    ENDLESS,
    Entry,
    EntryKind,
    Grade,
    Link,
    Proof,
    Statement,
    Status,
    as_json,
    entry_kind,
    grade_of,
    grade_unlisted,
    of_entry,
    of_proof,
    overview,
)
from skills.framework import metalektro
from skills.validity import Standing, State
from tests.conftest import named

DAY = date(2026, 9, 1)
ROLES = {one.role for kind in catalog.credential_types() for one in kind.may_issue}


def proof(type_id: str, role: str | None, skills: dict[str, int] | None = None) -> Proof:
    listed: list[JsonValue] = [
        {"framework": "metalektro", "skill": skill, "level": level}
        for skill, level in (skills or {}).items()
    ]
    claims: JsonObject = {} if skills is None else {"skills": listed}
    return Proof(type_id, type_id, role, claims, DAY, ENDLESS)


def said(**levels: int | None) -> Entry:
    named = {skill.replace("_", "-"): level for skill, level in levels.items()}
    return Entry("own", EntryKind.WORK, named, DAY)


@pytest.mark.parametrize(
    ("type_id", "role", "expected"),
    [
        ("vca-basis", "exam_centre", Grade.ACCREDITED),
        ("heftruck", "training_provider", Grade.ASSESSED),
        ("heftruck", "employer", Grade.MANAGER),
        ("werkervaringsverklaring", "employer", Grade.MANAGER),
        ("collega-bevestiging", "coworker", Grade.COLLEAGUE),
        ("collega-bevestiging", None, Grade.COLLEAGUE),
        ("collega-bevestiging", "exam_centre", Grade.COLLEAGUE),
        ("vca-basis", None, Grade.SELF),
        ("werkervaringsverklaring", None, Grade.COLLEAGUE),
        ("lasbevestiging", None, Grade.COLLEAGUE),
        ("werkervaringsverklaring", "", Grade.SELF),
        ("werkervaringsverklaring", "exam_centre", Grade.SELF),
        ("nen-3140-aanwijzing-vop", None, Grade.SELF),
        ("heftruck", None, Grade.SELF),
        ("vca-basis", "training_provider", Grade.SELF),
        ("lascertificaat-mag", "employer_confirmation_only", Grade.SELF),
        ("toverdiploma", "exam_centre", Grade.SELF),
    ],
)
def test_a_grade_comes_from_the_type_and_the_role_of_who_gave_it(
    type_id: str, role: str | None, expected: Grade
) -> None:
    assert grade_of(type_id, role) is expected


@given(st.one_of(st.none(), st.text(), st.sampled_from(sorted(ROLES))))
def test_a_loose_link_never_gives_more_than_the_word_of_a_colleague(role: str | None) -> None:
    skills = {"inwerken": 4, "las-mag": 4}
    told = of_proof(proof("collega-bevestiging", role, skills))
    assert {one.grade for one in told} == {Grade.COLLEAGUE}


@pytest.mark.parametrize("kind", catalog.credential_types(), ids=named)
def test_a_giver_whom_nobody_knows_is_never_more_than_a_colleague(kind: CredentialType) -> None:
    unlisted = grade_of(kind.id, None)
    assert unlisted is grade_unlisted(kind)
    assert unlisted <= Grade.COLLEAGUE
    assert unlisted <= max(grade_of(kind.id, each.role) for each in kind.may_issue)
    assert kind.certificate is None or unlisted is Grade.SELF


def test_two_colleagues_are_no_stronger_than_one() -> None:
    one = of_proof(proof("collega-bevestiging", None, {"inwerken": 3}))
    (line,) = overview([*one, *of_proof(proof("collega-bevestiging", None, {"inwerken": 3}))])
    assert line.strongest.grade is Grade.COLLEAGUE
    assert overview(one)[0].strongest == line.strongest


def test_every_type_reaches_its_grade_by_some_role() -> None:
    for kind in catalog.credential_types():
        best = max(grade_of(kind.id, each.role) for each in kind.may_issue)
        assert best.word == kind.evidence_grade


@pytest.mark.parametrize(
    ("type_id", "claims", "expected"),
    [
        ("werkervaringsverklaring", {}, EntryKind.WORK),
        ("collega-bevestiging", {}, EntryKind.WORK),
        ("nen-3140-vop-opleiding", {}, EntryKind.TRAINING),
        ("vca-basis", {}, EntryKind.CERTIFICATE),
        ("bhv", {"voluntary": True}, EntryKind.SIDE_ACTIVITY),
        ("bhv", {"voluntary": False}, EntryKind.CERTIFICATE),
    ],
    ids=["work", "colleague", "training", "exam", "volunteer", "at work"],
)
def test_four_kinds_of_entry(type_id: str, claims: JsonObject, expected: EntryKind) -> None:
    assert entry_kind(type_id, claims) is expected


def test_a_volunteers_bhv_shows_up_like_one_at_work() -> None:
    work = of_proof(proof("bhv", "training_provider"))
    own = proof("bhv", "training_provider")
    side = of_proof(Proof("bhv", "bhv", own.role, {"voluntary": True}, DAY, ENDLESS))
    assert [(one.skill, one.level, one.grade) for one in work] == [("bhv", None, Grade.ASSESSED)]
    assert [(one.skill, one.grade) for one in side] == [("bhv", Grade.ASSESSED)]
    assert side[0].kind is EntryKind.SIDE_ACTIVITY


def test_all_four_kinds_become_statements_of_one_shape() -> None:
    told = [
        *of_proof(proof("werkervaringsverklaring", "employer", {"lagers": 3})),
        *of_proof(proof("nen-3140-vop-opleiding", "training_provider", {"lagers": 2})),
        *of_proof(proof("vca-basis", "exam_centre")),
        *of_entry(Entry("club", EntryKind.SIDE_ACTIVITY, {"bhv": None})),
    ]
    assert {one.kind for one in told} == set(EntryKind)
    assert {tuple(as_json(one)) for one in told} == {tuple(as_json(told[0]))}


def test_the_strongest_grade_is_shown_and_nothing_is_added_up() -> None:
    told = [
        *of_proof(
            proof(
                "werkervaringsverklaring",
                "employer",
                {"mech-monteren": 3, "uitlijnen": 3, "inwerken": 3},
            )
        ),
        *of_proof(
            proof("praktijkverklaring", "training_company_with_school", {"mech-monteren": 3})
        ),
        *of_proof(proof("collega-bevestiging", None, {"inwerken": 3})),
        *of_entry(said(lagers=3, inwerken=4)),
    ]
    lines = {line.skill: line for line in overview(told)}
    assert {skill: line.strongest.grade.word for skill, line in lines.items()} == {
        "mech-monteren": "accredited",
        "uitlijnen": "manager",
        "inwerken": "manager",
        "lagers": "self",
    }
    assert lines["inwerken"].strongest.level == 3
    assert len(lines["inwerken"].statements) == 3


def test_what_ended_or_was_withdrawn_is_weaker_than_any_word_that_counts() -> None:
    ended = Standing(State.ENDED, "expired")
    told = [
        Statement("lagers", 4, Grade.ACCREDITED, EntryKind.TRAINING, "a", DAY, ended),
        *of_entry(said(lagers=1)),
        Statement(
            "lagers", 4, Grade.ACCREDITED, EntryKind.TRAINING, "b", DAY, ENDLESS, Status.WITHDRAWN
        ),
    ]
    assert overview(told)[0].strongest.grade is Grade.SELF


def test_a_withheld_list_tells_only_what_the_certificate_is_for() -> None:
    told = of_proof(proof("lascertificaat-mag", "examining_body"))
    assert {one.skill for one in told} == {"las-mag", "las-wps", "las-posities"}
    assert {one.level for one in told} == {None}
    assert of_proof(proof("werkervaringsverklaring", "employer")) == ()
    assert of_proof(proof("vca-basis", "exam_centre", {})) == ()


def test_a_skill_of_another_framework_keeps_its_links() -> None:
    uri = "http://data.europa.eu/esco/skill/60ff3eac-7d4d-4e51-87b8-74c3b5d62498"
    items: list[JsonValue] = [
        {"framework": "esco", "skill": "MAG", "level": 3, "alignment": [{"uri": uri}]},
        {"label_en": "welding", "alignment": [{"targetUrl": uri, "match": "exact"}, 7]},
        {"framework": "other", "skill": "las-mag"},
        {"level": 3},
        "las-mag",
    ]
    own = proof("badge", None)
    told = of_proof(Proof("x", "badge", None, {"skills": items}, DAY, own.standing))
    assert [(one.skill, one.links) for one in told] == [
        ("MAG", (Link(uri, "close"),)),
        ("welding", (Link(uri, "exact"),)),
        ("las-mag", ()),
    ]


@pytest.mark.parametrize("level", [0, 5, True, "3", None, 2.5], ids=str)
def test_a_level_outside_the_scale_is_no_level(level: JsonValue) -> None:
    claims: JsonObject = {"skills": [{"skill": "las-mag", "level": level}]}
    (told,) = of_proof(Proof("x", "vca-basis", None, claims, DAY, ENDLESS))
    assert told.level is None


json_value = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["skill", "level", "framework", "alignment", "uri", "match", "label_nl"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(skills=json_value, role=st.none() | st.sampled_from(["employer", "exam_centre"]))
def test_any_list_gives_statements_or_nothing(skills: JsonValue, role: str | None) -> None:
    told = of_proof(Proof("x", "vca-basis", role, {"skills": skills}, DAY, ENDLESS))
    assert all(one.level in {None, 1, 2, 3, 4} for one in told)
    lines = overview(told)
    assert len({line.skill for line in lines}) == len(lines)
    assert all(line.strongest.grade is max(s.grade for s in line.statements) for line in lines)


def test_the_framework_can_be_another() -> None:
    assert of_entry(Entry("x", EntryKind.WORK, {"las-mag": 9}), metalektro())[0].level is None
