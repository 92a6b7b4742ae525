"""A platform's own names, put in our form by a mapping; what comes out are own claims alone."""

import json
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.evidence import EntryKind
from skills.importers import platform_profile
from skills.importers.platform_mapping import PlatformMapping, read_mapping
from skills.importers.reading import ImportRefused

NESTED = b"""
skills: {at: talent.competencies, name: concept.label, score: assessment, day: assessed_at}
scale: 5
words: {Beginner: 1, Ervaren: 4, Expert: 5}
work: {at: talent.jobs, name: role, place: company.name, from: since, to: until}
courses: {at: talent.learning, name: title, place: school}
wishes: {at: talent.ambitions, name: text}
"""
PROFILE = {
    "talent": {
        "name": "Ahmet",
        "match": 87,
        "competencies": [
            {"concept": {"label": "CNC-frezen"}, "assessment": "ervaren", "endorsed_by": "x"},
            {"concept": {"label": "Vouwen"}, "assessment": 1, "assessed_at": "2026-03-01"},
            {"concept": {}},
        ],
        "jobs": [{"role": "Frezer", "company": {"name": "Firma"}, "since": "2019-03-01"}],
        "learning": [{"title": "VCA", "school": "School", "percentage": 90}],
        "ambitions": [{"text": "Ik wil leren programmeren."}],
    }
}
TABLE = b"Omschrijving;Beheersing;Datum\nCNC-frezen;ervaren;1-3-2026\nVouwen;onbekend;\n"
COLUMNS = b"""{"skills": {"name": "omschrijving", "score": "Beheersing", "day": "datum"},
"scale": 4, "words": {"ervaren": 3}}"""


def test_what_a_platform_calls_otherwise_is_read_as_own_claims() -> None:
    octets = json.dumps(PROFILE).encode()
    found, report = platform_profile.read(octets, mapping=read_mapping(NESTED))
    first, second = found.skills
    assert (first.name, first.skills, first.level) == ("CNC-frezen", ("cnc-frezen",), 3)
    assert (second.level, second.said_on) == (1, date(2026, 3, 1))
    assert [each.kind for each in found.entries] == [EntryKind.WORK, EntryKind.TRAINING]
    assert (found.entries[0].place, found.entries[0].start) == ("Firma", "2019-03")
    assert found.wishes == ("Ik wil leren programmeren.",)
    assert {each.as_json()["grade"] for each in found.skills} == {"self"}
    told = json.dumps(found.as_json())
    assert not any(dropped in told for dropped in ("Ahmet", "87", "90", "endorsed"))
    assert dict(report.reasons) == {"no_name": 1}
    with pytest.raises(ImportRefused) as refused:
        platform_profile.read(octets)
    assert refused.value.code == "not_a_profile"


def test_a_table_has_its_own_headings_and_its_own_words() -> None:
    found, _ = platform_profile.read(TABLE, mapping=read_mapping(COLUMNS))
    assert [(each.name, each.level) for each in found.skills] == [
        ("CNC-frezen", 3),
        ("Vouwen", None),
    ]
    assert found.skills[0].said_on == date(2026, 3, 1)
    with pytest.raises(ImportRefused) as refused:
        platform_profile.read(TABLE)
    assert refused.value.code == "columns_missing"


def test_a_list_by_itself_is_read_where_the_mapping_names_no_way() -> None:
    octets = json.dumps([{"n": "CNC-frezen", "s": 2, "m": 4}]).encode()
    mapping = read_mapping(b"skills: {name: n, score: s, top: m}")
    (found,) = platform_profile.read(octets, mapping=mapping)[0].skills
    assert (found.skills, found.level) == (("cnc-frezen",), 2)


@pytest.mark.parametrize(
    "mapping",
    [
        b"skills: [name",
        b"- skills",
        b"work: {name: x}",
        b"skills: {score: x}",
        b"skills: {name: 7}",
        b"skills: {name: a..b}",
        b"skills: {name: a.b.c.d.e.f.g.h.i}",
        b"skills: {name: x, rank: y}",
        b"skills: {name: x}\nrank: 1",
        b"skills: {name: x}\nscale: much",
        b"skills: {name: x}\nscale: true",
        b"skills: {name: x}\nwords: {a: b}",
        b"skills: {name: x}\nwords: 3",
        b"\xff\xfe\xff",
        b"skills: {name: !!python/name:os.system x}",
    ],
    ids=[f"{number}" for number in range(15)],
)
def test_a_mapping_that_says_something_else_is_refused(mapping: bytes) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_mapping(mapping)
    assert refused.value.code == "not_a_mapping"


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_octets_give_a_mapping_or_our_refusal(octets: bytes) -> None:
    with suppress(ImportRefused):
        assert isinstance(read_mapping(octets), PlatformMapping)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["talent", "competencies", "concept", "label", "jobs", "assessment"]
                ),
                inner,
                max_size=3,
            )
        ),
        max_leaves=20,
    )
)
def test_any_profile_is_read_or_refused(document: object) -> None:
    octets = json.dumps({"talent": document}).encode()
    with suppress(ImportRefused):
        found, _ = platform_profile.read(octets, mapping=read_mapping(NESTED))
        assert {each.as_json()["grade"] for each in found.skills} <= {"self"}
