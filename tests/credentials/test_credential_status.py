"""The tenth check: the status of a credential, and every list that is not believed."""

from datetime import datetime, timedelta

import pytest

from credentials.errors import RejectedError, UndeterminedError
from credentials.findings import Check, Outcome, Part
from credentials.keys import SoftwareSigner
from credentials.model import Purpose, Wire
from credentials.trust.listing import ListedKey
from tests.credentials.world import STATUS, World, found

PASSED, FAILED, UNDETERMINED = Outcome.PASSED, Outcome.FAILED, Outcome.UNDETERMINED


@pytest.fixture(params=["dc+sd-jwt", "ldp_vc"])
def world(request: pytest.FixtureRequest, now: datetime) -> World:
    """The same world in every format."""
    return World(now, request.param)


def _answer(world: World, wire: Wire, step: Check) -> tuple[Outcome, str]:
    finding = found(world.verdict(wire), step)
    return finding.outcome, finding.code


@pytest.mark.parametrize(("value", "code"), [(1, "revoked"), (2, "suspended")])
def test_what_the_issuer_took_back_is_no_longer_valid(value: int, code: str, world: World) -> None:
    world.publish_status(value)
    purpose = Purpose.SUSPENSION if value == 2 else Purpose.REVOCATION
    wire = world.present(world.issue(world.credential(status=[world.reference(purpose=purpose)])))
    verdict = world.verdict(wire)
    assert found(verdict, Check.STATUS).code == code
    assert verdict.part(Part.VALID) is FAILED
    assert verdict.part(Part.AUTHENTIC) is PASSED


def _with_status(world: World, index: int = 3) -> Wire:
    return world.present(world.issue(world.credential(status=[world.reference(index)])))


def test_a_list_that_cannot_be_fetched_leaves_the_status_unknown(world: World) -> None:
    assert _answer(world, _with_status(world), Check.STATUS) == (
        UNDETERMINED,
        "status_unreachable",
    )


def test_a_kept_list_past_its_time_is_stale(world: World) -> None:
    def stale(url: str) -> bytes:
        raise UndeterminedError("status_stale", url)

    verdict = world.verdict(_with_status(world), sources=world.sources(get=stale))
    assert found(verdict, Check.STATUS).code == "status_stale"


def test_an_address_that_may_not_be_asked_is_refused(world: World) -> None:
    def forbidden(url: str) -> bytes:
        raise RejectedError("address_forbidden", url)

    verdict = world.verdict(_with_status(world), sources=world.sources(get=forbidden))
    assert found(verdict, Check.STATUS).code == "address_forbidden"


def test_a_list_older_than_one_already_seen_is_a_rollback(world: World) -> None:
    world.publish_status(0, at=world.now - timedelta(hours=2))
    seen = world.sources(status_seen=lambda _uri: world.now - timedelta(hours=1))
    finding = found(world.verdict(_with_status(world), sources=seen), Check.STATUS)
    assert (finding.outcome, finding.code) == (UNDETERMINED, "status_rollback")
    same = world.sources(status_seen=lambda _uri: world.now - timedelta(hours=2))
    assert found(world.verdict(_with_status(world), sources=same), Check.STATUS).code == "ok"


def test_a_status_outside_the_list_is_refused(world: World) -> None:
    world.publish_status(0)
    finding = found(world.verdict(_with_status(world, 10**6)), Check.STATUS)
    assert (finding.outcome, finding.code) == (FAILED, "status_index_invalid")


def test_a_list_of_another_is_always_clean_and_therefore_refused(world: World) -> None:
    thief = SoftwareSigner.generate(world.signer.public.algorithm, "did:web:thief.example#1")
    world.publish_status(0, signer=thief)
    assert _answer(world, _with_status(world), Check.STATUS) == (FAILED, "status_issuer_mismatch")


def test_a_list_by_a_key_out_of_its_time_is_not_believed(world: World) -> None:
    old = world.key("old")
    start = world.now - timedelta(days=900)
    world.list_keys += (ListedKey(old.public, start, world.now - timedelta(days=1)),)
    world.publish_status(0, signer=old)
    assert _answer(world, _with_status(world), Check.STATUS) == (UNDETERMINED, "status_invalid")
    world.publish_status(0, signer=old, at=world.now - timedelta(days=2), life=timedelta(days=9))
    assert _answer(world, _with_status(world), Check.STATUS) == (PASSED, "ok")


def test_a_shortened_name_of_the_key_is_judged_by_its_history_as_well(now: datetime) -> None:
    world = World(now, "dc+sd-jwt")  # a proof of the other formats names its key in full
    old = world.key("old")
    start = world.now - timedelta(days=900)
    world.list_keys += (ListedKey(old.public, start, world.now - timedelta(days=1)),)
    short = SoftwareSigner.from_private_jwk(old.private_jwk() | {"kid": "#old"})
    world.publish_status(0, signer=short)
    assert _answer(world, _with_status(world), Check.STATUS) == (UNDETERMINED, "status_invalid")


@pytest.mark.parametrize("body", [b"", b"\xff", b"{}", b"[]", b"a.b.c", b"<html>"])
def test_what_is_no_status_list_leaves_the_status_unknown(body: bytes, world: World) -> None:
    world.pages[STATUS] = body
    assert _answer(world, _with_status(world), Check.STATUS)[0] is UNDETERMINED


def test_an_application_status_is_never_green(now: datetime) -> None:
    world = World(now, "dc+sd-jwt")
    world.publish_status(3)
    assert _answer(world, _with_status(world), Check.STATUS) == (UNDETERMINED, "status_unknown")


def test_each_purpose_of_a_bitstring_status_is_its_own_finding(now: datetime) -> None:
    world = World(now, "ldp_vc")
    world.publish_status(2)
    both = [
        world.reference(purpose=Purpose.REVOCATION),
        world.reference(purpose=Purpose.SUSPENSION),
    ]
    verdict = world.verdict(world.present(world.issue(world.credential(status=both))))
    codes = [each.code for each in verdict.findings if each.check is Check.STATUS]
    assert codes == ["status_purpose_mismatch", "suspended"]
