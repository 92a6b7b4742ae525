"""A passport as a file gives statements, whatever is in it."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.files import JsonObject, JsonValue
from skills.evidence import Grade
from skills.passports import person_of, sources_of, statements_of

OVERVIEW: JsonObject = {
    "name": "Jan",
    "proofs": [{"id": "a", "standing": "ended"}, {"id": "b", "standing": "valid"}],
    "skills": [
        {
            "skill": "las-mag",
            "level": 4,
            "grade": "accredited",
            "sources": [
                {"proof": "a", "level": 4, "grade": "accredited", "issued_on": "2025-02-10"},
                {"proof": "b", "level": 3, "grade": "manager", "issued_on": "2026-11-02"},
            ],
        },
        {"skill": "lagers", "level": 9, "grade": "wonderful"},
    ],
    "own_claims": {"tek-lezen": 3, "inwerken": None},
}


def test_an_overview_keeps_source_grade_and_standing() -> None:
    told = statements_of(OVERVIEW)
    assert [(one.skill, one.level, one.grade, one.source, one.usable) for one in told] == [
        ("las-mag", 4, Grade.ACCREDITED, "a", False),
        ("las-mag", 3, Grade.MANAGER, "b", True),
        ("lagers", None, Grade.SELF, "own", True),
        ("tek-lezen", 3, Grade.SELF, "own", True),
        ("inwerken", None, Grade.SELF, "own", True),
    ]
    assert told[0].links


names = st.sampled_from(
    [
        *("skills", "proofs", "own_claims", "skill", "sources", "id", "level"),
        *("name", "title", "giver"),
    ]
)
anything: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=15,
)


@given(anything)
def test_any_json_gives_statements_or_none(document: JsonValue) -> None:
    assert all(one.level in {None, 1, 2, 3, 4} for one in statements_of(document))
    assert all(one.titles.keys() == {"nl", "en"} for one in sources_of(document))
    assert person_of(document) is None or person_of(document)
