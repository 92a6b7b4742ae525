"""Other people's files: each row gives something or is named, and nothing is believed."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.messages import known
from skills.evidence import EntryKind
from skills.framework import metalektro
from skills.importers import competentnl, edubadges, esco, platform_profile
from skills.importers.concepts import Concept, Match, meet, merged
from skills.importers.own_claims import level_of
from skills.importers.reading import ImportRefused, Report

ESCO_HEAD = (
    "conceptType,conceptUri,skillType,reuseLevel,preferredLabel,altLabels,hiddenLabels,status,"
    "modifiedDate,scopeNote,definition,inScheme,description\r\n"
)
WELD = "http://data.europa.eu/esco/skill/11111111-1111-4111-8111-111111111111"
CNL = "https://linkeddata.competentnl.nl/id/human-capability/"
DEF = "https://linkeddata.competentnl.nl/def/competentnl#"
XL, SKOS = "http://www.w3.org/2008/05/skos-xl#", "http://www.w3.org/2004/02/skos/core#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
BSN = "111222333"  # passes the elfproef; it is a well-known number of no person


def esco_row(uri: str, label: str, other: str = "", status: str = "released") -> str:
    cells = ("KnowledgeSkillCompetence", uri, "skill/competence", "sector-specific", label)
    quoted = [f'"{cell}"' for cell in (*cells, other, "", status, "", "", "", "", "")]
    return ",".join(quoted) + "\r\n"


def test_the_official_esco_file_gives_labels_in_its_language() -> None:
    text = (
        ESCO_HEAD
        + esco_row(WELD, "metaal lassen", "lassen\nlaswerk doen\nlassen")
        + esco_row("http://other.example/1", "iets")
        + esco_row(WELD + "2", "")
        + esco_row(WELD + "3", "oud", status="obsolete")
    )
    told: list[int] = []
    concepts, report = esco.read(
        b"\xef\xbb\xbf" + text.encode(), language="nl", progress=told.append
    )
    assert concepts == (
        Concept(
            WELD,
            "skill/competence",
            {"nl": "metaal lassen"},
            {"nl": ("lassen", "laswerk doen")},
        ),
    )
    assert (report.read, report.taken) == (4, 1)
    assert dict(report.reasons) == {"no_address": 1, "no_label": 1, "not_released": 1}
    assert [each.code for each in report.left] == ["no_address", "no_label", "not_released"]


def test_progress_is_told_during_a_long_file() -> None:
    rows = "".join(esco_row(f"{WELD}{number}", f"skill {number}") for number in range(2_500))
    told: list[int] = []
    concepts, report = esco.read((ESCO_HEAD + rows).encode(), language="en", progress=told.append)
    assert told == [1_000, 2_000]
    assert len(concepts) == report.taken == 2_500


def test_labels_of_two_languages_become_one_concept() -> None:
    dutch = Concept(WELD, "skill", {"nl": "lassen"}, {"nl": ("las",)})
    english = Concept(WELD, "skill", {"en": "weld"}, {"en": ("welding",)}, (Match("x", "close"),))
    (one,) = merged([dutch, english])
    assert one.labels == {"nl": "lassen", "en": "weld"}
    assert one.other_labels == {"nl": ("las",), "en": ("welding",)}
    assert one.matches == (Match("x", "close"),)


NTRIPLES = f"""# a comment
<{CNL}1> <{TYPE}> <{DEF}HumanCapability> .
<{CNL}1> <{XL}prefLabel> <{CNL}1/label> .
<{CNL}1/label> <{XL}literalForm> "Verbinden van \\"metaal\\" \\u00e9n kunststof"@nl .
<{CNL}1> <{SKOS}altLabel> "verbinden"@nl .
<{CNL}1> <{DEF}closeMatchESCO> <{WELD}> .
<{CNL}2> <{TYPE}> <{DEF}HumanCapability> .
this is no triple
<{CNL}3> <{TYPE}> <{DEF}Something> .
"""


def test_competentnl_is_read_from_n_triples_and_what_is_left_is_told() -> None:
    concepts, report = competentnl.read(NTRIPLES.encode())
    assert concepts == (
        Concept(
            f"{CNL}1",
            "human-capability",
            {"nl": 'Verbinden van "metaal" én kunststof'},
            {"nl": ("verbinden",)},
            (Match(WELD, "close"),),
        ),
    )
    assert dict(report.reasons) == {"not_a_triple": 1, "no_label": 1, "kind_unknown": 1}


def test_the_same_comes_from_sparql_json() -> None:
    def uri(value: str) -> dict[str, str]:
        return {"type": "uri", "value": value}

    rows = [
        (f"{CNL}1", TYPE, uri(f"{DEF}HumanCapability")),
        (f"{CNL}1", f"{SKOS}prefLabel", {"type": "literal", "xml:lang": "nl", "value": "Lassen"}),
        (f"{CNL}1", f"{DEF}exactMatchESCO", uri(WELD)),
    ]
    bindings = [{"s": uri(s), "p": uri(p), "o": o} for s, p, o in rows] + [{"s": 1}]
    document = {"head": {"vars": ["s", "p", "o"]}, "results": {"bindings": bindings}}
    concepts, report = competentnl.read(json.dumps(document).encode())
    assert [each.labels for each in concepts] == [{"nl": "Lassen"}]
    assert concepts[0].matches == (Match(WELD, "exact"),)
    assert dict(report.reasons) == {"not_a_triple": 1}


def test_a_sector_skill_meets_competentnl_by_esco_and_others_are_marked() -> None:
    framework = metalektro()
    welding = framework.skill("las-mag")
    (link,) = welding.alignment
    capability = Concept(
        f"{CNL}1", "human-capability", {"nl": "x"}, {}, (Match(link.uri, "exact"),)
    )
    found = meet(framework, [capability])
    assert Match(f"{CNL}1", link.match) in found.matched["las-mag"]
    others = {
        skill.id
        for skill in framework.skills.values()
        if link.uri not in {each.uri for each in skill.alignment}
    }
    assert others == set(found.without)


@pytest.mark.parametrize(
    ("ours", "theirs", "both"),
    [
        ("exact", "broad", "narrow"),
        ("close", "exact", "close"),
        ("close", "close", "close"),
        ("broad", "narrow", "broad"),
        ("broad", "broad", None),
        ("close", "broad", "narrow"),
    ],
)
def test_two_links_in_a_row_are_no_nearer_than_the_looser(
    ours: str, theirs: str, both: str | None
) -> None:
    framework = metalektro()
    skill = framework.skill("las-mag")
    linked = replace(skill, alignment=(replace(skill.alignment[0], match=ours),))
    only = replace(framework, skills={"las-mag": linked})
    concept = Concept("c", "task", {"nl": "c"}, {}, (Match(linked.alignment[0].uri, theirs),))
    expected = {"las-mag": (Match("c", both),)} if both else {}
    assert meet(only, [concept]).matched == expected


def test_a_platforms_profile_becomes_own_claims_alone(vectors: Path) -> None:
    octets = (vectors.parent / "samples" / "platform_profile.json").read_bytes()
    found, report = platform_profile.read(octets)
    by_name = {each.name: each for each in found.skills}
    assert by_name["CNC-draaien"].skills == ("cnc-draaien",)
    assert by_name["CNC-draaien"].level == 3  # never higher: a score does not say that one teaches
    assert by_name["frezen"].skills == ("cnc-frezen", "conv-frezen")
    assert by_name["Growth mindset"].skills == ()
    assert by_name["Nieuwe collega's inwerken"].level is None
    kinds = [each.kind for each in found.entries]
    assert kinds == [EntryKind.WORK] * 2 + [EntryKind.TRAINING] * 2 + [EntryKind.SIDE_ACTIVITY]
    assert found.wishes == ("Ik wil leren programmeren.",)
    told = json.dumps(found.as_json(), ensure_ascii=False)
    assert {each.as_json()["grade"] for each in found.skills} == {"self"}
    for dropped in ("78", "certificaat.pdf", "Ahmet", "zeventien jaar"):
        assert dropped not in told
    assert (report.read, report.taken) == (13, 13)


def test_a_platforms_csv_is_read_as_excel_saves_it(vectors: Path) -> None:
    octets = (vectors.parent / "samples" / "platform_profile.csv").read_bytes()
    found, _ = platform_profile.read(octets)
    last = found.skills[-1]
    assert (last.name, last.skills, last.level) == ("Bloemschikken; ook op de markt", (), 3)
    assert last.said_on == date(2026, 9, 14)
    windows = "Vaardigheid;Score;Van\r\nCoördineren;2;4\r\n".encode("windows-1252")
    assert platform_profile.read(windows)[0].skills[0].name == "Coördineren"


@pytest.mark.parametrize(
    ("score", "top", "level"),
    [
        *((1, 5, 1), (2, 5, 1), (3, 5, 2), (4, 5, 3), (5, 5, 3), (10, 10, 3), (1, 4, 1)),
        *((4, 4, 3), (0, 5, None), (6, 5, None), (2, 2, None)),
    ],
)
def test_a_score_proposes_a_level(score: float, top: float, level: int | None) -> None:
    assert level_of(score, top) == level


def test_a_citizen_number_is_taken_over_from_nowhere() -> None:
    profile = {
        "skills": [{"name": f"lassen {BSN}"}, {"name": "lassen"}],
        "work": [{"job": "lasser", "employer": f"nummer {BSN}"}],
        "wishes": [f"bel {BSN}"],
    }
    found, report = platform_profile.read(json.dumps(profile).encode())
    assert [each.name for each in found.skills] == ["lassen"]
    assert (found.entries, found.wishes) == ((), ())
    assert dict(report.reasons) == {"citizen_number": 3}
    assert BSN not in json.dumps(report.as_json())
    badge = {"badge": {"name": f"Lassen {BSN}", "issuer": {"name": "School"}}}
    with pytest.raises(ImportRefused, match="not_a_badge"):
        edubadges.read(json.dumps(badge).encode())


def test_a_badge_of_edubadges_keeps_its_european_facts() -> None:
    link = metalektro().skill("las-mag").alignment[0].uri
    badge = {
        "type": "Assertion",
        "issuedOn": "2026-05-01T10:00:00Z",
        "badge": {
            "type": "BadgeClass",
            "name": "Lassen voor beginners",
            "issuer": {"name": "Regio College (fictief)"},
            "alignment": [{"targetName": "weld", "targetUrl": link}],
            "extensions:ECTSExtension": {"ECTS": 2.5},
            "extensions:EQFExtension": {"EQF": 3},
            "extensions:LearningOutcomeExtension": {"LearningOutcome": "Je kunt lassen."},
        },
    }
    (found,), _ = edubadges.read(json.dumps([badge]).encode())
    assert (found.version, found.issued_on) == (2, date(2026, 5, 1))
    assert found.facts == {"ECTS": "2.5", "EQF": "3", "LearningOutcome": "Je kunt lassen."}
    assert found.issuer == "Regio College (fictief)"
    proposed = edubadges.proposals((found,))
    assert proposed.entries[0].kind is EntryKind.TRAINING
    match = metalektro().skill("las-mag").alignment[0].match
    assert ("las-mag" in found.skills) == (match in {"exact", "close"})


def test_a_badge_of_version_3_is_read_too(vectors: Path) -> None:
    folder = vectors / "ob3-validator-fixtures"
    read = 0
    for path in sorted(folder.rglob("*.json")):
        try:
            (badge,), _ = edubadges.read(path.read_bytes())
        except ImportRefused:
            continue
        assert badge.version == 3
        read += 1
    assert read >= 10


REFUSED: list[tuple[Callable[[bytes], object], bytes, str]] = [
    (lambda data: esco.read(data, language="nl"), b"a,b\r\n1,2\r\n", "columns_missing"),
    (lambda data: esco.read(data, language="nl"), b"\0\0", "not_text"),
    (platform_profile.read, b'{"skills": 3}', "not_a_profile"),
    (platform_profile.read, b"{", "not_json"),
    (platform_profile.read, b'{"skills": [{"score": 1e400, "name": NaN}]}', "not_json"),
    (platform_profile.read, b'{"a":' * 5_000, "too_deep"),
    (platform_profile.read, b'{"skills":' + b"[" * 40 + b"]" * 40 + b"}", "too_deep"),
    (platform_profile.read, b"Score;Van\r\n1;5\r\n", "columns_missing"),
    (platform_profile.read, b"Naam\r\n" + b"x\r\n" * 501, "too_many_rows"),
    (edubadges.read, b'{"name": "no badge"}', "not_a_badge"),
    (edubadges.read, b"[" + b"{}," * 200 + b"{}]", "too_many_rows"),
    (competentnl.read, b'{"results": 1}', "not_results"),
]


@pytest.mark.parametrize(
    ("read", "octets", "code"),
    REFUSED,
    ids=[f"{n}-{code}" for n, (_, _, code) in enumerate(REFUSED)],
)
def test_a_file_of_another_kind_is_refused_by_its_code(
    read: Callable[[bytes], object], octets: bytes, code: str
) -> None:
    with pytest.raises(ImportRefused) as refused:
        read(octets)
    assert refused.value.code == code


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode()))
def test_any_octets_give_a_value_or_our_refusal(octets: bytes) -> None:
    for read in (
        lambda data: esco.read(data, language="nl"),
        competentnl.read,
        platform_profile.read,
        edubadges.read,
    ):
        try:
            _, report = read(octets)
        except ImportRefused:
            continue
        assert isinstance(report, Report)
        assert report.taken <= report.read or read is competentnl.read


def test_every_reason_has_a_sentence() -> None:
    folder = Path(esco.__file__).parent
    written = " ".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    codes = set(re.findall(r'(?:Refused\(|leave\([^,]+, |return )"([a-z_]+)"', written))
    assert {"not_json", "citizen_number", "not_released", "not_a_triple"} <= codes
    assert [code for code in sorted(codes) if not known(f"skills.import.{code}")] == []
