"""Each format is what its standard asks, says the same, and is the same bytes every time."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import badges
from credentials.jsonld.expansion import statements as as_statements
from schemas.messages import LANGUAGES
from skills.evidence import Grade
from skills.exporters import clr, elm, ler_rs
from skills.exporters.formats import FORMATS
from skills.exporters.table import HEADINGS, PARTS, harmless
from skills.extracts import OWN_USE, Extract, ExtractRefused, Person, extract
from tests.skills.extract_samples import TODAY, made, source, statements

LER_RS_MEMBERS: dict[str, dict[str, type]] = {
    "": {
        "type": str,
        "documentId": dict,
        "narratives": list,
        "person": dict,
        "skills": list,
        "certifications": list,
    },
    "documentId": {"value": str},
    "narratives": {"name": str, "texts": list},
    "narratives.texts": {"name": str, "lines": list},
    "person": {"name": dict},
    "person.name": {"formattedName": str, "given": str, "family": str},
    "skills": {"name": str, "comments": list, "endorsers": list},
    "skills.endorsers": {"organization": dict},
    "skills.endorsers.organization": {"name": str},
    "certifications": {
        "name": str,
        "descriptions": list,
        "issuingAuthority": dict,
        "firstIssued": str,
        "effectiveTimePeriod": dict,
    },
    "certifications.issuingAuthority": {"name": str},
    "certifications.effectiveTimePeriod": {"validFrom": str, "validTo": str},
}
"""Of LER-RS 4.4 the members that we write, and of which kind each is in the standard."""

ELM_BESIDE_EXAMPLES = {
    ("VerifiableCredential", "validUntil"),
    ("EuropeanDigitalCredential", "validUntil"),
    ("AwardingProcess", "awardingDate"),
}
"""Properties of the model that its published examples happen not to use."""


def written(name: str, what: Extract, language: str = "nl") -> Any:  # noqa: ANN401 - any JSON
    return json.loads(FORMATS[name].write(what, language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FORMATS)
def test_the_same_extract_gives_the_same_bytes(name: str, language: str) -> None:
    once, again = (FORMATS[name].write(made(), language) for _ in range(2))
    assert once == again
    assert once != FORMATS[name].write(made(ends_on=TODAY), language)


@pytest.mark.parametrize("name", FORMATS)
def test_a_name_leaves_only_where_it_was_shown(name: str) -> None:
    assert b"Vries" in FORMATS[name].write(made(), "nl")
    assert b"Vries" not in FORMATS[name].write(made(person=None), "nl")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_until_when_it_may_be_kept(name: str) -> None:
    assert b"2026-12-21" in FORMATS[name].write(made(), "en")


def test_the_table_has_a_row_for_each_skill_and_each_proof_and_no_formula() -> None:
    octets = FORMATS["csv"].write(made(), "nl")
    assert octets.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(octets.decode("utf-8-sig"), newline="")))
    assert [len(row) for row in rows] == [len(HEADINGS) + len(PARTS)] * 7
    assert rows[0][:3] == ["soort", "naam", "niveau"]
    assert rows[1][:4] == [
        "skill",
        "MIG/MAG-lassen (135/136)",
        "3 (zelf, ook lastig)",
        "erkend",
    ]
    assert rows[4][1] == "'=HYPERLINK(1)"
    assert [row[8] for row in rows[5:]] == ["geldig", "ingetrokken"]
    assert {row[9] for row in rows[1:]} == {"kennismaken"}
    english = FORMATS["csv"].write(made(), "en").decode("utf-8-sig")
    assert english.startswith("kind,name,level")


def test_what_was_checked_is_told_and_what_was_not_stays_empty() -> None:
    outcomes = dict(zip(PARTS, ("passed", "passed", "failed", "undetermined"), strict=True))
    proofs = [source("one", "VCA Basis", checked=outcomes)]
    what = extract(statements(), proofs, purpose="intake", made_on=TODAY)
    rows = list(csv.reader(io.StringIO(FORMATS["csv"].write(what, "en").decode("utf-8-sig"))))
    assert rows[1][-4:] == rows[-1][-4:] == ["yes", "yes", "no", "we do not know"]
    assert rows[3][-4:] == [""] * 4
    assert written("json", what)["certificates"][0]["checked"] == outcomes
    assert "checked" not in written("json", made())["certificates"][0]
    told = written("ler-rs", what, "en")["certifications"][0]["descriptions"]
    assert told == [
        "valid",
        "Is it real? yes",
        "Who gave it, and may they? yes",
        "Is it still valid? no",
        "Does it belong to this person? we do not know",
    ]


@given(st.text(max_size=20))
def test_no_cell_begins_as_a_formula(cell: str) -> None:
    assert not harmless(cell).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def faults(node: Any, place: str = "") -> Iterator[str]:  # noqa: ANN401 - any JSON
    """What LER-RS does not know, or knows as another kind of value."""
    for key, value in node.items():
        kind = LER_RS_MEMBERS[place].get(key)
        here = f"{place}.{key}".strip(".")
        if kind is None or not isinstance(value, kind) or not value:
            yield here
            continue
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                yield from faults(inner, here)
            elif isinstance(value, list) and not isinstance(inner, str):
                yield here


LER_RS_NEEDED = {
    "narratives": ("name", "texts"),
    "skills": ("name",),
    "certifications": ("name", "issuingAuthority"),
}
"""What each item has to have in the standard; of a certificate we ask its name too."""


def lacking(document: Any) -> list[str]:  # noqa: ANN401 - any JSON
    """The members that the standard asks and that are not there."""
    items = [
        key
        for part, keys in LER_RS_NEEDED.items()
        for item in document.get(part, [])
        for key in keys
        if key not in item
    ]
    return items if "type" in document else ["type", *items]


def test_the_record_for_hr_systems_has_members_of_the_standard_alone() -> None:
    for what in (made(), made(person=None), extract([], [], purpose=OWN_USE, made_on=TODAY)):
        document = written("ler-rs", what)
        assert document["type"] == ler_rs.TYPE
        assert list(faults(document)) == []
    document = written("ler-rs", made())
    assert list(faults({**document, "score": 3})) == ["score"]
    assert list(faults({**document, "skills": [{"name": "lassen", "comments": "x"}]}))
    first = document["certifications"][0]
    assert first["effectiveTimePeriod"] == {
        "validFrom": "2025-05-01T00:00:00Z",
        "validTo": "2035-05-01T23:59:59Z",
    }
    assert first["issuingAuthority"] == {"name": "Praktijkschool IJsselstad"}
    assert first["firstIssued"] == "2025-05-01"
    assert document["certifications"][1]["issuingAuthority"] == {"name": "weten we niet"}


@pytest.mark.parametrize("without", ["name", "issuingAuthority", "type"])
def test_what_the_standard_asks_is_there_and_missed_when_it_is_not(without: str) -> None:
    document = written("ler-rs", made())
    assert lacking(document) == []
    (document if without == "type" else document["certifications"][1]).pop(without)
    assert lacking(document) == [without]


def test_nobody_endorses_the_own_word() -> None:
    lines = {one["name"]: one for one in written("ler-rs", made(), "en")["skills"]}
    assert "endorsers" not in lines["Driving a reach truck"]
    assert "level 2: alone, routine work" in lines["Driving a reach truck"]["comments"]


def test_a_record_of_badges_passes_the_profile_and_loses_no_term() -> None:
    for language in LANGUAGES:
        document = written("clr", made(), language)
        assert badges.check_badge(document) is badges.Kind.RECORD
        held = document["credentialSubject"].pop("verifiableCredential")
        assert as_statements(document)
        assert len(held) == 4  # two proofs, two skills of the own word
        for each in held:
            assert badges.check_badge(each) is badges.Kind.ACHIEVEMENT
            assert as_statements(each)
            assert "proof" not in each
    assert clr.CONTEXTS[1:] == (badges.CLR_CONTEXT, badges.OPEN_BADGES_CONTEXT)


def test_an_unsigned_record_never_speaks_for_who_gave_the_proof() -> None:
    document = written("clr", made())
    held = document["credentialSubject"]["verifiableCredential"]
    assert {each["issuer"]["name"] for each in [document, *held]} == {"skillspass"}
    assert held[0]["credentialSubject"]["source"]["id"] == "did:web:school.example"
    assert document["validUntil"] == "2026-12-21T23:59:59Z"
    assert "identifier" not in written("clr", made(person=None))["credentialSubject"]


def test_a_record_of_nothing_is_refused() -> None:
    with pytest.raises(ExtractRefused) as refused:
        FORMATS["clr"].write(extract([], [], purpose=OWN_USE, made_on=TODAY), "nl")
    assert refused.value.code == "extract_empty"


def members(node: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON
    """Class and property of every object that has a class."""
    for each in node if isinstance(node, list) else []:
        yield from members(each)
    if isinstance(node, dict):
        names = node.get("type", [])
        for name in names if isinstance(names, list) else [names]:
            yield from ((name, key) for key in node)
        for value in node.values():
            yield from members(value)


def test_a_european_credential_uses_the_words_of_the_official_examples(vectors: Path) -> None:
    folder = vectors / "elm-edc" / "JSON-LD Examples (ELM v3)"
    examples = [json.loads(path.read_bytes()) for path in folder.glob("*-unsigned.jsonld")]
    assert len(examples) == 2
    known = {each for example in examples for each in members(example)}
    document = written("elm", made())
    assert set(members(document)) - known == ELM_BESIDE_EXAMPLES
    assert set(members({**document, "score": 1})) - known > ELM_BESIDE_EXAMPLES
    for example in examples:
        assert document["@context"] == example["@context"]
        assert document["type"] == example["type"]
        assert document["credentialSchema"] == example["credentialSchema"]
        assert document["credentialProfiles"] == example["credentialProfiles"]


def test_a_european_credential_tells_what_was_awarded_and_not_the_own_word() -> None:
    document = written("elm", made())
    assert elm.CONTEXTS[0].endswith("/2018/credentials/v1")
    first, second = document["credentialSubject"]["hasClaim"]
    outcomes = first["specifiedBy"]["learningOutcome"]
    assert [each["title"]["en"] for each in outcomes] == [
        "MIG/MAG welding (alone, also difficult)",
        "Wearing protective gear",
    ]
    assert outcomes[0]["relatedESCOSkill"][0]["id"].startswith(elm.ESCO)
    assert "learningOutcome" not in second["specifiedBy"]
    assert "Reach" not in json.dumps(document)
    assert datetime.fromisoformat(document["validFrom"]).tzinfo is not None


def test_a_page_for_the_web_names_skills_and_proofs() -> None:
    document = written("schema-org", made(), "en")
    person = document["mainEntity"]
    assert (document["@context"], person["@type"], person["name"]) == (
        "https://schema.org",
        "Person",
        "Ria de Vries",
    )
    assert {each["@type"] for each in person["knowsAbout"]} == {"DefinedTerm"}
    assert {each["@type"] for each in person["hasCredential"]} == {
        "EducationalOccupationalCredential"
    }
    foreign = person["knowsAbout"][3]
    assert foreign["sameAs"] == ["https://other.example/skills/1"]
    assert "inDefinedTermSet" not in foreign
    assert person["hasCredential"][1]["creativeWorkStatus"] == "withdrawn"


@given(
    st.builds(Person, st.text(min_size=1, max_size=12)),
    st.text(min_size=1, max_size=12),
    st.sampled_from(Grade),
)
def test_any_name_and_title_gives_a_file(person: Person, title: str, strength: Grade) -> None:
    what = extract(
        statements(),
        [source("one", title, strength)],
        purpose="training",
        made_on=TODAY,
        person=person,
    )
    for name in FORMATS:
        octets = FORMATS[name].write(what, "nl")
        if name != "csv":
            assert json.loads(octets)
