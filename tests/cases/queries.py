"""Cases of DCQL (OpenID4VP 1.0, sections 6 and 7): read, refused, and matched with what is held."""

import json

from credentials.encoding import JsonObject, JsonValue
from credentials.formats import FORMATS
from credentials.openid4vc.dcql import match, parse_query
from tests.cases.case import Case
from tests.cases.token_samples import DC, VC, held

TYPE = "https://skillspass.example/types/heftruck"
UNBOUND = held(payload={"cnf": None, "given_name": "Sam"})
HELD: list[JsonValue] = [
    {"format": "dc+sd-jwt", "wire": DC},
    {"format": "vc+sd-jwt", "wire": VC},
    {"format": "dc+sd-jwt", "wire": UNBOUND},
]


def asked(**change: JsonValue) -> JsonObject:
    """One credential query with members replaced, or taken out by None."""
    whole: JsonObject = {"id": "one", "format": "dc+sd-jwt", "meta": {"vct_values": [TYPE]}}
    return {name: value for name, value in (whole | change).items() if value is not None}


def path(*steps: JsonValue, **more: JsonValue) -> JsonValue:
    """One claim query."""
    return {"path": [*steps], **more}


def query(*credentials: JsonValue, **more: JsonValue) -> JsonObject:
    """A whole query."""
    return {"credentials": [*credentials], **more}


DEEP: JsonValue = "x"
for _ in range(40):
    DEEP = [DEEP]

MATCHED: dict[str, JsonObject] = {
    "no claims": query(asked()),
    "any type": query(asked(meta={})),
    "another type": query(asked(meta={"vct_values": ["https://x.example"]})),
    "one of two types": query(asked(meta={"vct_values": ["https://x.example", TYPE]})),
    "another format": query(asked(format="mso_mdoc", meta={"doctype_value": "x"})),
    "one claim": query(asked(claims=[path("given_name")])),
    "one claim that is missing": query(asked(claims=[path("given_name"), path("x")])),
    "always shown": query(asked(claims=[path("vct"), path("iss")])),
    "every skill": query(asked(claims=[path("skills", None)])),
    "one skill": query(asked(claims=[path("skills", 1, "skill")])),
    "a place behind the end": query(asked(claims=[path("skills", 7)])),
    "a name in a list": query(asked(claims=[path("skills", "skill")])),
    "one value": query(asked(claims=[path("skills", None, "skill", values=["tig", "x"])])),
    "no such value": query(asked(claims=[path("given_name", values=["Jan"])])),
    "a number, not a text": query(asked(claims=[path("skills", 0, "level", values=["2"])])),
    "a number": query(asked(claims=[path("skills", 0, "level", values=[2])])),
    "true is not one": query(asked(claims=[path("skills", 1, "level", values=[True])])),
    "unbound wanted": query(asked(require_cryptographic_holder_binding=False)),
    "several": query(asked(multiple=True)),
    "authorities": query(asked(trusted_authorities=[{"type": "aki", "values": ["x"]}])),
    "claim sets": query(
        asked(
            claims=[path("x", id="x"), path("given_name", id="g"), path("language", id="l")],
            claim_sets=[["x", "l"], ["g", "l"], ["l"]],
        )
    ),
    "w3c": query(
        asked(
            format="vc+sd-jwt",
            meta={"type_values": [["https://x.example"], [TYPE]]},
            claims=[path("credentialSubject", "given_name"), path("issuer")],
        )
    ),
    "w3c base type": query(
        asked(
            format="vc+sd-jwt",
            meta={
                "type_values": [["https://www.w3.org/2018/credentials#VerifiableCredential", TYPE]]
            },
        )
    ),
    "credential sets": query(
        asked(id="a", meta={"vct_values": ["https://x.example"]}),
        asked(id="b"),
        asked(id="c", format="vc+sd-jwt", meta={}),
        credential_sets=[
            {"options": [["a"], ["b", "c"]]},
            {"options": [["a"]], "required": False},
            {"options": [["b"], ["c"]]},
        ],
    ),
    "required-non-matching-credential": query(asked(claims=[path("diploma_number")])),
    "a required set that nothing answers": query(
        asked(id="a", meta={"vct_values": ["https://x.example"]}),
        asked(id="b"),
        credential_sets=[{"options": [["a"]]}, {"options": [["b"]]}],
    ),
}

REFUSED: dict[str, JsonObject] = {
    "empty": {},
    "no credentials": {"credentials": []},
    "no list": {"credentials": {}},
    "no id": query(asked(id=None)),
    "odd id": query(asked(id="a b")),
    "empty id": query(asked(id="")),
    "id twice": query(asked(), asked()),
    "no format": query(asked(format=None)),
    "no meta": query(asked(meta=None)),
    "empty vct_values": query(asked(meta={"vct_values": []})),
    "vct no text": query(asked(meta={"vct_values": [1]})),
    "type_values flat": query(asked(format="ldp_vc", meta={"type_values": ["x"]})),
    "empty claims": query(asked(claims=[])),
    "no path": query(asked(claims=[{}])),
    "empty path": query(asked(claims=[{"path": []}])),
    "negative step": query(asked(claims=[path(-1)])),
    "true step": query(asked(claims=[{"path": [True]}])),
    "object step": query(asked(claims=[path({})])),
    "empty values": query(asked(claims=[path("a", values=[])])),
    "value null": query(asked(claims=[path("a", values=[None])])),
    "value 1.5": query(asked(claims=[path("a", values=[1.5])])),
    "claim id twice": query(asked(claims=[path("a", id="x"), path("b", id="x")])),
    "claim set without ids": query(asked(claims=[path("a")], claim_sets=[["x"]])),
    "claim set of strangers": query(asked(claims=[path("a", id="a")], claim_sets=[["x"]])),
    "flag no flag": query(asked(multiple="yes")),
    "authority without values": query(asked(trusted_authorities=[{"type": "aki"}])),
    "unknown in a set": query(asked(), credential_sets=[{"options": [["x"]]}]),
    "set without options": query(asked(), credential_sets=[{}]),
    "51 credentials": query(*(asked(id=f"n{i}") for i in range(51))),
    "H084 51 claim sets": query(asked(claims=[path("a", id="a")], claim_sets=[["a"]] * 51)),
    "H084 nested": query(asked(meta={"x": DEEP})),
}


def cases() -> list[Case]:
    """Everything of this subject."""
    matched = [
        Case(f"match {name}", "match", {"query": each, "held": HELD})
        for name, each in MATCHED.items()
    ]
    return matched + [Case(f"refuse {n}", "read", {"query": q}) for n, q in REFUSED.items()]


def answer(given: JsonObject) -> JsonValue:
    """Who can answer what, with which paths."""
    document, wires = given["query"], given["held"]
    assert isinstance(document, dict)
    assert isinstance(wires, list)
    parsed = [
        FORMATS[str(each["format"])].parse(str(each["wire"]))
        for each in wires
        if isinstance(each, dict)
    ]
    found = match(parse_query(document), parsed)
    queries: list[JsonValue] = [
        {
            "id": each.query.id,
            "required": each.required,
            "candidates": [
                {
                    "index": candidate.index,
                    "choices": [
                        sorted(([*path] for path in choice), key=json.dumps)
                        for choice in candidate.choices
                    ],
                    "smallest": len(candidate.smallest()),
                }
                for candidate in each.candidates
            ],
        }
        for each in found.queries
    ]
    return {"possible": found.possible, "suggestion": [*found.suggestion()], "queries": queries}


def read(given: JsonObject) -> JsonValue:
    """The ids of a query that can be read."""
    document = given["query"]
    assert isinstance(document, dict)
    return [each.id for each in parse_query(document).credentials]


ANSWERS = {"match": answer, "read": read}
