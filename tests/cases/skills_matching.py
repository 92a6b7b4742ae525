"""Cases of matching: passports beside every vacancy and profile, and functions put in order."""

from dataclasses import replace
from datetime import date

from credentials.encoding import JsonObject, JsonValue
from skills.evidence import ENDLESS, EntryKind, Link, Statement, Status, grade
from skills.framework import metalektro
from skills.matching import Functions, as_json, compare
from skills.profiles import profiles
from skills.vacancies import RequirementSet, of_profile, vacancies
from skills.validity import Standing, State
from tests.cases.case import Case
from tests.cases.skills_evidence import proof, proof_of

URI = "http://data.europa.eu/esco/skill/60ff3eac-7d4d-4e51-87b8-74c3b5d62498"
WELDS: JsonObject = {"process": "135", "position": ["PA", "PF"], "material_group": "FM1"}


def said(skill: str, level: int | None, word: str = "self", **more: JsonValue) -> JsonObject:
    """A statement as JSON."""
    base: JsonObject = {"skill": skill, "level": level, "grade": word, "on": "2026-09-01"}
    return {**base, "state": "valid", "status": "good", "links": None, **more}


PEOPLE: dict[str, list[JsonValue]] = {
    "nobody": [],
    "a welder": [
        said("las-mag", 4, "accredited", state="ended"),
        said("las-mag", 3, "manager"),
        said("las-visueel", 3, "manager"),
        said("meten-schuifmaat", 3, "manager"),
        said("visuele-keuring", 3),
        said("tek-lezen", 3),
        said("las-posities", None, "assessed"),
    ],
    "a driver": [
        said("reachtruck", 3, "assessed"),
        said("heftruck", 2, "assessed", status="withdrawn"),
        said("pbm", 2, status="paused"),
        said("veilig-werken", 2, status="unknown"),
        said("inpakken", 2, "colleague", state="unknown"),
        said("voorraad", 2, state="waiting"),
        said("erp", 2, state="not_for_you"),
        said("digitaal", 3),
    ],
    "from elsewhere": [
        said("MAG welding", 3, "assessed", links=[[URI, "exact"], ["urn:x", "close"]]),
        said("welding", 2, links=[[URI, "narrow"]]),
        said("joining", 2, links=[[URI, "broad"], [URI, "related"]]),
    ],
    "an electrician": [
        said("bedraden", 3, "manager"),
        said("schema-lezen", 2, "manager"),
        said("meten-elektrisch", 3, "assessed"),
        said("meten-elektrisch", 4),
        said("veilig-schakelen", 3, "assessed", state="ended"),
        said("motor-aansluiten", 2),
    ],
}
PROOFS: dict[str, list[JsonValue]] = {
    "none": [],
    "welding": [proof("lascertificaat-mag", "examining_body", WELDS)],
    "welding, part": [
        {
            **proof("lascertificaat-mag", "examining_body", {**WELDS, "position": ["PA"]}),
            "state": "ended",
        },
        proof("lascertificaat-mag", None, {"process": "135"}),
    ],
    "taken back": [
        {**proof("vca-basis", "exam_centre", {}), "status": "withdrawn"},
        {**proof("lascertificaat-mag", "examining_body", WELDS), "status": "paused"},
        {**proof("heftruck", "employer", {}), "status": "unknown"},
    ],
    "designated": [
        {**proof("nen-3140-aanwijzing-vop", "employer", {}), "state": "not_for_you"},
        proof("vca-basis", "exam_centre", {}),
    ],
}


def cases() -> list[Case]:
    """Everything of this subject."""
    made = []
    for name, statements in PEOPLE.items():
        given: JsonObject = {"statements": statements}
        made.append(Case(f"functions for {name}", "functions", given))
        for asked in (*vacancies(), *list(profiles())[::6]):
            case: JsonObject = {**given, "asked": asked, "proofs": [], "requested": None}
            made.append(Case(f"{name} beside {asked}", "compare", case))
    for name, proofs in PROOFS.items():
        for asked in vacancies():
            case = {"statements": [], "asked": asked, "proofs": proofs, "requested": None}
            made.append(Case(f"{name} beside {asked}", "compare", case))
    case = {"statements": PEOPLE["a welder"], "asked": "vac-002", "proofs": PROOFS["welding"]}
    made.append(
        Case("a part was asked", "compare", {**case, "requested": ["las-mag", "vca-basis"]})
    )
    return made


def statement_of(given: JsonValue) -> Statement:
    """The statement of a case; links of the framework where it gives none."""
    assert isinstance(given, dict)
    skill, level, state = str(given["skill"]), given["level"], State(str(given["state"]))
    links = given["links"]
    named = metalektro().skills.get(skill)
    own = tuple(Link(each.uri, each.match) for each in named.alignment) if named else ()
    return Statement(
        skill=skill,
        level=level if isinstance(level, int) else None,
        grade=grade(str(given["grade"])),
        kind=EntryKind.WORK,
        source=skill,
        on=date.fromisoformat(str(given["on"])),
        standing=ENDLESS if state is State.VALID else Standing(state, "expired"),
        status=Status(str(given["status"])),
        links=tuple(_link(each) for each in links) if isinstance(links, list) else own,
    )


def _link(row: JsonValue) -> Link:
    assert isinstance(row, list)
    return Link(str(row[0]), str(row[1]))


def asked_of(name: str) -> RequirementSet:
    """What a vacancy or profile asks."""
    found = vacancies().get(name)
    return found.requirements if found else of_profile(profiles()[name])


def compared(given: JsonObject) -> JsonValue:
    """The answers of a case."""
    statements, proofs, requested = given["statements"], given["proofs"], given["requested"]
    assert isinstance(statements, list)
    assert isinstance(proofs, list)
    answers = compare(
        [statement_of(each) for each in statements],
        asked_of(str(given["asked"])),
        proofs=[replace(proof_of(each), id=str(place)) for place, each in enumerate(proofs)],
        requested=frozenset(map(str, requested)) if isinstance(requested, list) else None,
    )
    return [as_json(each) for each in answers]


def ordered(given: JsonObject) -> JsonValue:
    """All profiles in the order of overlap."""
    statements = given["statements"]
    assert isinstance(statements, list)
    functions = Functions(of_profile(each) for each in profiles().values())
    return [
        [each.id, each.met, each.partly, each.missing, each.welcome_met]
        for each in functions.sorted_for([statement_of(one) for one in statements])
    ]


ANSWERS = {"compare": compared, "functions": ordered}
