"""Live confirmation of a deelkaart: the same proof once more, or it does not count."""

from dataclasses import replace

import pytest

from credentials.errors import RejectedError
from credentials.model import Wire
from credentials.openid4vc.request import AuthorizationRequest
from credentials.verification import Policy
from schemas.declarations import lists
from tests.conftest import NOW
from tests.verifier.bad_wallets import answered, presented
from tests.verifier.world import World, codes
from verifier import checking, requests
from verifier.confirmations import confirmation_of
from verifier.organisations import OWN
from verifier.questions import Firm
from verifier.verdicts import Report


def card(world: World, held: Wire) -> Report:
    """What a deelkaart's proof was found to say."""
    around = world.app.state.ports.around(NOW)
    return checking.check_loose(held, policy=Policy.LISTED, around=around, at=NOW)


def selected(world: World, held: Wire) -> str:
    """The proof as it stands on a card: both skills, no name, no holder's signature."""
    request = world.request(world.ask()["request_uri"])
    return presented(world, held, request).rpartition("~")[0] + "~"


def ask(world: World, report: Report) -> tuple[str, AuthorizationRequest]:
    ports = world.app.state.ports
    question = confirmation_of(report, declared=lists().usual)
    with ports.database.transaction() as session:
        row = requests.ask(
            session,
            question,
            at=NOW,
            entropy=ports.entropy,
            asker=ports.asker,
            organisation_id=OWN,
        )
        name, uri = row.id, ports.asker.request_uri(row.reference)
    return name, world.request(uri)


def test_the_confirmation_asks_the_same_type_and_the_claims_of_the_card(world: World) -> None:
    held = world.issue(world.credential())
    report = card(world, selected(world, held))
    _, request = ask(world, report)
    (asked,) = request.query.credentials
    assert asked.types == (frozenset({world.credential().type}),)
    assert [claim.path for claim in asked.claims] == [("date_of_result",), ("skills", None)]
    assert request.declaration is not None
    assert request.declaration.declared.purpose == "confirmation"
    assert "bewijs dat je deelde" in str(request.purpose)


def test_the_same_proof_confirms(world: World) -> None:
    held = world.issue(world.credential())
    name, request = ask(world, card(world, selected(world, held)))
    wire = presented(world, held, request)
    assert world.post(request, answered(request, wire)).status == 200
    verdict = world.result(name)["verdict"]
    assert (verdict["verdict"], verdict["parts"]["holder"]) == ("passed", "passed")


def test_a_fresh_copy_of_the_same_proof_confirms(world: World) -> None:
    name, request = ask(world, card(world, selected(world, world.issue(world.credential()))))
    wire = presented(world, world.issue(world.credential()), request)
    world.post(request, answered(request, wire))
    assert world.result(name)["verdict"]["verdict"] == "passed"


def test_another_proof_of_the_same_type_does_not_confirm(world: World) -> None:
    name, request = ask(world, card(world, selected(world, world.issue(world.credential()))))
    claims = world.credential().claims | {"date_of_result": "2026-06-16"}
    wire = presented(world, world.issue(world.credential(claims=claims)), request)
    world.post(request, answered(request, wire))
    verdict = world.result(name)["verdict"]
    assert verdict["parts"]["holder"] == "failed"
    assert "confirmation_mismatch" in codes(verdict)
    assert "ander bewijs" in verdict["sentences"]["nl"][3]


def test_of_the_card_no_claim_is_kept_and_its_digests_only_while_the_question_is_open(
    world: World,
) -> None:
    held = world.issue(world.credential())
    name, request = ask(world, card(world, selected(world, held)))
    database = world.app.state.ports.database
    with database.reading() as session:
        row = requests.find(session, name)
        assert len(row.confirms.split()) == 5  # type, issuer, a date, two skills
        assert "2026-06-15" not in row.confirms + row.query
    world.post(request, answered(request, presented(world, held, request)))
    with database.reading() as session:
        assert requests.find(session, name).confirms == ""


def test_a_name_on_the_card_is_asked_again_by_a_checked_firm_only(world: World) -> None:
    held = world.issue(world.credential())
    report = card(world, held)  # with every claim
    name, request = ask(world, report)
    asked = {claim.path[0] for claim in request.query.credentials[0].claims}
    assert asked == {"date_of_result", "skills"}
    world.post(request, answered(request, presented(world, held, request)))
    assert world.result(name)["verdict"]["verdict"] == "passed"
    firm = Firm("Metaal BV")
    question = confirmation_of(report, declared=lists().usual, firm=firm)
    assert "family_name" in str(question.query)


def test_a_card_with_nothing_that_may_be_asked_cannot_be_confirmed(world: World) -> None:
    report = card(world, world.issue(world.credential()))
    verified = report.verdict.verified
    assert verified is not None
    bare = replace(verified.credential, claims={"given_name": "Ahmet"})
    verdict = replace(report.verdict, verified=replace(verified, credential=bare))
    with pytest.raises(RejectedError, match="confirmation_impossible"):
        confirmation_of(replace(report, verdict=verdict), declared=lists().usual)


def test_a_proof_that_did_not_hold_cannot_be_confirmed(world: World) -> None:
    report = card(world, str(world.issue(world.credential()))[:-60])
    with pytest.raises(RejectedError, match="confirmation_impossible"):
        confirmation_of(report, declared=lists().usual)
