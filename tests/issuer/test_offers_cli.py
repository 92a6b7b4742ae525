"""The verbs offers, revoke, status and programs, and whom issue and offer speak for."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from typer import Typer
from typer.testing import CliRunner, Result

from credentials.encoding import JsonObject
from issuer import cli, offers_cli, organisation_cli, programs_cli, status_cli
from issuer.demo_office import FIRM
from issuer.tables import ApiKey, AuditEntry, Offer, OfferState
from service.command_line import DONE, REFUSED, WRONG_USE
from service.mailbox import Mailbox
from tests.issuer.lists import csv_of, other
from tests.issuer.office import FORKLIFT, Holder, Office, open_office
from tests.journeys.command import skillspass

pytestmark = pytest.mark.usefixtures("on_both_databases")

ADDRESS = "ahmet@example.org"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The service runs; the verbs work on its files meanwhile."""
    monkeypatch.setenv("SKILLSPASS_VAR", str(tmp_path))
    return open_office(tmp_path)


def run(office: Office, app: Typer, *words: str, given: str | None = None) -> Result:
    """One verb, by the office's clock."""
    return CliRunner().invoke(app, [*words, "--at", office.clock().isoformat()], input=given)


def answer(office: Office, app: Typer, *words: str, status: int = DONE) -> dict[str, Any]:
    """What a verb says as JSON, once its exit status is as it must be."""  # Any: any JSON
    result = run(office, app, *words, "--json")
    assert result.exit_code == status, result.output
    found: dict[str, Any] = json.loads(result.stdout)  # Any: any JSON
    return found


def row(office: Office, offer_id: str) -> Offer:
    with office.ports.database.reading() as session:
        return session.get_one(Offer, offer_id)


def letters(office: Office) -> int:
    """How many letters the running service has sent a minute later."""
    office.clock.wait(minutes=1)
    office.app.state.workers[0].desk.run_due()
    return len(Mailbox(office.settings.directory / "mailbox").letters())


def test_offers_are_listed_by_where_they_stand(office: Office) -> None:
    old = office.offer(life="screen")
    office.clock.wait(minutes=11)
    waiting, fetched = office.offer(), office.offer()
    Holder(office).receive(fetched)
    listed = {
        state: [one["id"] for one in answer(office, offers_cli.app, *words)["offers"]]
        for state, words in {
            "all": ("list",),
            "expired": ("list", "--state", "expired"),
            "offered": ("list", "--state", "offered"),
            "delivered": ("list", "--state", "delivered"),
        }.items()
    }
    assert set(listed["all"]) == {old["id"], waiting["id"], fetched["id"]}
    assert listed["expired"] == [old["id"]]
    assert listed["offered"] == [waiting["id"]]
    assert listed["delivered"] == [fetched["id"]]
    wrong = answer(office, offers_cli.app, "list", "--state", "lost", status=WRONG_USE)
    assert wrong["error"] == "usage_state"


def test_a_long_list_comes_in_pages(office: Office) -> None:
    made = {office.offer()["id"] for _ in range(3)}
    first = answer(office, offers_cli.app, "list", "--limit", "2")
    assert len(first["offers"]) == 2
    rest = answer(office, offers_cli.app, "list", "--limit", "2", "--after", first["next"])
    assert (len(rest["offers"]), rest["next"]) == (1, None)
    assert {one["id"] for one in (*first["offers"], *rest["offers"])} == made


def test_an_offer_is_shown_by_its_id_or_by_that_of_its_proof_without_a_name(
    office: Office,
) -> None:
    made = office.offer()
    assert answer(office, offers_cli.app, "show", made["id"])["state"] == "offered"
    Holder(office).receive(made)
    found = answer(office, offers_cli.app, "show", made["id"])
    assert (found["state"], found["status"]) == ("delivered", "valid")
    assert answer(office, offers_cli.app, "show", found["issued_id"]) == found
    for words in (("show", made["id"]), ("list",)):
        told = run(office, offers_cli.app, *words).output
        assert made["id"] in told
        assert "Ahmet" not in told
        assert made["tx_code"] not in told


def test_what_can_be_taken_back_is_and_the_rest_is_named(office: Office) -> None:
    waiting, fetched = office.offer(), office.offer()
    Holder(office).receive(fetched)
    ids = (waiting["id"], fetched["id"], "nobody")
    found = answer(office, offers_cli.app, "cancel", *ids, status=REFUSED)
    assert [(one["id"], one["state"]) for one in found["offers"]] == [(waiting["id"], "cancelled")]
    assert [(one["id"], one["error"]) for one in found["refused"]] == [
        (fetched["id"], "offer_closed"),
        ("nobody", "not_found"),
    ]
    assert row(office, waiting["id"]).state == OfferState.CANCELLED
    assert row(office, fetched["id"]).state == OfferState.DELIVERED
    told = run(office, offers_cli.app, "cancel", "nobody")
    assert (told.exit_code, told.stdout) == (REFUSED, "")
    assert told.stderr.startswith("nobody: ")


def test_a_reminder_is_sent_by_the_running_service(office: Office) -> None:
    made = office.offer(mail_to=ADDRESS)
    assert letters(office) == 1
    soon = answer(office, offers_cli.app, "remind", made["id"], status=REFUSED)
    assert soon["refused"][0]["error"] == "remind_unfit"
    office.clock.wait(days=1)
    (found,) = answer(office, offers_cli.app, "remind", made["id"])["offers"]
    assert found["reminded_at"].startswith(office.clock().date().isoformat())
    assert letters(office) == 2


def test_everyone_who_waits_is_reminded(office: Office) -> None:
    for number in range(3):
        office.offer(mail_to=f"person{number}@example.org")
    office.offer()
    letters(office)
    office.clock.wait(days=2)
    assert answer(office, offers_cli.app, "remind", "--all") == {"reminded": 3}
    assert letters(office) == 6
    assert "0" in run(office, offers_cli.app, "remind", "--all").stdout
    for words in (("remind",), ("remind", "--all", "x")):
        assert answer(office, offers_cli.app, *words, status=WRONG_USE)["error"] == "usage_ids"


def test_a_proof_is_paused_resumed_and_withdrawn_with_a_reason(office: Office) -> None:
    made = office.offer()
    Holder(office).receive(made)
    proof = answer(office, offers_cli.app, "show", made["id"])["issued_id"]
    change = ("status", proof, "--reason", "fee", "--to")
    for to in ("suspended", "valid"):
        (found,) = answer(office, status_cli.app, *change, to)["offers"]
        assert (found["id"], found["status"], found["reason"]) == (made["id"], to, "fee")
    revoke = ("revoke", made["id"], "--reason", "mistake")
    (found,) = answer(office, status_cli.app, *revoke)["offers"]
    assert (found["status"], found["reason"]) == ("revoked", "mistake")
    final = answer(office, status_cli.app, *change, "valid", status=REFUSED)
    assert final["refused"][0]["error"] == "status_final"
    (shown,) = answer(office, status_cli.app, "status", proof)["offers"]
    assert shown == found
    with office.ports.database.reading() as session:
        done = [(one.action, one.actor) for one in session.exec(select(AuditEntry))]
    assert done[-3:] == [(word, "operator") for word in ("suspended", "valid", "revoked")]


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (("status", "x", "--to", "gone", "--reason", "fee"), "usage_status", WRONG_USE),
        (("status", "x", "--to", "valid"), "usage_reason", WRONG_USE),
        (("status", "x", "--reason", "fee"), "usage_reason", WRONG_USE),
        (("status", "x", "--organisation", "nobody"), "not_found", REFUSED),
    ],
    ids=["no such status", "no reason", "no status", "no such organisation"],
)
def test_a_question_that_cannot_be_meant_is_refused_as_a_whole(
    office: Office, words: tuple[str, ...], code: str, status: int
) -> None:
    assert answer(office, status_cli.app, *words, status=status)["error"] == code


def test_one_wrong_id_keeps_no_other_proof_valid(office: Office) -> None:
    made = office.offer()
    Holder(office).receive(made)
    words = ("revoke", "urn:uuid:none", made["id"], office.offer()["id"], "--reason", "rules")
    found = answer(office, status_cli.app, *words, status=REFUSED)
    assert [one["status"] for one in found["offers"]] == ["revoked"]
    assert [one["error"] for one in found["refused"]] == ["not_found", "offer_open"]


def test_a_program_comes_in_and_is_put_out(office: Office) -> None:
    made = answer(office, programs_cli.app, "add", "Planbord", "--scope", "read")
    assert office.operator("GET", "/offers", key=made["key"]).status_code == 200
    wish: JsonObject = {"type": "heftruck", "claims": FORKLIFT}
    assert office.operator("POST", "/offers", json=wish, key=made["key"]).status_code == 403
    (listed,) = answer(office, programs_cli.app, "list")["programs"]
    assert listed == {name: made[name] for name in ("id", "name", "scopes", "created_at")}
    assert made["key"] not in run(office, programs_cli.app, "list").output
    answer(office, programs_cli.app, "end", made["id"])
    assert office.operator("GET", "/offers", key=made["key"]).status_code == 401
    wrong = answer(office, programs_cli.app, "add", "Bord", "--scope", "fly", status=REFUSED)
    assert wrong["error"] == "api_key_invalid"
    with office.ports.database.reading() as session:
        assert made["key"] not in str(session.exec(select(ApiKey)).all())


def test_each_organisation_is_spoken_for_by_its_own_name(office: Office) -> None:
    mine = office.offer()
    Holder(office).receive(mine)
    firm = ("--organisation", FIRM)
    assert answer(office, offers_cli.app, "list", *firm)["offers"] == []
    refused = [
        answer(office, offers_cli.app, "cancel", mine["id"], *firm, status=REFUSED),
        answer(office, offers_cli.app, "remind", mine["id"], *firm, status=REFUSED),
        answer(office, status_cli.app, "status", mine["id"], *firm, status=REFUSED),
        answer(
            office, status_cli.app, "revoke", mine["id"], "--reason", "fee", *firm, status=REFUSED
        ),
    ]
    assert {one["refused"][0]["error"] for one in refused} == {"not_found"}
    wrong = answer(office, offers_cli.app, "show", mine["id"], *firm, status=REFUSED)
    assert wrong["error"] == "not_found"
    key = answer(office, programs_cli.app, "add", "Bord", "--scope", "read", *firm)["key"]
    assert office.operator("GET", "/offers", key=key).json()["offers"] == []
    invited = CliRunner().invoke(organisation_cli.app, ["invite", "Wil de Vries", *firm, "--json"])
    assert json.loads(invited.stdout)["slug"] == FIRM


def test_an_offer_is_mailed_for_the_organisation_that_is_named(office: Office) -> None:
    words = ("offer", "--type", "heftruck", "--claims", "-", "--mail", ADDRESS, "--json")
    result = run(office, cli.app, *words, given=json.dumps(FORKLIFT))
    made = json.loads(result.stdout)
    assert (result.exit_code, letters(office)) == (DONE, 1)
    assert row(office, made["id"]).organisation_id == "own"
    theirs = run(office, cli.app, *words, "--organisation", FIRM, given=json.dumps(FORKLIFT))
    assert row(office, json.loads(theirs.stdout)["id"]).organisation_id == FIRM


def test_a_list_is_mailed_to_everyone_on_it_who_is_ready(office: Office) -> None:
    people = csv_of({}, other("27002"))
    result = run(office, cli.app, "issue", "-", "--mail", "--json", given=people)
    assert (result.exit_code, len(json.loads(result.stdout)["offers"])) == (DONE, 2)
    assert letters(office) == 2
    some = csv_of(other("27003"), other("27004", email=""))
    result = run(office, cli.app, "issue", "-", "--mail", "--ready-only", "--json", given=some)
    assert (result.exit_code, len(json.loads(result.stdout)["offers"])) == (DONE, 1)
    assert letters(office) == 3


def test_a_list_is_read_with_the_types_of_the_organisation_that_is_named(office: Office) -> None:
    words = ("issue", "-", "--check", "--json", "--type", "bhv")
    own = run(office, cli.app, *words, given=csv_of({}))
    assert "error" not in json.loads(own.stdout)
    firm = run(office, cli.app, *words, "--organisation", FIRM, given=csv_of({}))
    assert json.loads(firm.stdout)["error"] == "type_unknown"


def test_the_one_command_line_has_these_verbs(tmp_path: Path) -> None:
    listed = skillspass("offers", "list", "--json", var=tmp_path)
    assert (listed.status, listed.json()) == (DONE, {"offers": [], "next": None})
    assert skillspass("status", "x", "--json", var=tmp_path).status == REFUSED
    assert skillspass("revoke", "x", var=tmp_path).status == WRONG_USE  # no reason
    assert skillspass("programs", "list", "--json", var=tmp_path).json() == {"programs": []}


def test_the_id_of_an_offer_is_never_taken_for_an_option(office: Office) -> None:
    made = office.offer()
    assert made["id"].isalnum()
