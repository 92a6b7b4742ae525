"""Step 8 of a verdict: type metadata and the profile of badges, accepted and refused."""

import base64
import copy
import hashlib
import json
import secrets
from dataclasses import replace
from datetime import datetime

import pytest

from credentials.claims import Paths
from credentials.cryptosuites import ECDSA_SD_2023, EDDSA_RDFC_2022, ProofOptions
from credentials.dids import did_jwk
from credentials.encoding import JsonObject, JsonValue
from credentials.findings import Check, Outcome
from credentials.formats.sd_jwt_vc import SdJwtVc
from credentials.jose import sign_compact
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Wire
from credentials.verification import Expectations, Policy
from schemas import catalog
from schemas.contexts import SKILLS_CONTEXT
from tests.credentials import test_badges
from tests.credentials.world import CLAIMS, TYPE, World, found

OPEN = Expectations(policy=Policy.ANY)
PASSED, FAILED = (Outcome.PASSED, "ok"), (Outcome.FAILED, "badge_malformed")
Answer = tuple[Outcome, str]


@pytest.fixture
def world(now: datetime) -> World:
    """A world in which no schema is known, so that badges alone speak."""
    made = World(now, "ldp_vc", schema=None)
    made.publish_document(made.signer)
    return made


def badge(world: World, **achievement: JsonValue) -> JsonObject:
    """A badge of the world's holder, with members of its achievement replaced; None leaves out."""
    document = copy.deepcopy(test_badges.BADGE)
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    assert isinstance(subject["achievement"], dict)
    subject["id"] = did_jwk(world.holder.public)
    whole = {**subject["achievement"], **achievement}
    subject["achievement"] = {name: value for name, value in whole.items() if value is not None}
    return document


def options(world: World) -> ProofOptions:
    """A proof of the issuer, made now."""
    return ProofOptions(str(world.signer.public.key_id), "assertionMethod", "2026-11-23T12:00:00Z")


def embedded(world: World, document: JsonObject) -> Wire:
    """A document with its proof inside."""
    return {**document, "proof": EDDSA_RDFC_2022.sign(document, options(world), world.signer)}


def token(world: World, document: JsonObject) -> Wire:
    """A document as a JWT."""
    header: JsonObject = {"typ": "vc+jwt", "kid": world.signer.public.key_id}
    return sign_compact(header, document, world.signer)


def shape(world: World, wire: Wire) -> Answer:
    """What step 8 says of a credential whose proof holds."""
    verdict = world.verdict(wire, OPEN)
    assert found(verdict, Check.PROOF).outcome is Outcome.PASSED
    finding = found(verdict, Check.SCHEMA)
    return finding.outcome, finding.code


def test_a_badge_after_the_profile_passes(world: World) -> None:
    assert shape(world, embedded(world, badge(world))) == PASSED
    assert shape(world, token(world, badge(world))) == PASSED


@pytest.mark.parametrize("wrong", [{"criteria": None}, {"achievementType": "Hat"}])
def test_a_badge_that_breaks_the_profile_is_refused(world: World, wrong: JsonObject) -> None:
    document = badge(world, **wrong)
    assert shape(world, embedded(world, document)) == FAILED
    assert shape(world, token(world, document)) == FAILED


@pytest.mark.parametrize(("kind", "expected"), [("Award", PASSED), ("Hat", FAILED)])
def test_a_badge_shown_in_part_lacks_nothing(world: World, kind: str, expected: Answer) -> None:
    world.signer = SoftwareSigner.generate(Algorithm.ES256, f"{world.issuer}#p256")
    world.publish_document(world.signer)
    document = badge(world, achievementType=kind)
    document |= {
        "validUntil": "2027-11-23T12:00:00Z",
        "credentialStatus": {
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "3",
            "statusListCredential": world.reference().uri,
        },
    }
    needed = ("issuer", "type", "validFrom", "validUntil", "credentialStatus")
    proof = ECDSA_SD_2023.sign(
        document,
        options(world),
        world.signer,
        mandatory=[f"/{name}" for name in needed],
        entropy=secrets.token_bytes,
    )
    reveal = ["/credentialSubject/achievement/achievementType", "/credentialSubject/id"]
    shown = ECDSA_SD_2023.derive(document, proof, reveal=reveal, entropy=secrets.token_bytes)
    assert "criteria" not in str(shown["credentialSubject"])
    assert shape(world, shown) == expected


def test_a_class_of_the_profile_in_another_context_is_no_badge(world: World) -> None:
    document = badge(world) | {
        "@context": ["https://www.w3.org/ns/credentials/v2", SKILLS_CONTEXT],
        "type": ["VerifiableCredential", TYPE, "EndorsementCredential"],
        "credentialSubject": {"id": did_jwk(world.holder.public), **CLAIMS},
        "issuer": world.issuer,
    }
    wire = sign_compact(
        {"typ": "vc+jwt", "kid": world.signer.public.key_id}, document, world.signer
    )
    assert found(world.verdict(wire, OPEN), Check.SCHEMA).code != "badge_malformed"


def typed(
    now: datetime,
    octets: bytes,
    *,
    disclosable: Paths = frozenset(),
    claims: JsonObject = CLAIMS,
    integrity: str | None = None,
) -> Answer:
    """What step 8 says of a dc+sd-jwt, where these are the metadata of its type."""
    world = World(now, "dc+sd-jwt", schema=None)
    world.publish_document(world.signer)
    credential = replace(world.credential(claims=claims), type_integrity=integrity)
    wire = SdJwtVc().issue(
        credential,
        world.signer,
        holder=world.holder.public,
        disclosable=disclosable,
        entropy=secrets.token_bytes,
    )
    sources = world.sources(types=lambda vct: octets if vct == TYPE else None)
    finding = found(world.verdict(wire, OPEN, sources=sources), Check.SCHEMA)
    return finding.outcome, finding.code


def metadata(**members: JsonValue) -> bytes:
    """Type metadata with one rule about a name."""
    rule: JsonObject = {"path": ["given_name"], "sd": "never", "mandatory": True}
    return json.dumps({"vct": TYPE, "claims": [rule], **members}).encode()


def test_a_claim_that_may_not_be_hidden_is_there_and_plain(now: datetime) -> None:
    mismatch = (Outcome.FAILED, "type_claims_mismatch")
    assert typed(now, metadata()) == PASSED
    assert typed(now, metadata(), disclosable=frozenset([("family_name",)])) == PASSED
    assert typed(now, metadata(), disclosable=frozenset([("given_name",)])) == mismatch
    assert typed(now, metadata(), claims={"family_name": "Bakker"}) == mismatch


def test_a_type_is_the_version_that_its_issuer_pinned(now: datetime) -> None:
    right, wrong = (
        "sha256-" + base64.b64encode(hashlib.sha256(octets).digest()).decode()
        for octets in (metadata(), metadata(name="newer"))
    )
    assert typed(now, metadata(), integrity=right) == PASSED
    refused = (Outcome.FAILED, "type_metadata_invalid")
    assert typed(now, metadata(), integrity=wrong) == refused


@pytest.mark.parametrize("claims", [{}, [5], [{}], [{"path": []}], [{"path": [-1]}]])
def test_metadata_with_rules_that_cannot_be_read_refuses(now: datetime, claims: JsonValue) -> None:
    refused = (Outcome.FAILED, "type_metadata_invalid")
    assert typed(now, metadata(claims=claims)) == refused


def test_a_type_that_extends_one_without_a_copy_is_unknown(now: datetime) -> None:
    answer = typed(now, metadata(extends="https://types.example/elsewhere"))
    assert answer == (Outcome.UNDETERMINED, "type_metadata_unknown")


@pytest.mark.parametrize("url", [each.url for each in catalog.credential_types()])
def test_our_own_types_say_what_may_be_hidden(url: str) -> None:
    own = catalog.by_url(url)
    assert own is not None
    octets = catalog.type_metadata(url)
    assert octets is not None
    rules = json.loads(octets)["claims"]
    never = {tuple(rule["path"]) for rule in rules if rule["sd"] == "never"}
    assert never
    assert never.isdisjoint(own.disclosable())


def test_a_foreign_type_has_no_metadata_here() -> None:
    assert catalog.type_metadata("https://types.example/a") is None
