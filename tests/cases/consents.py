"""Cases of consent: what will be seen of a credential, and what not (wallet design, section 10)."""

from credentials.claims import parse_path
from credentials.encoding import JsonObject, JsonValue
from credentials.formats import FORMATS
from credentials.formats.data_integrity import configured_for
from credentials.model import Credential, Validity
from credentials.openid4vc.dcql import match, parse_query
from schemas import catalog
from tests.cases.case import Case
from tests.cases.derivations import SIGNERS, secured
from tests.cases.keys import entropy
from tests.cases.token_samples import HOLDER, ISSUER
from tests.conftest import NOW
from wallet.holder.consent import Line, Option, option, smallest_question
from wallet.holder.vault import Giver, Held

TYPE = "https://skillspass.example/types/heftruck/1"
CLAIMS: JsonObject = {
    "truck_type": "reachtruck",
    "family_name": "Bakker",
    "given_name": "Jan",
    "date_of_test": "2026-10-01",
    "practical_test": True,
    "skills": [
        {"skill": "urn:a", "label_nl": "Rijden", "label_en": "Driving", "level": 2},
        {"skill": "urn:b", "label_nl": "Stapelen"},
    ],
    "details": [{"label": "Kamer", "label_en": "Room", "value": "3"}],
    "unknown": {"a": 1},
}
HIDDEN = [name for name in CLAIMS if name not in {"truck_type", "unknown"}]
WIRE = str(
    FORMATS["dc+sd-jwt"].issue(
        Credential(TYPE, "did:web:school.example", CLAIMS, NOW, Validity(NOW, None)),
        ISSUER,
        holder=HOLDER.public,
        disclosable=frozenset([(name,) for name in HIDDEN] + [("skills", None), ("details", None)]),
        entropy=entropy("consent"),
    )
)


def asked(*paths: list[JsonValue], **more: JsonValue) -> JsonObject:
    """A query for these claims."""
    claims: list[JsonValue] = [
        {"id": f"c{place}", "path": path} for place, path in enumerate(paths)
    ]
    one: JsonObject = {"id": "a", "format": "dc+sd-jwt", "meta": {"vct_values": [TYPE]}, **more}
    return {"credentials": [one | ({"claims": claims} if claims else {})]}


EVERYTHING: list[list[JsonValue]] = [[name] for name in CLAIMS]

QUERIES: dict[str, JsonObject] = {
    "nothing asked": asked(),
    "one name": asked(["given_name"]),
    "what the presets ask": asked(["date_of_test"], ["truck_type"], ["practical_test"]),
    "any skill": asked(["skills", None]),
    "all skills": asked(["skills"]),
    "one skill": asked(["skills", 1]),
    "inside a skill": asked(["skills", 0, "level"]),
    "a detail": asked(["details", None]),
    "H084 everything": asked(*EVERYTHING),
    "a choice of sets": asked(
        ["given_name"], ["date_of_test"], ["skills", None], claim_sets=[["c0", "c1"], ["c2"]]
    ),
    "what is always there": asked(["truck_type"], ["unknown", "a"], ["vct"]),
}

PICKS: dict[str, tuple[str, list[JsonValue]]] = {
    "nothing of a group": ("any skill", []),
    "one of a group": ("any skill", [["skills", 1]]),
    "a stranger": ("one name", [["family_name"]]),
    "over and above": ("H084 everything", [["given_name"], ["skills", 0], ["details", 0]]),
}


def within(*paths: list[JsonValue]) -> JsonObject:
    """A query for these claims of a credential with an embedded proof."""
    claims: list[JsonValue] = [{"path": ["credentialSubject", *path]} for path in paths]
    one: JsonObject = {"id": "a", "format": "ldp_vc", "meta": {"type_values": [[TYPE]]}}
    return {"credentials": [{**one, "claims": claims}]}


EMBEDDED: dict[str, JsonObject] = {
    "one claim": within(["date_of_test"]),
    "any skill": within(["skills", None]),
    "inside a skill": within(["skills", 0, "level"]),
    "over and above": within(["given_name"], ["truck_type"]),
}
"""Asked of a credential by each suite; what cannot be shown in part is shown whole."""


def embedded(suite: str) -> JsonObject:
    """A credential with an embedded proof."""
    return {"format": "ldp_vc", "wire": secured(suite)}


def cases() -> list[Case]:
    """Everything of this subject."""
    base: JsonObject = {"format": "dc+sd-jwt", "wire": WIRE, "entry": entry()}
    return [
        *(
            Case(f"lay out {suite}: {name}", "lay out", {"query": each, **base, **embedded(suite)})
            for suite in SIGNERS
            for name, each in EMBEDDED.items()
        ),
        *(
            Case(f"lay out {name}", "lay out", {"query": each, **base})
            for name, each in QUERIES.items()
        ),
        *(
            Case(f"pick {name}", "pick", {"query": QUERIES[query], "picked": picked, **base})
            for name, (query, picked) in PICKS.items()
        ),
    ]


def entry() -> JsonObject:
    """What the catalogue says of the type."""
    known = catalog.by_url(TYPE)
    assert known is not None
    claims: list[JsonValue] = [
        {"path": claim.path, "nl": claim.label_nl, "en": claim.label_en} for claim in known.claims
    ]
    smallest: list[JsonValue] = sorted(([*path] for path in smallest_question(TYPE)), key=str)
    return {"claims": claims, "smallest": smallest}


def laid_out(given: JsonObject) -> Option:
    """The option of a case."""
    document = given["query"]
    assert isinstance(document, dict)
    name, wire = str(given["format"]), given["wire"]
    assert isinstance(wire, str | dict)
    unverified = (configured_for(wire) if name == "ldp_vc" else FORMATS[name]).parse(wire)
    (found,) = match(parse_query(document), [unverified]).queries
    giver = Giver("did:web:school.example", "School", "school.example", listed=True)
    held = Held("x", name, wire, {}, giver, NOW)
    return option(found.query, found.candidates[0], held, unverified)


def described(line: Line) -> JsonValue:
    """One line as JSON."""
    return {
        "path": [*line.path],
        "kind": line.kind.value,
        "nl": line.label("nl"),
        "en": line.label("en"),
        "value": line.value,
        "group": [*line.group] if line.group is not None else None,
        "over": line.over,
    }


def lay_out(given: JsonObject) -> JsonValue:
    """What will be seen, and what not."""
    found = laid_out(given)
    return [[described(each) for each in lines] for lines in (found.lines, found.hidden)]


def pick(given: JsonObject) -> JsonValue:
    """What is disclosed for a choice, and the lines that are seen."""
    picked = given["picked"]
    assert isinstance(picked, list)
    found, chosen = laid_out(given), frozenset(map(parse_path, picked))
    paths: list[JsonValue] = sorted(([*path] for path in found.disclose(chosen)), key=str)
    return [paths, [described(each) for each in found.seen(chosen)]]


ANSWERS = {"lay out": lay_out, "pick": pick}
