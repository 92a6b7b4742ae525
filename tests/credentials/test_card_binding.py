"""A deelkaart: signed for one share before now, so it never says who holds it (wallet design)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from credentials.findings import Check, Outcome, Part
from credentials.jose import peek, sign_compact
from credentials.model import Binding
from credentials.verification import Expectations
from tests.credentials.world import World, found

SHARE = Binding("https://deel.skillspass.example", "AAECAwQFBgcICQoLDA0ODw", live=False)


@pytest.fixture(params=["dc+sd-jwt", "ldp_vc", "vc+jwt", "vc+sd-jwt", "jwt_vc_json"])
def world(request: pytest.FixtureRequest, now: datetime) -> World:
    """The same world in every format."""
    return World(now, request.param)


def test_a_card_of_days_ago_is_real_and_nobody_is_known_to_hold_it(world: World) -> None:
    wire = world.present(world.issue(), binding=SHARE)
    world.now += timedelta(days=6)
    verdict = world.verdict(wire, Expectations(binding=SHARE))
    held = found(verdict, Check.BINDING)
    assert (held.outcome, held.code) == (Outcome.UNDETERMINED, "holder_card_only")
    assert verdict.part(Part.AUTHENTIC) is Outcome.PASSED
    assert verdict.verified is not None
    assert not verdict.verified.holder_bound


def test_the_same_card_is_too_old_for_who_asked_just_now(world: World) -> None:
    wire = world.present(world.issue(), binding=SHARE)
    world.now += timedelta(days=6)
    verdict = world.verdict(wire, Expectations(binding=replace(SHARE, live=True)))
    assert found(verdict, Check.BINDING).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (replace(SHARE, nonce="another"), "nonce_invalid"),
        (replace(SHARE, audience="https://deel.elsewhere.example"), "aud_mismatch"),
    ],
    ids=["share", "site"],
)
def test_a_card_of_another_share_is_refused(world: World, other: Binding, code: str) -> None:
    wire = world.present(world.issue(), binding=SHARE)
    verdict = world.verdict(wire, Expectations(binding=other))
    held = found(verdict, Check.BINDING)
    assert (held.outcome, held.code) == (Outcome.FAILED, code)


def test_a_card_from_tomorrow_is_refused(world: World) -> None:
    world.now += timedelta(days=1)
    wire = world.present(world.issue(), binding=SHARE)
    world.now -= timedelta(days=1)
    verdict = world.verdict(wire, Expectations(binding=SHARE))
    assert found(verdict, Check.BINDING).outcome is Outcome.FAILED


@pytest.mark.parametrize(("minutes", "outcome"), [(59, "undetermined"), (62, "failed")])
def test_a_card_says_itself_until_when_it_may_be_read(
    now: datetime, minutes: int, outcome: str
) -> None:
    world = World(now, "dc+sd-jwt")
    without, tilde, token = str(world.present(world.issue(), binding=SHARE)).rpartition("~")
    payload = peek(token, typ=frozenset(["kb+jwt"]), header_key=True).payload
    until = {**payload, "exp": int((now + timedelta(hours=1)).timestamp())}
    wire = without + tilde + sign_compact({"typ": "kb+jwt"}, until, world.holder)
    world.now += timedelta(minutes=minutes)
    held = found(world.verdict(wire, Expectations(binding=SHARE)), Check.BINDING)
    assert held.outcome.value == outcome
