"""The verdict engine: each check passes, and refuses under its own code."""

import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from credentials.dids import did_jwk
from credentials.encoding import JsonObject, compact_json, parse_json_object
from credentials.errors import RejectedError
from credentials.findings import Check, Outcome, Part
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Binding, Wire
from credentials.openid4vc.dcql import CredentialQuery, parse_query
from credentials.trust.listing import Accreditation, ListedKey
from credentials.verification import Expectations, HolderCheck, Policy
from tests.credentials.world import BINDING, OTHER_TYPE, STATUS, TYPE, World, found

PASSED, FAILED = Outcome.PASSED, Outcome.FAILED
UNDETERMINED, NOT_APPLICABLE = Outcome.UNDETERMINED, Outcome.NOT_APPLICABLE
FORMAT_IDS = ["dc+sd-jwt", "ldp_vc", "vc+jwt", "vc+sd-jwt", "jwt_vc_json"]


@pytest.fixture(params=FORMAT_IDS)
def world(request: pytest.FixtureRequest, now: datetime) -> World:
    """The same world in every format."""
    return World(now, request.param)


def _answer(world: World, wire: Wire, step: Check) -> tuple[Outcome, str]:
    finding = found(world.verdict(wire), step)
    return finding.outcome, finding.code


def _query(world: World, claim: str = "given_name") -> CredentialQuery:
    if world.format_id != "dc+sd-jwt":
        meta: JsonObject = {"type_values": [[TYPE]]}
        path: list[str] = ["credentialSubject", claim]
    else:
        meta, path = {"vct_values": [TYPE]}, [claim]
    query: JsonObject = {
        "id": "q",
        "format": world.format_id,
        "meta": meta,
        "claims": [{"path": [*path]}],
    }
    return parse_query({"credentials": [query]}).credentials[0]


def test_a_sound_presentation_passes_every_check(world: World) -> None:
    world.publish_status(0)
    wire = world.present(world.issue(world.credential(status=[world.reference()])))
    expected = Expectations(
        binding=BINDING, holder=HolderCheck.LIVE, query=_query(world), format=world.format_id
    )
    verdict = world.verdict(wire, expected)
    assert [(each.check, each.outcome, each.code) for each in verdict.findings] == [
        (each, PASSED, "ok") for each in Check
    ]
    assert [verdict.part(part) for part in Part] == [PASSED] * 4
    assert verdict.outcome is PASSED
    assert verdict.verified is not None
    assert verdict.verified.holder_bound
    assert verdict.verified.credential.claims["given_name"] == "Jan"
    assert world.asked == [STATUS]


def test_a_held_credential_needs_no_holder(world: World) -> None:
    verdict = world.verdict(world.issue(), Expectations())
    assert found(verdict, Check.BINDING).outcome is NOT_APPLICABLE
    assert found(verdict, Check.STATUS).code == "status_not_offered"
    assert found(verdict, Check.QUERY).code == "query_not_asked"
    assert verdict.outcome is PASSED
    assert verdict.verified is not None
    assert not verdict.verified.holder_bound


@pytest.mark.parametrize("wire", ["", "hallo", "{", "{}", "a.b.c", "a.b.c~", "~~", {}, {"type": 1}])
def test_what_is_no_credential_fails_at_the_first_check(wire: Wire, now: datetime) -> None:
    verdict = World(now, "ldp_vc").verdict(wire)
    assert found(verdict, Check.PARSE).outcome is FAILED
    assert {each.code for each in verdict.findings[1:]} == {"not_reached"}
    assert verdict.verified is None


def test_a_format_that_was_not_asked_fails(world: World) -> None:
    other = "ldp_vc" if world.format_id == "dc+sd-jwt" else "dc+sd-jwt"
    verdict = world.verdict(world.present(), Expectations(binding=BINDING, format=other))
    assert found(verdict, Check.PARSE).code == "format_not_asked"


def test_a_key_of_another_than_the_issuer_is_refused(world: World) -> None:
    thief = SoftwareSigner.generate(world.signer.public.algorithm, "did:web:thief.example#1")
    wire = world.present(world.issue(by=thief))
    assert _answer(world, wire, Check.IDENTITY) == (FAILED, "method_not_of_issuer")
    assert world.asked == []


def test_an_issuer_that_is_no_did_is_refused(world: World) -> None:
    world.issuer = "urn:x"
    wire = world.issue(by=SoftwareSigner.generate(world.signer.public.algorithm, "urn:x#1"))
    assert _answer(world, wire, Check.IDENTITY)[0] is FAILED


def test_an_unlisted_issuer_is_refused_and_nobody_is_asked(world: World) -> None:
    wire = world.present()
    verdict = world.verdict(
        wire, sources=world.sources(trust_list=replace(world.trust_list(), issuers=()))
    )
    assert found(verdict, Check.TRUST).code == "issuer_not_listed"
    assert found(verdict, Check.KEY).code == "not_reached"
    assert verdict.part(Part.ISSUER) is FAILED
    assert verdict.verified is None
    assert world.asked == []


def test_without_a_list_the_issuer_is_unknown(world: World) -> None:
    world.publish_document(world.signer)
    verdict = world.verdict(world.present(), sources=world.sources(trust_list=None))
    assert found(verdict, Check.KEY).code == "not_reached"
    assert world.asked == []
    assert found(verdict, Check.TRUST).outcome is UNDETERMINED
    assert found(verdict, Check.TRUST).code == "trust_list_unavailable"


def test_a_stale_list_is_never_green_and_the_rest_is_still_checked(world: World) -> None:
    stale = replace(world.trust_list(), next_update=world.now)
    verdict = world.verdict(world.present(), sources=world.sources(trust_list=stale))
    assert found(verdict, Check.TRUST).code == "trust_list_stale"
    assert found(verdict, Check.PROOF).outcome is PASSED
    assert verdict.outcome is UNDETERMINED


def test_a_type_of_another_issuer_fails_on_who_and_not_on_proof(world: World) -> None:
    wire = world.present(world.issue(world.credential(type_url=OTHER_TYPE)))
    verdict = world.verdict(wire)
    assert found(verdict, Check.TRUST).code == "issuer_not_accredited_for_type"
    assert verdict.part(Part.ISSUER) is FAILED
    assert verdict.part(Part.AUTHENTIC) is PASSED


def test_an_accreditation_counts_at_the_moment_of_issuing(world: World) -> None:
    wire = world.present()  # issued ten days ago
    ended = world.now - timedelta(days=5)
    world.services = (Accreditation(TYPE, "school", world.now - timedelta(days=90), ended),)
    assert _answer(world, wire, Check.TRUST) == (PASSED, "ok")
    world.services = (Accreditation(TYPE, "school", ended),)
    assert _answer(world, wire, Check.TRUST) == (FAILED, "issuer_not_accredited_for_type")


def test_an_unaccredited_issuer_with_an_unlisted_key_is_not_asked_for_it(world: World) -> None:
    world.list_keys = ()
    world.publish_document(world.signer)
    wire = world.present(world.issue(world.credential(type_url=OTHER_TYPE)))
    assert _answer(world, wire, Check.KEY) == (UNDETERMINED, "not_reached")
    assert world.asked == []


def test_policy_any_does_not_ask_for_a_list(world: World) -> None:
    world.publish_document(world.signer)
    verdict = world.verdict(
        world.present(),
        Expectations(policy=Policy.ANY, binding=BINDING),
        sources=world.sources(trust_list=None),
    )
    assert found(verdict, Check.TRUST).outcome is NOT_APPLICABLE
    assert found(verdict, Check.TRUST).code == "trust_not_asked"
    assert found(verdict, Check.KEY).facts["source"] == "did_document"
    assert verdict.outcome is PASSED


def test_policy_any_takes_an_issuer_that_is_its_own_key(world: World) -> None:
    bare = SoftwareSigner.generate(Algorithm.ES256 if "sd" in world.format_id else Algorithm.EDDSA)
    world.issuer = did_jwk(bare.public)
    signer = SoftwareSigner.from_private_jwk(bare.private_jwk() | {"kid": f"{world.issuer}#0"})
    wire = world.issue(by=signer)
    verdict = world.verdict(wire, Expectations(policy=Policy.ANY))
    assert verdict.outcome is PASSED
    assert world.asked == []


def test_a_key_that_the_list_does_not_know_is_looked_up_at_the_issuer(world: World) -> None:
    world.list_keys = ()
    world.publish_document(world.signer)
    verdict = world.verdict(world.present())
    assert found(verdict, Check.KEY).facts["source"] == "did_document"
    assert verdict.outcome is PASSED


def test_an_issuer_that_cannot_be_reached_leaves_the_key_unknown(world: World) -> None:
    world.list_keys = ()
    assert _answer(world, world.present(), Check.KEY) == (UNDETERMINED, "fetch_failed")


def test_a_key_that_is_not_in_the_document_is_refused(world: World) -> None:
    world.list_keys = ()
    world.publish_document(world.key("2"))
    assert _answer(world, world.present(), Check.KEY) == (FAILED, "method_not_of_issuer")


def test_a_rotated_key_checks_what_it_signed_in_its_time(world: World) -> None:
    wire = world.present()  # issued ten days ago
    start, end = world.now - timedelta(days=900), world.now - timedelta(days=5)
    world.list_keys = (ListedKey(world.signer.public, start, end),)
    verdict = world.verdict(wire)
    assert found(verdict, Check.KEY).facts["note"] == "key_rotated_since"
    assert verdict.outcome is PASSED
    late = world.issue(world.credential(issued_at=world.now - timedelta(days=4)))
    assert _answer(world, world.present(late), Check.KEY) == (FAILED, "key_not_valid_at_issuance")


def test_a_compromised_key_checks_nothing(world: World) -> None:
    start = world.now - timedelta(days=900)
    world.list_keys = (ListedKey(world.signer.public, start, compromised=True),)
    verdict = world.verdict(world.present())
    assert found(verdict, Check.KEY).code == "key_compromised"
    assert verdict.verified is None


def test_a_forged_signature_shows_no_claim(world: World) -> None:
    forger = SoftwareSigner.generate(world.signer.public.algorithm, world.signer.public.key_id)
    verdict = world.verdict(world.present(world.issue(by=forger)))
    code = "proof_invalid" if world.format_id == "ldp_vc" else "signature_invalid"
    assert found(verdict, Check.PROOF).code == code
    assert verdict.part(Part.AUTHENTIC) is FAILED
    assert verdict.verified is None
    assert found(verdict, Check.BINDING).code == "not_reached"


def test_an_ended_credential_is_expired(world: World) -> None:
    wire = world.present(world.issue(world.credential(valid_until=world.now)))
    assert _answer(world, wire, Check.DATES) == (FAILED, "expired")


def test_a_credential_for_later_is_not_yet_valid(world: World) -> None:
    later = world.now + timedelta(days=1)
    wire = world.present(world.issue(world.credential(valid_from=later)))
    assert _answer(world, wire, Check.DATES) == (FAILED, "not_yet_valid")


def test_the_status_of_what_failed_before_is_not_asked(world: World) -> None:
    credential = world.credential(valid_until=world.now, status=[world.reference()])
    assert _answer(world, world.present(world.issue(credential)), Check.STATUS) == (
        UNDETERMINED,
        "not_reached",
    )
    assert world.asked == []


@pytest.mark.parametrize(
    ("binding", "code"),
    [
        (Binding(BINDING.audience, "other"), "nonce_invalid"),
        (Binding("decentralized_identifier:did:web:evil.example", BINDING.nonce), "aud_mismatch"),
    ],
)
def test_an_answer_to_another_request_is_refused(binding: Binding, code: str, world: World) -> None:
    verdict = world.verdict(world.present(binding=binding))
    assert found(verdict, Check.BINDING).code == code
    assert verdict.part(Part.HOLDER) is FAILED
    assert verdict.part(Part.AUTHENTIC) is PASSED


def test_a_presentation_by_another_is_refused(world: World) -> None:
    thief = SoftwareSigner.generate(Algorithm.ES256)
    assert _answer(world, world.present(by=thief), Check.BINDING) == (
        FAILED,
        "holder_key_mismatch",
    )


def test_a_bare_credential_is_no_answer(world: World) -> None:
    assert _answer(world, world.issue(), Check.BINDING) == (FAILED, "holder_binding_missing")


def test_a_bare_credential_answers_where_no_holder_is_asked(world: World) -> None:
    query = replace(_query(world), holder_binding=False)
    verdict = world.verdict(world.issue(), Expectations(binding=BINDING, query=query))
    assert found(verdict, Check.BINDING).outcome is NOT_APPLICABLE


def test_a_presentation_for_an_unknown_request_leaves_the_holder_unknown(world: World) -> None:
    verdict = world.verdict(world.present(), Expectations())
    assert found(verdict, Check.BINDING).code == "holder_request_unknown"
    assert verdict.part(Part.HOLDER) is UNDETERMINED
    bad = world.present(by=SoftwareSigner.generate(Algorithm.ES256))
    assert found(world.verdict(bad, Expectations()), Check.BINDING).outcome is FAILED


def test_claims_of_another_shape_break_the_schema(world: World) -> None:
    world.schema = {"properties": {"given_name": {"maxLength": 2}}}
    verdict = world.verdict(world.present())
    assert found(verdict, Check.SCHEMA).code == "schema_mismatch"
    assert verdict.part(Part.AUTHENTIC) is FAILED
    assert "Jan" not in str(verdict.findings)


def test_a_claim_that_the_holder_left_out_breaks_no_schema(now: datetime) -> None:
    world = World(now, "dc+sd-jwt")
    verdict = world.verdict(world.present(only="given_name"))
    assert found(verdict, Check.SCHEMA).outcome is PASSED
    assert verdict.verified is not None
    assert "family_name" not in verdict.verified.credential.claims


def test_a_format_that_is_shown_whole_must_be_whole(now: datetime) -> None:
    world = World(now, "ldp_vc")
    wire = world.present(world.issue(world.credential(claims={"given_name": "Jan"})))
    assert _answer(world, wire, Check.SCHEMA) == (FAILED, "schema_mismatch")


def test_a_type_without_local_schema_is_not_held_against_one(world: World) -> None:
    world.schema = None
    assert _answer(world, world.present(), Check.SCHEMA) == (NOT_APPLICABLE, "schema_unknown")


def test_an_answer_without_what_was_asked_is_refused(world: World) -> None:
    expected = Expectations(binding=BINDING, query=_query(world, "birth_date"))
    finding = found(world.verdict(world.present(), expected), Check.QUERY)
    assert (finding.outcome, finding.code) == (FAILED, "query_unsatisfied")


def test_json_text_and_document_give_the_same_verdict(now: datetime) -> None:
    world = World(now, "ldp_vc")
    wire = world.present()
    assert isinstance(wire, dict)
    text = compact_json(wire).decode()
    assert parse_json_object(text) == wire
    assert world.verdict(text).findings == world.verdict(wire).findings


@pytest.mark.parametrize("binding", [None, Binding("", "n"), Binding("v", ""), Binding("", "")])
def test_a_verifier_without_nonce_or_audience_cannot_be_set_up(binding: Binding | None) -> None:
    with pytest.raises(RejectedError) as refusal:
        Expectations(binding=binding, holder=HolderCheck.LIVE)
    assert refusal.value.code == "config_nonce_required"


def test_the_engine_loads_neither_web_nor_json_ld() -> None:
    program = (
        "import sys, credentials.verification; "
        "print([n for n in ('pyld', 'fastapi', 'sqlmodel', 'httpx2') if n in sys.modules])"
    )
    run = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert run.stdout.strip() == "[]"
