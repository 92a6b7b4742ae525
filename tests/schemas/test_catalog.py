"""The credential types and presets: checked on load, and schemas of what may be shown."""

from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from schemas import catalog, messages
from schemas.claim_kinds import kind_schema
from schemas.credential_types import MonthsAfter, Pattern
from schemas.files import ROOT, DataFileError, JsonObject
from skills.framework import metalektro, statement

IDS = [found.id for found in catalog.credential_types()]


def valid(type_id: str, claims: JsonObject, *, disclosed: bool = True) -> bool:
    schema = catalog.json_schema(type_id, disclosed=disclosed)
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(schema, format_checker=checker).is_valid(claims)


def test_thirteen_types_are_found_by_id_and_by_url() -> None:
    assert len(IDS) == 13
    for found in catalog.credential_types():
        assert catalog.credential_type(found.id) is found
        assert catalog.by_url(found.url) is found
        assert set(found.skills) <= set(metalektro().skills)
    assert catalog.by_url("https://skillspass.example/types/heftruck/2") is None
    with pytest.raises(KeyError):
        catalog.credential_type("paardrijden")


def test_a_type_says_who_decides_about_each_claim() -> None:
    welding = catalog.credential_type("lascertificaat-mag")
    assert {("skills",), ("skills", None), ("given_name",)} <= welding.disclosable()
    assert ("process",) not in welding.disclosable()
    number = welding.claim("document_number")
    assert number is not None
    assert number.number_claim
    assert number.label("nl") == "nummer van het bewijs"
    assert welding.claim("birth_date") is None
    assert welding.title("en") == "Welder qualification MAG (ISO 9606-1)"


def test_list_items_can_be_chosen_where_the_list_itself_is_always_shown() -> None:
    paths = catalog.credential_type("praktijkverklaring").disclosable()
    assert ("work_processes", None) in paths
    assert ("work_processes",) not in paths


def test_computed_claims_are_read_as_rules() -> None:
    vca = catalog.credential_type("vca-basis")
    assert vca.computed["valid_until"] == MonthsAfter("date_of_exam", 120)
    assert vca.computed["document_number"] == Pattern("VB-{Cursistnummer}", ("Cursistnummer",))


@pytest.mark.parametrize("type_id", IDS)
@pytest.mark.parametrize("disclosed", [True, False])
def test_every_type_gives_a_json_schema(type_id: str, *, disclosed: bool) -> None:
    schema = catalog.json_schema(type_id, disclosed=disclosed)
    Draft202012Validator.check_schema(schema)
    never = {"birth_date", "reason_for_leaving", "judgement"}
    assert isinstance(schema["properties"], dict)
    assert not never & set(schema["properties"])


def test_a_schema_asks_only_what_is_always_shown() -> None:
    shown: JsonObject = {"date_of_exam": "2026-04-27", "valid_until": "2036-04-27"}
    assert valid("vca-basis", shown)
    assert not valid("vca-basis", {"date_of_exam": "2026-04-27"})
    assert not valid("vca-basis", shown, disclosed=False)
    assert valid("vca-basis", {**shown, "given_name": "R", "family_name": "V"}, disclosed=False)
    assert valid("vca-basis", {**shown, "skills": [statement("pbm", 2)]})
    assert valid("vca-basis", {**shown, "skills": []})
    assert not valid("vca-basis", {**shown, "birth_date": "1970-01-01"})
    assert not valid("vca-basis", {**shown, "skills": [{"skill": "pbm"}]})


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("text", "Zoë", ""),
        ("text", "O'Neil-de Boer", "Jan\u202esen"),
        ("text", "x" * 200, "x" * 201),
        ("text", "één regel", "twee\nregels"),
        ("text up to 300 characters", "x" * 300, "x" * 301),
        (r"text ^\d{5}$", "25246", "2524"),
        ("date", "2026-02-28", "2026-02-30"),
        ("date", "2024-02-29", "29-02-2024"),
        ("date range", "2004-03/2026-08", "sinds 2004"),
        ("enum P|T", "P", "X"),
        ("code ISO 4063", "135", "MAG"),
        ("range mm", "3-12", "dun"),
        ("list of code", ["PA", "PF"], "PA"),
        ("list of text", ["brand"], [1]),
        ("number", 2500, "2500"),
        ("number 1-8", 3, 9),
        ("decimal", 7.6, "7,6"),
        ("yes/no", False, "nee"),
        ("organisation", "Constructie Noord (fictief)", 5),
        ("list of {code, name}", [{"code": "W1", "name": "w"}], [{"code": "W1"}]),
        ("list of {part, recognised}", [{"part": "a", "recognised": True}], [{"part": "a"}]),
        ("attachment digest", "sha256-" + "A" * 43, "md5-abc"),
    ],
)
def test_every_kind_accepts_its_own_and_refuses_others(
    kind: str, good: object, bad: object
) -> None:
    checker = Draft202012Validator.FORMAT_CHECKER
    schema = Draft202012Validator(kind_schema(kind), format_checker=checker)
    assert schema.is_valid(good)
    assert not schema.is_valid(bad)


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        kind_schema("photograph")


def raw_types() -> list[dict[str, object]]:
    listed = yaml.safe_load((ROOT / "types" / "types.yaml").read_text("utf-8"))["types"]
    assert isinstance(listed, list)
    return listed


def read(directory: Path, types: list[dict[str, object]]) -> None:
    path = directory / "types.yaml"
    path.write_text(yaml.safe_dump({"version": 1, "types": types}), "utf-8")
    catalog.read_types(path)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("title_en", "", "title_en: expected a text"),
        ("type", "http://example.org/x", "type: expected https"),
        ("evidence_grade", "excellent", "evidence_grade: expected one of"),
        ("validity", {"kind": "forever"}, "validity: kind:"),
        ("validity", {"kind": "fixed"}, "kind: fixed needs a claim valid_until"),
        ("validity", {"kind": "none", "start": "birth"}, "start: no claim birth"),
        ("from_list", {"shoe_size": "Maat"}, "shoe_size: unknown field"),
        ("computed", {"document_number": "just text"}, "document_number: expected"),
        ("fixed_for_demo", {"shoe_size": 42}, "shoe_size: unknown field"),
        ("confirms", "nothing", "confirms: no type nothing"),
        ("course_names", ["VCA Basis"], "course_names: also of"),
        ("colour", "red", "colour: unknown field"),
    ],
)
def test_a_wrong_type_names_file_type_and_field(
    tmp_path: Path, field: str, value: object, reason: str
) -> None:
    types = deepcopy(raw_types())
    types[0][field] = value
    with pytest.raises(DataFileError, match=r"types\.yaml") as refused:
        read(tmp_path, types)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "photograph"}, "unknown kind of claim"),
        ({"disclosure": "sometimes"}, "sometimes"),
        ({"path": "Given Name"}, "path: expected lower case"),
        ({"item_disclosure": "choose"}, "item_disclosure: expected choose, on a list"),
        ({"required": "yes"}, "required: expected true or false"),
    ],
)
def test_a_wrong_claim_names_the_claim(
    tmp_path: Path, change: dict[str, object], reason: str
) -> None:
    types = deepcopy(raw_types())
    claims = types[0]["claims"]
    assert isinstance(claims, list)
    claims[0].update(change)
    with pytest.raises(DataFileError, match=r"types\.yaml: lascertificaat-mag/") as refused:
        read(tmp_path, types)
    assert reason in str(refused.value)


def test_presets_ask_known_claims_of_known_types_in_both_formats() -> None:
    assert set(catalog.query_names()) == {"skills", "vca", "welding", "forklift"}
    for name in catalog.query_names():
        credentials = catalog.query(name)["credentials"]
        assert isinstance(credentials, list)
        assert len(credentials) == 2
        for language in messages.LANGUAGES:
            assert messages.sentence(f"preset.{name}.title", language)
            assert messages.sentence(f"preset.{name}.purpose", language)


def test_the_skills_preset_asks_skills_of_every_type_that_has_them_and_no_more() -> None:
    with_skills = [found.url for found in catalog.credential_types() if found.claim("skills")]
    asked = catalog.query("skills")
    assert asked["credentials"] == [
        {
            "id": "skills_sd_jwt",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": with_skills},
            "claims": [{"path": ["skills", None]}],
        },
        {
            "id": "skills_ldp",
            "format": "ldp_vc",
            "meta": {"type_values": [[url] for url in with_skills]},
            "claims": [{"path": ["credentialSubject", "skills", None]}],
        },
    ]
    assert asked["credential_sets"] == [{"options": [["skills_sd_jwt"], ["skills_ldp"]]}]


@pytest.mark.parametrize("name", ["vca", "welding", "forklift"])
def test_a_preset_asks_no_name(name: str) -> None:
    assert "name" not in str(catalog.query(name)["credentials"])
    with pytest.raises(KeyError):
        catalog.query("everything")
