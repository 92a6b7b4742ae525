"""Documents bent in many ways: the grammar of the differential fuzzer.

Each seed gives the same documents everywhere. The bases are what we meet every day; the bends are
everything that JSON-LD, RDF or our own rules might treat in a special way.
"""

import copy
import json
import random
from collections.abc import Iterator

from credentials.encoding import JsonObject, JsonValue
from schemas import catalog
from schemas.contexts import SKILLS_CONTEXT
from skills.framework import metalektro, statement
from tests.credentials.test_contexts import claims_of
from tests.differential.badges import OPEN_BADGES, badge

V1, V2 = "https://www.w3.org/2018/credentials/v1", "https://www.w3.org/ns/credentials/v2"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
STATUS_2021 = "https://w3id.org/vc/status-list/2021/v1"
EXAMPLES_V2 = "https://www.w3.org/ns/credentials/examples/v2"
CITIZENSHIP = "https://w3id.org/citizenship/v4rc1"

PROOF: JsonObject = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "created": "2026-11-23T12:00:00Z",
    "verificationMethod": "did:web:issuer.skillspass.example#key-1",
    "proofPurpose": "assertionMethod",
    "proofValue": "z58PcDoCRFkX9gw5C9dhc4m1EJnTN16BiiDf1v54KPLux3g6owFZoPqmQmkd",
}

_CONTEXTS: list[JsonValue] = [
    [V2],
    V2,
    [V1],
    [V2, SKILLS_CONTEXT],
    [SKILLS_CONTEXT, V2],
    [V1, SKILLS_CONTEXT],
    [V2, SKILLS_CONTEXT, DATA_INTEGRITY],
    [V1, DATA_INTEGRITY],
    [V1, STATUS_2021],
    [V2, EXAMPLES_V2],
    [V2, CITIZENSHIP],
    [V2, OPEN_BADGES],
    [V2, OPEN_BADGES, SKILLS_CONTEXT],
    [SKILLS_CONTEXT],
    [V2, "https://evil.example/v1"],
    [V2, {"name": "urn:x:name"}],
    [V2, {"@vocab": "urn:x#"}],
    [],
    None,
    7,
]
_NAMES = [
    *("id", "type", "name", "description", "issuer", "credentialSubject", "credentialStatus"),
    *("validFrom", "validUntil", "evidence", "proof", "verifiableCredential", "holder", "level"),
    *("skills", "skill", "label_nl", "label_en", "alignment", "uri", "grade", "date_of_test"),
    *("position", "statusPurpose", "statusListIndex", "statusListCredential", "proofPurpose"),
    *(
        "verificationMethod",
        "challenge",
        "domain",
        "termsOfUse",
        "refreshService",
        "relatedResource",
    ),
    *("digestSRI", "mediaType", "credentialSchema", "jsonSchema", "renderMethod", "issuanceDate"),
    *(
        "assertionMethod",
        "controller",
        "cryptosuite",
        "nonce",
        "created",
        "expires",
        "previousProof",
    ),
    *(
        "foobar",
        "@type",
        "@id",
        "@graph",
        "@value",
        "@list",
        "@set",
        "@index",
        "@nest",
        "@included",
    ),
    *(
        "@context",
        "@reverse",
        "@language",
        "schema:name",
        "https://schema.org/name",
        "",
        "a:b",
        "@x",
    ),
]
_TEXTS = [
    *(
        "",
        " ",
        "x",
        "Jan",
        'een "aanhaling"',
        "\\",
        "a\nb\tc\rd",
        "\u0000\u0007\u0008\u000c\u001f\u007f",
    ),
    *(
        "é漢😀",
        "\u0085\u00a0\u2028",
        "\ud800",
        "\udc00x",
        "2026-11-23",
        "2026-11-23T12:00:00Z",
        "true",
    ),
    *("urn:a", "urn:b", "did:example:a", "http://a.example/x", "relative", "/x", "//x", "#f", "?q"),
    *(
        "_:b0",
        "_:x",
        "urn:with space",
        "urn:<>",
        "urn:\u00a0",
        "urn:é",
        "https://w3id.org/a b",
        "a:b",
    ),
    *(
        "relative-iri:x",
        "relative-iri://nowhere/x",
        "@id",
        "@type",
        "@json",
        "@none",
        "@vocab",
        ":",
    ),
    *(
        "cred:x",
        "sec:x",
        "schema:x",
        "xsd:date",
        "mailto:a@b.c",
        "HTTP://A",
        "1:2",
        "x:",
        "assertionMethod",
    ),
    *(
        "authentication",
        "VerifiableCredential",
        "revocation",
        "eddsa-rdfc-2022",
        "urn:x\n",
        "urn:\ud800",
    ),
]
_NUMBERS: list[JsonValue] = [
    *(0, 1, -3, 5, 2500, 2**53 - 1, 2**53, -(2**53), 10**21, 10**22, True, False),
    *(0.0, -0.0, 1.5, 7.5, 2500.0, 1e20, 1e21, 1e22, 1e-7, 5e-324, 1.7976931348623157e308),
    *(0.1, 0.30000000000000004, float("inf"), float("nan")),
]
_TYPES: list[JsonValue] = [
    *("VerifiableCredential", "VerifiablePresentation", "DataIntegrityProof", "Foo", "urn:x:type"),
    *("BitstringStatusListEntry", "JsonSchema", "https://skillspass.example/types/heftruck/1"),
    *("StatusList2021Entry", "Multikey", "BitstringStatusListCredential", "_:t", "relative", ""),
    *("Alignment", "Profile", "Achievement", "Result", "Address", "IdentifierEntry"),
    ["Profile", "Achievement"],
    ["Alignment", "AchievementSubject", "EndorsementCredential"],
    ["VerifiableCredential", "VerifiableCredential"],
    ["DataIntegrityProof", "BitstringStatusListEntry"],
    ["BitstringStatusList", "DataIntegrityProof", "VerifiableCredential"],
    ["JsonSchemaCredential", "VerifiablePresentation"],
    ["PermanentResident", "Person"],
    [],
    [[]],
    [{}],
    {},
    5,
    [True],
    None,
    ["urn:x:a", 5],
]


def bases() -> list[JsonObject]:
    """The documents that we meet: thirteen credentials, presentations, lists, configurations."""
    types = enumerate(catalog.credential_types())
    credentials = [_credential(entry.id, entry.url, index) for index, entry in types]
    secured: list[JsonValue] = [{**credential, "proof": PROOF} for credential in credentials[:3]]
    presentation: JsonObject = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": "did:example:worker",
        "verifiableCredential": secured[:1],
        "proof": {**PROOF, "challenge": "n", "domain": "urn:x:verifier"},
    }
    status_list: JsonObject = {
        "@context": [V2],
        "id": "https://issuer.skillspass.example/status/bitstring/revocation/1",
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": "did:web:issuer.skillspass.example",
        "credentialSubject": {
            "id": "https://issuer.skillspass.example/status/bitstring/revocation/1#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA",
        },
    }
    old: JsonObject = {
        **credentials[0],
        "@context": [V1, SKILLS_CONTEXT, STATUS_2021],
        "issuanceDate": "2026-11-23T12:00:00Z",
        "credentialStatus": {
            "id": "urn:x:status#7",
            "type": "StatusList2021Entry",
            "statusPurpose": "revocation",
            "statusListIndex": "7",
            "statusListCredential": "urn:x:status",
        },
    }
    for member in ("validFrom", "validUntil"):
        old.pop(member)
    configuration: JsonObject = {**PROOF, "@context": [V2, SKILLS_CONTEXT]}
    several = {**presentation, "verifiableCredential": secured}
    whole = [*credentials, status_list, old, configuration, presentation, several, badge()]
    return copy.deepcopy([*whole, *(entry for entry in secured if isinstance(entry, dict))])


def _credential(type_id: str, url: str, index: int) -> JsonObject:
    entries: list[JsonValue] = [
        {
            "type": "BitstringStatusListEntry",
            "statusPurpose": purpose,
            "statusListIndex": str(index),
            "statusListCredential": f"https://issuer.skillspass.example/status/{purpose}/1",
        }
        for purpose in ("revocation", "suspension")
    ]
    claims: JsonObject = copy.deepcopy(claims_of(type_id))
    return {
        "@context": [V2, SKILLS_CONTEXT],
        "id": f"urn:uuid:58172aac-d8ba-11ed-83dd-{index:012d}",
        "type": ["VerifiableCredential", url],
        "issuer": {"id": "did:web:issuer.skillspass.example", "name": "Opleider"},
        "validFrom": "2026-11-23T12:00:00Z",
        "validUntil": "2031-11-23T12:00:00Z",
        "credentialSubject": {"id": "did:example:worker", **claims},
        "credentialStatus": entries,
    }


def documents(seed: int, count: int) -> Iterator[JsonObject]:
    """Bent documents, the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    whole = bases()
    for _ in range(count):
        document = copy.deepcopy(chance.choice(whole))
        for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 3, 5))):
            _bend(document, chance)
        yield document


def _bend(document: JsonObject, chance: random.Random) -> None:
    node = chance.choice([*_nodes(document)])
    names = [name for name in node if name != "@context"]
    name = chance.choice(names) if names else "name"
    bend = chance.choices(range(10), (12, 12, 18, 10, 10, 12, 5, 8, 8, 5))[0]
    if bend == 0:
        node.pop(name, None)
    elif bend == 1:
        node[name] = _value(chance)
    elif bend == 2:
        node[chance.choice(_NAMES)] = _value(chance)
    elif bend == 3:
        node["id"] = chance.choice(_TEXTS)
    elif bend == 4:
        node["type"] = copy.deepcopy(chance.choice(_TYPES))
    elif bend == 5:
        _repeat(node, name, chance)
    elif bend == 6:
        (node if chance.random() < 0.3 else document)["@context"] = copy.deepcopy(
            chance.choice(_CONTEXTS)
        )
    elif bend == 7:
        other = chance.choice([*_nodes(document)])
        node[chance.choice(_NAMES[:60])] = copy.deepcopy(other)
    elif bend == 8:
        node["skills"] = _skills(chance)
    else:
        _reorder(node, chance)


def _repeat(node: JsonObject, name: str, chance: random.Random) -> None:
    value = node.get(name)
    entries = value if isinstance(value, list) else [value]
    doubled = [*entries, *copy.deepcopy(entries[: chance.randint(1, 2)])]
    node[name] = doubled if chance.random() < 0.8 else [doubled]


def _reorder(node: JsonObject, chance: random.Random) -> None:
    members = [*node.items()]
    chance.shuffle(members)
    node.clear()
    node.update(members)


def _skills(chance: random.Random) -> JsonValue:
    """Several skills, some of them alike: first degree hashes are then equal."""
    found = [*metalektro().skills]
    several = [statement(chance.choice(found[:3]), 2) for _ in range(chance.randint(1, 4))]
    return json.loads(json.dumps(several))  # type: ignore[no-any-return]  # JSON of our own making


def _value(chance: random.Random) -> JsonValue:
    kind = chance.randrange(9)
    text = chance.choice(_TEXTS)
    values: list[JsonValue] = [
        text,
        text,
        chance.choice(_NUMBERS),
        None,
        [],
        {},
        [text, chance.choice(_NUMBERS), text],
        {chance.choice(_NAMES): text, chance.choice(_NAMES): chance.choice(_TEXTS)},
        {"@value": chance.choice([text, text, *_NUMBERS[:3]]), **_tag(chance)},
    ]
    return values[kind]


def _tag(chance: random.Random) -> JsonObject:
    tags: list[JsonObject] = [
        {"@language": "nl"},
        {"@language": "EN-gb"},
        {"@language": "not a tag"},
        {"@language": None},
        {"@type": "http://www.w3.org/2001/XMLSchema#date"},
        {"@type": "@json"},
        {"@type": "Foo", "@language": "nl"},
        {"@direction": "rtl"},
        {"@index": "x"},
        {},
    ]
    return chance.choice(tags)


def _nodes(value: JsonValue) -> Iterator[JsonObject]:
    if isinstance(value, dict):
        yield value
        for name, member in value.items():
            if name != "@context":
                yield from _nodes(member)
    elif isinstance(value, list):
        for member in value:
            yield from _nodes(member)
