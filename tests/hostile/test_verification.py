"""Hostile input to the verdict engine, by the ids of the hostile table."""

from datetime import datetime, timedelta

import pytest

from credentials.encoding import JsonObject, JsonValue, compact_json
from credentials.errors import BindingInvalid, UndeterminedError
from credentials.findings import Check, Outcome, Part
from credentials.formats import FORMATS
from credentials.formats.base import verify_presentation
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Binding, Wire
from credentials.trust.listing import ListedKey
from credentials.verification import Expectations, HolderCheck
from tests.credentials.world import BINDING, OTHER_TYPE, STATUS, World, found

FAILED, UNDETERMINED = Outcome.FAILED, Outcome.UNDETERMINED


@pytest.fixture(params=["dc+sd-jwt", "ldp_vc"])
def world(request: pytest.FixtureRequest, now: datetime) -> World:
    """The same world in every format."""
    return World(now, request.param)


@pytest.mark.parametrize("nonce", [None, ""])
@pytest.mark.parametrize("audience", [None, "", "decentralized_identifier:did:web:v.example"])
def test_h017_a_verifier_without_a_nonce_does_not_start(
    nonce: str | None, audience: str | None, world: World
) -> None:
    binding = Binding(audience, nonce)  # type: ignore[arg-type]  # what a careless caller passes
    with pytest.raises(BindingInvalid) as refusal:
        Expectations(binding=binding, holder=HolderCheck.LIVE)
    assert refusal.value.code == "config_nonce_required"
    with pytest.raises(BindingInvalid) as refusal:
        verify_presentation(
            FORMATS[world.format_id],
            world.present(),
            lambda _reference: world.signer.public,
            expected=binding,
            at=world.now,
        )
    assert refusal.value.code == "config_nonce_required"


def test_h018_a_key_binding_by_another_key(world: World) -> None:
    wire = world.present(by=SoftwareSigner.generate(Algorithm.ES256))
    assert found(world.verdict(wire), Check.BINDING).code == "holder_key_mismatch"


@pytest.mark.parametrize(
    "audience",
    [
        "decentralized_identifier:did:web:other.example",
        f"{BINDING.audience}.evil.example",
        f"{BINDING.audience}/",
        BINDING.audience.upper(),
    ],
)
def test_h019_an_audience_of_someone_else(audience: str, world: World) -> None:
    wire = world.present(binding=Binding(audience, BINDING.nonce))
    assert found(world.verdict(wire), Check.BINDING).code == "aud_mismatch"


def test_h020_a_nonce_that_is_not_of_this_request(world: World) -> None:
    wire = world.present(binding=Binding(BINDING.audience, "n-of-tenant-b"))
    assert found(world.verdict(wire), Check.BINDING).code == "nonce_invalid"


@pytest.mark.parametrize("age", [timedelta(days=3650), -timedelta(days=3650), timedelta(hours=1)])
def test_h021_a_key_binding_time_out_of_the_window(age: timedelta, world: World) -> None:
    held = world.issue(world.credential(issued_at=world.now - timedelta(days=10)))
    wire = world.present(held, at=world.now - age)
    code = "kb_iat_invalid" if world.format_id == "dc+sd-jwt" else "proof_date_invalid"
    finding = found(world.verdict(wire), Check.BINDING)
    assert (finding.outcome, finding.code) == (FAILED, code)


def test_h022_a_proof_over_another_selection(now: datetime) -> None:
    world = World(now, "dc+sd-jwt")
    held = world.issue()
    one, both = world.present(held, only="given_name"), world.present(held)
    assert isinstance(one, str)
    assert isinstance(both, str)
    swapped = both.rpartition("~")[0] + "~" + one.rpartition("~")[2]
    assert found(world.verdict(swapped), Check.BINDING).code == "sd_hash_mismatch"


def test_h037_the_type_of_another_issuer(world: World) -> None:
    wire = world.present(world.issue(world.credential(type_url=OTHER_TYPE)))
    verdict = world.verdict(wire)
    assert found(verdict, Check.TRUST).code == "issuer_not_accredited_for_type"
    assert verdict.part(Part.ISSUER) is FAILED
    assert verdict.part(Part.AUTHENTIC) is Outcome.PASSED


def test_h049_a_verification_method_of_another_controller(world: World) -> None:
    thief = SoftwareSigner.generate(world.signer.public.algorithm, "did:web:attacker.example#1")
    finding = found(world.verdict(world.present(world.issue(by=thief))), Check.IDENTITY)
    assert (finding.outcome, finding.code) == (FAILED, "method_not_of_issuer")


def test_h067_a_withdrawn_key(world: World) -> None:
    start, withdrawn = world.now - timedelta(days=900), world.now - timedelta(days=5)
    after = world.present(world.issue(world.credential(issued_at=withdrawn + timedelta(seconds=1))))
    before = world.present(
        world.issue(world.credential(issued_at=withdrawn - timedelta(seconds=1)))
    )
    world.list_keys = (ListedKey(world.signer.public, start, withdrawn),)
    assert found(world.verdict(after), Check.KEY).code == "key_not_valid_at_issuance"
    passed = world.verdict(before)
    assert passed.outcome is Outcome.PASSED
    assert found(passed, Check.KEY).facts["note"] == "key_rotated_since"
    world.list_keys = (ListedKey(world.signer.public, start, withdrawn, compromised=True),)
    for wire in (before, after):
        finding = found(world.verdict(wire), Check.KEY)
        assert (finding.outcome, finding.code) == (FAILED, "key_compromised")


def _with_status(world: World, index: int = 3) -> Wire:
    return world.present(world.issue(world.credential(status=[world.reference(index)])))


def test_h068_a_status_list_on_another_host(world: World) -> None:
    thief = SoftwareSigner.generate(world.signer.public.algorithm, "did:web:attacker.example#1")
    world.publish_status(0, signer=thief)
    finding = found(world.verdict(_with_status(world)), Check.STATUS)
    assert (finding.outcome, finding.code) == (FAILED, "status_issuer_mismatch")


def test_h069_a_status_list_that_is_not_to_be_trusted(world: World) -> None:
    wire = _with_status(world)
    forger = SoftwareSigner.generate(world.signer.public.algorithm, world.signer.public.key_id)
    day = timedelta(days=1)
    for change in (
        {"signer": forger},
        {"at": world.now - 2 * day, "life": day},
        {"uri": f"{STATUS}/other"},
        {"at": world.now + day},
    ):
        world.publish_status(0, **change)
        finding = found(world.verdict(wire), Check.STATUS)
        assert (finding.outcome, finding.code) == (UNDETERMINED, "status_invalid")
    world.publish_status(0, at=world.now - timedelta(hours=2))
    seen = world.sources(status_seen=lambda _uri: world.now - timedelta(hours=1))
    finding = found(world.verdict(wire, sources=seen), Check.STATUS)
    assert (finding.outcome, finding.code) == (UNDETERMINED, "status_rollback")


def test_h070_an_index_outside_the_list(world: World) -> None:
    world.publish_status(0)
    finding = found(world.verdict(_with_status(world, 200_000)), Check.STATUS)
    assert (finding.outcome, finding.code) == (FAILED, "status_index_invalid")


@pytest.mark.parametrize("index", [-1, "12 ", "1.5", "0x10", True, None, 1.5, str(2**64)])
def test_h070_an_index_that_is_no_number(index: JsonValue, now: datetime) -> None:
    world = World(now, "ldp_vc")
    wire = world.issue(world.credential(status=[world.reference()]))
    assert isinstance(wire, dict)
    entries = wire["credentialStatus"]
    assert isinstance(entries, list)
    assert isinstance(entries[0], dict)
    entries[0]["statusListIndex"] = index
    finding = found(world.verdict(wire, Expectations()), Check.PARSE)
    assert (finding.outcome, finding.code) == (FAILED, "status_index_invalid")


def test_h076_a_status_host_that_is_down(world: World) -> None:
    wire = _with_status(world)
    made = world.now - timedelta(minutes=10)
    world.publish_status(0, at=made)
    finding = found(world.verdict(wire), Check.STATUS)
    assert (finding.outcome, finding.facts["issued_at"]) == (Outcome.PASSED, made.isoformat())

    def past_its_time(url: str) -> bytes:
        raise UndeterminedError("status_stale", url)

    verdict = world.verdict(wire, sources=world.sources(get=past_its_time))
    assert found(verdict, Check.STATUS).code == "status_stale"
    assert verdict.part(Part.VALID) is UNDETERMINED


def test_h041_an_undefined_term_is_refused_and_shows_nothing(now: datetime) -> None:
    world = World(now, "ldp_vc")
    wire = world.issue()
    assert isinstance(wire, dict)
    subject = wire["credentialSubject"]
    assert isinstance(subject, dict)
    changed: JsonObject = {**wire, "credentialSubject": {**subject, "foobar": "evil"}}
    for document in (changed, {**wire, "foobar": "evil"}):
        verdict = world.verdict(compact_json(document).decode(), Expectations())
        assert found(verdict, Check.PROOF).code == "term_undefined"
        assert verdict.verified is None
