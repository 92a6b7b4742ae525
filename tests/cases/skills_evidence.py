"""Cases of evidence: proofs of every type and role, own entries, and the overview of both."""

from datetime import date

from credentials.encoding import JsonObject, JsonValue
from schemas import catalog
from skills import evidence
from skills.evidence import ENDLESS, Entry, EntryKind, Proof, Statement, Status
from skills.validity import Standing, State
from tests.cases.case import Case

URI = "http://data.europa.eu/esco/skill/60ff3eac-7d4d-4e51-87b8-74c3b5d62498"
LISTS: dict[str, JsonValue] = {
    "two": [{"framework": "metalektro", "skill": "las-mag", "level": 3}, {"skill": "pbm"}],
    "foreign": [
        {"framework": "esco", "skill": "MAG", "level": 2, "alignment": [{"uri": URI}]},
        {"label_en": "welding", "alignment": [{"targetUrl": URI, "match": "exact"}, 7, {}]},
        {"framework": "other", "skill": "las-mag", "alignment": [{"uri": URI, "match": 3}]},
    ],
    "broken": [{"level": 3}, "las-mag", None, 7, [], {"skill": 7, "label_nl": "Lassen"}],
    "levels": [{"skill": "las-mag", "level": each} for each in (0, 5, True, "3", None, 2.5)],
    "not a list": {"skill": "las-mag"},
    "empty": [],
}


def cases() -> list[Case]:
    """Everything of this subject."""
    made = []
    for kind in catalog.credential_types():
        roles = (None, "", *(each.role for each in kind.may_issue))
        made += [
            Case(f"{kind.id} by {role or repr(role)}", "proof", proof(kind.id, role, {}))
            for role in roles
        ]
    made += [
        Case(
            f"a loose link as {role}",
            "proof",
            proof("collega-bevestiging", role, {"skills": LISTS["two"]}),
        )
        for role in (
            "employer",
            "hirer",
            "exam_centre",
            "training_provider",
            "manager",
            "accredited",
            "",
        )
    ]
    for name, skills in LISTS.items():
        given = proof("vca-basis", "exam_centre", {"skills": skills})
        made.append(Case(f"a list: {name}", "proof", given))
    made.append(Case("a volunteer", "proof", proof("bhv", None, {"voluntary": True})))
    levels: JsonObject = {"las-mag": 3, "lagers": None, "toveren": 2, "kanten": 9}
    for entry_kind in EntryKind:
        given = {"id": "own", "kind": entry_kind.value, "levels": levels, "said_on": "2026-01-02"}
        made.append(Case(f"own: {entry_kind}", "entry", given))
    both: JsonObject = {
        "proofs": [
            proof("werkervaringsverklaring", "employer", {"skills": [_skill("lagers", 3)]}),
            proof("evc-ervaringscertificaat", "evc_provider", {"skills": [_skill("lagers", 2)]}),
            proof("collega-bevestiging", None, {"skills": [_skill("inwerken", 3)]}),
            {
                **proof("vca-basis", "exam_centre", {"skills": [_skill("inwerken", 4)]}),
                "status": "withdrawn",
            },
        ],
        "entries": [{"id": "own", "kind": "work", "levels": {"inwerken": 4, "pbm": 1}}],
    }
    made.append(Case("all at once", "overview", both))
    return made


def proof(type_id: str, role: str | None, claims: JsonObject) -> JsonObject:
    """A proof as JSON."""
    given: JsonObject = {"id": type_id, "type": type_id, "role": role, "claims": claims}
    return {**given, "issued_on": "2026-09-01", "state": "valid", "status": "good"}


def proof_of(given: JsonValue) -> Proof:
    """The proof of a case."""
    assert isinstance(given, dict)
    claims, role = given["claims"], given["role"]
    assert isinstance(claims, dict)
    state = State(str(given["state"]))
    return Proof(
        id=str(given["id"]),
        type_id=str(given["type"]),
        role=str(role) if role is not None else None,
        claims=claims,
        issued_on=date.fromisoformat(str(given["issued_on"])),
        standing=ENDLESS if state is State.VALID else Standing(state, "expired"),
        status=Status(str(given["status"])),
    )


def entry_of(given: JsonValue) -> Entry:
    """The entry of a case."""
    assert isinstance(given, dict)
    levels, day = given["levels"], given.get("said_on")
    assert isinstance(levels, dict)
    return Entry(
        str(given["id"]),
        EntryKind(str(given["kind"])),
        {skill: level if isinstance(level, int) else None for skill, level in levels.items()},
        date.fromisoformat(str(day)) if day else None,
    )


def told(statement: Statement) -> JsonObject:
    """A statement with its links."""
    links: list[JsonValue] = [{"uri": each.uri, "match": each.match} for each in statement.links]
    return {**evidence.as_json(statement), "links": links}


def overview(given: JsonObject) -> JsonValue:
    """Skill by skill what is shown first, and how many said so."""
    proofs, entries = given["proofs"], given["entries"]
    assert isinstance(proofs, list)
    assert isinstance(entries, list)
    said = [one for each in proofs for one in evidence.of_proof(proof_of(each))]
    said += [one for each in entries for one in evidence.of_entry(entry_of(each))]
    return [
        {"skill": line.skill, "strongest": told(line.strongest), "said": len(line.statements)}
        for line in evidence.overview(said)
    ]


def _skill(skill: str, level: int) -> JsonObject:
    return {"skill": skill, "level": level}


ANSWERS = {
    "proof": lambda given: [told(each) for each in evidence.of_proof(proof_of(given))],
    "entry": lambda given: [told(each) for each in evidence.of_entry(entry_of(given))],
    "overview": overview,
}
