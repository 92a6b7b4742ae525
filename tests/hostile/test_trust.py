"""H061, H064, H065, H076, H099 and H100 at the verdict: what hostile issuers and clocks come to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from credentials.dids import resolve
from credentials.dids.web import write_document
from credentials.encoding import compact_json
from credentials.errors import CredentialError, UndeterminedError
from credentials.findings import Check, Outcome, Part
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Validity
from credentials.verification import Expectations, Policy
from tests.conftest import NOW
from tests.credentials.world import World as Kernel
from tests.credentials.world import found
from tests.hostile.test_coverage import carried, sources
from tests.verifier.world import STATUS_URI, World, codes
from verifier import checking
from verifier.addresses import shown_address
from verifier.clock_check import MAX_OFFSET, doubt_times, offset_of
from verifier.verdicts import Report

PRIVATE = [
    "did:web:127.0.0.1%3A6379",
    "did:web:0.0.0.0",
    "did:web:169.254.169.254",
    "did:web:[::ffff:127.0.0.1]",
    "did:web:[fd00::1]",
    "did:web:2130706433",
    "did:web:0x7f000001",
]


def asked_for(did: str, policy: Policy) -> tuple[str, list[str]]:
    """The code about the issuer's key, and every address that was opened for it."""
    world = Kernel(NOW, "dc+sd-jwt", issuer=did)
    wire = world.issue()
    nobody = replace(world.trust_list(), issuers=())
    verdict = world.verdict(
        wire, Expectations(policy=policy), sources=world.sources(trust_list=nobody)
    )
    assert verdict.part(Part.ISSUER) is not Outcome.PASSED
    step = Check.KEY if policy is Policy.ANY else Check.TRUST
    return found(verdict, step).code, world.asked


@pytest.mark.parametrize("policy", [Policy.ANY, Policy.LINKED])
@pytest.mark.parametrize("did", PRIVATE)
def test_h061_an_issuer_at_a_private_place_is_refused_and_nothing_is_opened(
    did: str, policy: Policy
) -> None:
    assert asked_for(did, policy) == ("address_forbidden", [])


TRICKY = {
    "dots": "did:web:host.example:..%2f..%2fetc",
    "userinfo": "did:web:a@b.example",
    "port 22": "did:web:host.example%3A22",
    "empty part": "did:web:host.example::x",
    "slash": "did:web:host.example:a%2Fb",
    "upper case": "did:web:Host.example",
    "unicode": "did:web:vaksch\u00f6ol.example",
}


@pytest.mark.parametrize("policy", [Policy.ANY, Policy.LINKED])
@pytest.mark.parametrize("did", TRICKY.values(), ids=TRICKY)
def test_h064_a_tricky_path_is_no_identifier(did: str, policy: Policy) -> None:
    assert asked_for(did, policy) == ("did_malformed", [])


@pytest.mark.parametrize("part", ["id", "controller"])
def test_h065_a_document_about_another_is_refused_for_key_and_for_link(part: str) -> None:
    world = Kernel(NOW, "dc+sd-jwt")
    world.publish_document(world.signer)
    address, page = next(iter(world.pages.items()))
    field = b'"id":"%s"' if part == "id" else b'"controller":"%s"'
    own = field % world.issuer.encode()
    assert own in page
    world.pages[address] = page.replace(own, field % b"did:web:other.example")
    nobody = world.sources(trust_list=replace(world.trust_list(), issuers=()))
    for policy, step in ((Policy.ANY, Check.KEY), (Policy.LINKED, Check.TRUST)):
        verdict = world.verdict(world.issue(), Expectations(policy=policy), sources=nobody)
        assert found(verdict, step).code == "did_document_mismatch"
    world.pages[address] = page  # all else is right
    verdict = world.verdict(world.issue(), Expectations(policy=Policy.ANY), sources=nobody)
    assert found(verdict, Check.KEY).code == "ok"


def test_h076_a_status_host_that_is_down_is_stale_after_its_time(tmp_path: Path) -> None:
    world = World(tmp_path)
    held = world.issue(world.credential())
    assert world.verdict_on(held)["verdict"] == "passed"
    del world.internet.pages[STATUS_URI]
    world.clock.turn(minutes=14)
    assert world.verdict_on(held)["verdict"] == "passed"
    world.clock.turn(minutes=2)
    verdict = world.verdict_on(held)
    assert (verdict["parts"]["valid"], "status_stale" in codes(verdict)) == ("undetermined", True)


OFF = [timedelta(minutes=5), timedelta(minutes=-5), timedelta(days=1)]


def judged(world: World, offset: timedelta | None, validity: Validity) -> Report:
    """A loose proof, checked while our clock is off by so much from another."""
    ports = world.app.state.ports
    at = world.clock()
    around = replace(ports.around(at), offset=offset)
    wire = world.issue(world.credential(validity=validity))
    return checking.check_loose(wire, policy=Policy.LISTED, around=around, at=at)


@pytest.mark.parametrize("offset", OFF, ids=["5 minutes ahead", "5 minutes behind", "a day ahead"])
@pytest.mark.parametrize(
    "validity",
    [Validity(NOW - timedelta(days=1)), Validity(None, NOW), Validity(NOW + timedelta(minutes=3))],
    ids=["valid", "over", "not begun"],
)
def test_h099_a_clock_that_is_wrong_makes_dates_unknown_with_the_reason(
    tmp_path: Path, offset: timedelta, validity: Validity
) -> None:
    world = World(tmp_path)
    report = judged(world, offset, validity)
    dates = [each for each in report.verdict.findings if each.check is Check.DATES]
    assert dates
    for each in dates:
        assert (each.outcome, each.code) == (Outcome.UNDETERMINED, "clock_skew")
        assert each.facts["offset_seconds"] == str(round(offset.total_seconds()))
    assert report.verdict.outcome is Outcome.UNDETERMINED
    told = judged(world, None, validity)  # without a second clock the dates are believed
    assert "clock_skew" not in {each.code for each in told.verdict.findings}


def test_h099_half_a_minute_is_within_the_skew(tmp_path: Path) -> None:
    world = World(tmp_path)
    for offset in (MAX_OFFSET, -MAX_OFFSET):
        report = judged(world, offset, Validity(NOW - timedelta(days=1)))
        assert report.verdict.part(Part.VALID) is Outcome.PASSED
        assert doubt_times(report.verdict, offset=offset) is report.verdict
    assert offset_of(lambda: NOW, lambda: NOW - timedelta(seconds=9)) == timedelta(seconds=9)


@pytest.mark.parametrize(
    "end",
    [datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC), datetime(2106, 2, 7, 6, 28, 16, tzinfo=UTC)],
    ids=["2038", "2106"],
)
@pytest.mark.parametrize("format_id", ["dc+sd-jwt", "ldp_vc"])
def test_h099_ends_beyond_32_bits_are_told_as_they_are(end: datetime, format_id: str) -> None:
    world = Kernel(NOW, format_id)
    wire = world.issue(world.credential(valid_until=end))
    expected = Expectations()
    dates = found(world.verdict(wire, expected), Check.DATES)
    assert (dates.outcome, dates.facts["valid_until"]) == (Outcome.PASSED, end.isoformat())
    assert found(world.verdict(wire, expected, at=end), Check.DATES).code == "expired"


def test_h099_a_leap_second_is_a_date_that_we_do_not_know() -> None:
    world = Kernel(NOW, "ldp_vc")
    wire = world.issue(world.credential(valid_until=NOW + timedelta(days=40)))
    assert isinstance(wire, dict)
    document = {**wire, "validUntil": "2026-12-31T23:59:60Z"}
    verdict = world.verdict(document, Expectations())
    assert verdict.outcome is Outcome.FAILED
    assert "date_invalid" in {each.code for each in verdict.findings}


LOOK_ALIKES = {
    "punycode": "did:web:xn--fv-jkc.example",
    "long": "did:web:" + "a" * 60 + "." + "b" * 60 + ".example",
}


@pytest.mark.parametrize("did", LOOK_ALIKES.values(), ids=LOOK_ALIKES)
def test_h100_a_look_alike_issuer_is_not_listed_and_shown_in_ascii(did: str) -> None:
    world = Kernel(NOW, "dc+sd-jwt", issuer=did)
    nobody = replace(world.trust_list(), issuers=())
    verdict = world.verdict(world.issue(), Expectations(), sources=world.sources(trust_list=nobody))
    trust = found(verdict, Check.TRUST)
    assert (trust.outcome, trust.code, world.asked) == (Outcome.FAILED, "issuer_not_listed", [])
    shown = shown_address(did)
    assert shown is not None
    assert shown.isascii()
    assert len(shown) <= 63


@pytest.mark.parametrize("host", ["F\u039dV.example", "fn\u200bv.example", "\u0441nv.example"])
def test_h100_a_foreign_letter_in_a_host_is_no_identifier(host: str) -> None:
    key = SoftwareSigner.generate(Algorithm.ES256).public
    with pytest.raises(CredentialError, match="did_malformed"):
        resolve(f"did:web:{host}", lambda _url: compact_json(write_document("did:web:a.b", [key])))
    shown = shown_address(f"did:web:{host}")
    assert shown is not None
    assert shown.isascii()
    assert "xn--" in shown


IN_THIS_AREA = {"H061", "H062", "H063", "H064", "H065", "H066", "H076", "H099", "H100"}


def test_every_hostile_input_of_issuers_lists_and_clocks_has_a_test() -> None:
    assert IN_THIS_AREA - set().union(*map(carried, sources())) == set()


def test_an_address_that_does_not_answer_is_unknown_and_not_wrong() -> None:
    def silent(_url: str) -> bytes:
        raise UndeterminedError("fetch_failed", "no answer")

    with pytest.raises(UndeterminedError):
        resolve("did:web:school.example", silent)
