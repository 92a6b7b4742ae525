"""H092: nothing is changed by a form that our own page did not send, at any route of the issuer."""

from pathlib import Path

import pytest

from service.forms import Forms
from tests.hostile.two_offices import (
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
from tests.issuer.office import Office

FORGED: dict[str, tuple[str | None, dict[str, str]]] = {
    "no token": ("", {}),
    "guessed token": ("0" * 64, {}),
    "foreign origin": (None, {"Origin": "https://evil.example"}),
    "origin null": (None, {"Origin": "null"}),
    "cross-site": (None, {"Sec-Fetch-Site": "cross-site"}),
    "same-site": (None, {"Sec-Fetch-Site": "same-site"}),
    "null and cross-site": (None, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}),
}
"""By case: another token than the page's, None for the right one; and what a browser says."""

SHOWN = frozenset({"caller_of"})
"""A program shows its key in a header that no other site can make a browser send."""

PROTOCOL = frozenset(
    f"/{name}"
    for name in (
        *("par", "token", "challenge", "nonce", "credential", "deferred_credential"),
        *("notification", "status/reasons"),
    )
)
"""What wallets call: each shows a code, a token or a proof in the request itself, and no cookie."""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_two(tmp_path)


def pages(office: Office) -> list[Door]:
    """Every page that a form is sent to; signing out last."""
    guarded = [door for door in doors_of(office.app) if "checked_form" in door.dependencies]
    return sorted(guarded, key=lambda door: door.path == "/sign-out")


def sent(visiting: Visitor, doors: list[Door], ids: Values, case: str) -> list[tuple[Door, str]]:
    """What each door says to a forged form that would do something."""
    token, headers = FORGED[case]
    forged = {} if token is None else {"csrf_token": token}
    return [
        (door, _code(visiting, door, path, form | forged, headers))
        for door in doors
        for path in paths_of(door, ids | {"token": ("an-invitation",)})
        for form in forms_of(door)
    ]


def _code(
    visiting: Visitor, door: Door, path: str, form: dict[str, str], headers: dict[str, str]
) -> str:
    answer = visiting.call(door, path, form, **headers)
    is_json = "json" in answer.headers.get("content-type", "")
    return f"{answer.status_code} {answer.json().get('code') if is_json else ''}".strip()


def test_h092_whatever_changes_something_is_guarded(office: Office) -> None:
    open_doors = {
        door.path.removeprefix("/o/{slug}")
        for door in doors_of(office.app)
        if door.changes and not door.dependencies & {"checked_form", *SHOWN}
    }
    assert open_doors == PROTOCOL
    assert {"/authorize", "/o/{slug}/authorize", "/sign-out"} <= {one.path for one in pages(office)}
    assert len(pages(office)) > 35


def test_h092_a_form_from_elsewhere_changes_nothing(office: Office) -> None:
    ids = belongings(office)
    own, doors = visitor(office, "demo-own-1"), pages(office)
    before = dump(office)
    for case in FORGED:
        answers = sent(own, doors, ids, case)
        assert {door for door, _ in answers} == set(doors)
        assert [(case, door.path, said) for door, said in answers if said != "403 csrf"] == []
    assert dump(office) == before


def test_h092_without_the_guard_every_page_would_take_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = belongings(office)
    own, before = visitor(office, "demo-own-1"), dump(office)
    monkeypatch.setattr(Forms, "check", lambda _self, _request, _token: None)
    answers = sent(own, pages(office), ids, "foreign origin")
    assert [door.path for door, said in answers if said.endswith("csrf")] == []
    assert len([said for _, said in answers if said in {"303", "200"}]) > 20
    assert dump(office) != before


def test_h092_our_own_page_is_let_through(office: Office) -> None:
    belongings(office)
    own = visitor(office, "demo-own-1")
    (door,) = [one for one in pages(office) if one.path == "/people"]
    (form,) = forms_of(door)
    for headers in (
        {},
        {"Origin": office.settings.public_url},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},  # as no-referrer makes browsers say
    ):
        assert _code(own, door, "/people", form, headers) == "200"
