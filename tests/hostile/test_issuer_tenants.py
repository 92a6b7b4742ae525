"""H091: nobody reaches another organisation's things by their ids, at any route of the issuer."""

import ast
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from credentials.errors import RejectedError
from issuer.pages.frame import TEMPLATES
from issuer.ports import Ports
from issuer.tables import Offer
from tests.hostile.two_offices import (
    CHOICES,
    FIRM_LIST,
    FIXED,
    FORKLIFT_FORM,
    OWN_TEMPLATE,
    SECRETS,
    Door,
    Values,
    Visitor,
    belongings,
    doors_of,
    dump,
    forms_of,
    open_two,
    paths_of,
    visitor,
)
from tests.issuer.lists import csv_of, other
from tests.issuer.office import FORKLIFT, Office

ADDRESSES = frozenset({"slug"})
"""Names an organisation by its public address; everybody may."""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_two(tmp_path)


def naming(office: Office) -> list[Door]:
    """Every route with an id in its path."""
    free = ADDRESSES | SECRETS
    return [door for door in doors_of(office.app) if not free.issuperset(door.names)]


def theirs_at(door: Door, ids: Values, office: Office, visitor_key: str) -> Values:
    """The ids of another organisation than the one that a door speaks for.

    At the root the first organisation stands: there the firm's things are the foreign ones.
    """
    if "ports_of" not in door.dependencies or "slug" in door.names:
        return ids
    made = office.operator(
        "POST", "/offers", json={"type": "heftruck", "claims": FORKLIFT}, key=visitor_key
    )
    with office.ports.database.reading() as session:
        link = session.get_one(Offer, made.json()["id"]).link_id
    return {**ids, "link_id": (link,), "number": (str(FIRM_LIST),)}


def reached(office: Office, firm: Visitor, ids: Values, doors: list[Door]) -> list[str]:
    """Where the firm gets anything but "not found"."""
    wrong = []
    for door in doors:
        for path in paths_of(door, theirs_at(door, ids, office, firm.key)):
            for form in forms_of(door):
                answer = firm.call(door, path, form)
                code = answer.json().get("code") if answer.status_code == 404 else None
                if code != "not_found":
                    wrong.append(f"{door.method} {door.path}: {answer.status_code}")
    return wrong


def test_h091_an_id_of_another_organisation_is_not_found(office: Office) -> None:
    ids, doors = belongings(office), naming(office)
    firm = visitor(office, "demo-brugman-1")
    before = dump(office)
    assert len(doors) > 40
    assert reached(office, firm, ids, doors) == []
    assert dump(office) == before


def test_h091_the_same_ids_are_found_by_their_own_organisation(office: Office) -> None:
    ids = belongings(office)
    own = visitor(office, "demo-own-1")
    looking = [door for door in naming(office) if not door.changes and "slug" not in door.names]
    lost = {
        door.path
        for door in looking
        if all(own.call(door, path, {}).status_code == 404 for path in paths_of(door, ids))
    }
    assert lost == set()


def test_h091_a_route_with_an_unknown_id_would_be_seen() -> None:
    app = FastAPI()
    app.add_api_route("/things/{thing_id}", lambda thing_id: thing_id)
    (door,) = [door for door in doors_of(app) if "thing_id" in door.names]
    with pytest.raises(KeyError, match="thing_id"):
        paths_of(door, {})


def test_h091_every_name_in_a_path_is_known(office: Office) -> None:
    known = {*FIXED, *belongings(office), *SECRETS}
    doors = doors_of(office.app)
    unknown = {
        (door.path, name)
        for door in doors
        for name in door.names
        if name not in known and door.path not in CHOICES
    }
    assert unknown == set()
    assert "/o/{slug}/offers/{link_id}" in {door.path for door in doors}  # included routers too


# --- ids elsewhere than in a path --------------------------------------------------------------


def field_cases(ids: Values) -> dict[str, tuple[str, str, dict[str, str], set[int]]]:
    """By field: method, address, what is sent, and which answers are right.

    A type that is not given is a wrong wish (400), no matter whose it is; of ticked rows those
    that fit nobody are left as they are, and the page says how many (303).
    """
    offer, receiving = ids["offer_id"][0], {"pasted": csv_of(other("27009"))}
    return {
        "corrects": (
            "POST",
            "/templates/heftruck/offers",
            {**FORKLIFT_FORM, "corrects": offer},
            {404},
        ),
        "corrects?": ("GET", f"/templates/heftruck?corrects={offer}", {}, {404}),
        "renews": ("GET", f"/templates/heftruck?renews={offer}", {}, {404}),
        "after": ("GET", f"/api/offers?after={offer}", {}, {404}),
        "template": ("POST", "/lists", {**receiving, "template": OWN_TEMPLATE}, {400}),
        "template of a design": (
            "POST",
            "/kinds",
            {"base": "heftruck", "title_nl": "X", "do": "keep", "template": OWN_TEMPLATE},
            {404},
        ),
        "base": ("GET", f"/kinds/new?base={OWN_TEMPLATE}", {}, {404}),
        "base of a design": ("POST", "/kinds", {"base": OWN_TEMPLATE, "title_nl": "X"}, {404}),
        "type": ("POST", f"/api/lists?type={OWN_TEMPLATE}", {}, {400}),
        **{
            f"row {do}": ("POST", "/overview", {"do": do, "row": one, "reason": "asked"}, {303})
            for do in ("remind", "cancel", "suspended", "valid", "revoked")
            for one in ids["offer_id"][:2]
        },
        "request_uri": ("POST", "/o/brugman/authorize", {"link": ids["link_id"][0]}, {400}),
    }


NAMING_FIELDS = frozenset({"corrects", "renews", "after", "template", "base", "type", "row"})
"""Fields of forms and queries that name something of an organisation."""

PLAIN_FIELDS = frozenset(
    {
        *("address", "answer", "bulk_limit", "check", "client_id", "do", "domain"),
        *("delivery", "document_number", "done", "due_on", "family_name", "file", "format"),
        *("given_name", "language", "last_on", "left", "limit", "link", "member", "months"),
        *("name", "next", "numbers_confirmed", "page", "part", "passed"),
        *("pasted", "pin", "process", "ready_only", "reason", "request_uri"),
        *("same_date", "same_trainer", "sheet", "show", "status_hosting", "title_en", "title_nl"),
        *("to", "url", "version", "changed", "icon"),
    }
)
"""Fields that name nothing of anybody. ``member`` is the one click of a trial, open to all."""


def test_h091_an_id_in_a_field_is_of_no_use_either(office: Office) -> None:
    ids, firm = belongings(office), visitor(office, "demo-brugman-1")
    before, wrong = dump(office), {}
    for name, (method, address, form, right) in field_cases(ids).items():
        door = Door(method, address, (), (), frozenset())
        answer = firm.call(door, address, form)
        left = "done=0" in answer.headers.get("location", "done=0")
        if answer.status_code not in right or not left:
            wrong[name] = (answer.status_code, answer.text[:200])
    assert wrong == {}
    assert dump(office) == before


def fields_read() -> set[str]:
    """Every name of a field that a page of the issuer reads, out of its source."""
    found: set[str] = set()
    for path in (TEMPLATES.parent / "pages").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            position = 1 if called == "text_field" else 0
            if re.fullmatch(r"text_field|(posted|typed|form)\.(get|getlist)", called):
                named = node.args[position]
                found |= {str(named.value)} if isinstance(named, ast.Constant) else set()
    return found


def test_h091_every_field_that_is_read_was_thought_of(office: Office) -> None:
    read, asked = fields_read(), {name for door in doors_of(office.app) for name in door.query}
    assert len(read) > 30
    assert (read | asked) - NAMING_FIELDS - PLAIN_FIELDS == set()
    assert {
        name.split(" ")[0].rstrip("?") for name in field_cases(belongings(office))
    } >= NAMING_FIELDS


# --- the filter off ----------------------------------------------------------------------------


def blind(use_case: Callable[..., Any], theirs: Ports) -> Callable[..., Any]:  # Any: any use case
    """A use case that looks into the other organisation where it finds nothing of one's own."""

    def seeing(value: object) -> object:
        return theirs if isinstance(value, Ports) else value

    def found(*given: object, **named: object) -> object:
        try:
            return use_case(*given, **named)
        except RejectedError:
            others = {name: seeing(value) for name, value in named.items()}
            return use_case(*map(seeing, given), **others)

    return found


BLINDED = {
    "offers": ("issuer.offers.find", "offer_id", True),
    "lists": ("issuer.drafts.find", "list_id", False),
    "members": ("issuer.pages.people.find_member", "member_id", True),
    "receivers": ("issuer.events.find_receiver", "receiver_id", True),
    "links": ("issuer.offers.find_by_link", "link_id", False),
    "printed lists": ("issuer.claim_sheets.batch_of", "batch_id", False),
    "programs": ("issuer.programs.end_key", "key_id", True),
    "proofs": ("issuer.status.change", "issued_id", True),
}
"""Use case, the id that it looks up, and whether a visitor could then change what it names."""


@pytest.mark.parametrize(("use_case", "name", "changes"), BLINDED.values(), ids=BLINDED)
def test_h091_without_its_filter_a_use_case_would_be_seen(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    use_case: str,
    name: str,
    changes: bool,  # noqa: FBT001 - a parameter
) -> None:
    ids, firm = belongings(office), visitor(office, "demo-brugman-1")
    doors = [door for door in naming(office) if name in door.names]
    module, _, function = use_case.rpartition(".")
    seeing, before = getattr(import_module(module), function), dump(office)
    monkeypatch.setattr(use_case, blind(seeing, office.ports))
    assert reached(office, firm, ids, doors) != []
    assert (dump(office) != before) == changes
