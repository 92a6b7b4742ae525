"""Cases of validity: each kind, on its edges, for readers inside and outside the firm."""

from datetime import date

from credentials.encoding import JsonObject, JsonValue
from skills.certificates import certificates, rule_of
from skills.validity import Confirmation, Reader, Shown, as_json, judge
from tests.cases.case import Case

FIRM = "did:web:firm.example"
WELDS: JsonObject = {"document_number": "L1", "process": "135", "date_of_test": "2025-02-10"}
DAYS = ("2024-02-29", "2026-08-02", "2026-11-23", "2031-01-31")

SHOWN: dict[str, tuple[str, JsonObject]] = {
    "vca": ("vca-basis", {"date_of_exam": "2016-12-20", "valid_until": "2026-12-20"}),
    "vca too long": ("vca-basis", {"date_of_exam": "2010-01-31", "valid_until": "2035-01-31"}),
    "vca without dates": ("vca-basis", {"valid_until": "2030-02-30"}),
    "weld b": ("lascertificaat-mag", {**WELDS, "route": "b"}),
    "weld a": ("lascertificaat-mag", {**WELDS, "route": "a"}),
    "weld c": ("lascertificaat-mag", {**WELDS, "route": "c", "employer_at_test": "Firm"}),
    "weld c hidden": ("lascertificaat-mag", {**WELDS, "route": "c"}),
    "weld z": ("lascertificaat-mag", {**WELDS, "route": "z"}),
    "weld undated": ("lascertificaat-mag", {"route": "a"}),
    "designation": (
        "nen-3140-aanwijzing-vop",
        {"designated_from": "2025-05-01", "review_by": "2028-05-01"},
    ),
    "designation ended": (
        "nen-3140-aanwijzing-vop",
        {"designated_from": "2025-05-01", "ended_on": "2026-10-31"},
    ),
    "training": ("nen-3140-vop-opleiding", {"date_of_result": "2025-04-11"}),
    "heftruck": ("heftruck", {"date_of_test": "2020-09-10"}),
    "heftruck undated": ("heftruck", {}),
    "bhv": ("bhv", {"date_of_course": "2025-09-30"}),
    "statement": ("werkervaringsverklaring", {}),
    "unknown": ("toverdiploma", {}),
}
CHAINS: dict[str, JsonValue] = {
    "unknown": None,
    "none": [],
    "kept up": [["L1", "2025-08-06", "Firm", "135"], ["L1", "2026-02-02", "Firm", None]],
    "late": [["L1", "2026-02-02", "Firm", "135"], ["L1", "2025-09-01", "Firm", "135"]],
    "another's": [["L2", "2025-08-06", "Firm", "135"], ["L1", "2025-08-06", "Firm", "141"]],
    "elsewhere": [["L1", "2025-08-06", "Other", "135"]],
}
CERTIFICATES: dict[str, JsonObject] = {
    "ipc-a-610": {"valid_until": "2026-11-30"},
    "iso-9712": {"first_certified_on": "2017-03-01"},
    "iso-14732": {"route": "b"},
    "iso-9606-2": {"document_number": "L1"},
    "aanslaan": {},
    "f-gassen": {},
    "evc": {},
}


def cases() -> list[Case]:
    """Everything of this subject."""
    readers: list[tuple[str, JsonObject]] = [
        ("anyone", {"identities": [], "max_age_months": None}),
        ("own", {"identities": [FIRM, "Firm"], "max_age_months": 24}),
    ]
    made = []
    for name, (type_id, claims) in SHOWN.items():
        chains = CHAINS if type_id == "lascertificaat-mag" else {"unknown": None}
        for chain, confirmations in chains.items():
            for day in DAYS:
                for reader, who in readers:
                    given: JsonObject = {"type": type_id, "claims": claims, "reader": who}
                    given |= {"on": day, "confirmations": confirmations, "until": None}
                    made.append(Case(f"{name}, {chain}, {day}, {reader}", "judge", given))
    for name, claims in CERTIFICATES.items():
        for day in DAYS:
            given = {"certificate": name, "claims": claims, "reader": readers[0][1]}
            given |= {"on": day, "confirmations": [], "until": None}
            made.append(Case(f"{name}, {day}", "judge", given))
    for until in ("2026-11-22", "2026-11-23", "2027-06-01"):
        for name in ("vca", "heftruck", "statement", "unknown", "designation"):
            type_id, claims = SHOWN[name]
            given = {"type": type_id, "claims": claims, "reader": readers[0][1]}
            given |= {"on": "2026-11-23", "confirmations": None, "until": until}
            made.append(Case(f"{name} that ends {until}", "judge", given))
    return made


def judged(given: JsonObject) -> JsonValue:
    """The standing of a case."""
    claims, who, chain = given["claims"], given["reader"], given["confirmations"]
    assert isinstance(claims, dict)
    assert isinstance(who, dict)
    identities, age = who["identities"], who["max_age_months"]
    assert isinstance(identities, list)
    named = given.get("certificate")
    until = given["until"]
    return as_json(
        judge(
            certificates()[str(named)].rule if named else rule_of(str(given["type"])),
            Shown(
                claims, FIRM, date(2024, 5, 3), date.fromisoformat(str(until)) if until else None
            ),
            on=date.fromisoformat(str(given["on"])),
            reader=Reader(
                frozenset(str(each) for each in identities), age if isinstance(age, int) else None
            ),
            confirmations=[_confirmation(each) for each in chain]
            if isinstance(chain, list)
            else None,
        )
    )


def _confirmation(row: JsonValue) -> Confirmation:
    assert isinstance(row, list)
    number, day, organisation, process = row
    return Confirmation(
        str(number),
        date.fromisoformat(str(day)),
        str(organisation),
        str(process) if process else None,
    )


ANSWERS = {"judge": judged}
