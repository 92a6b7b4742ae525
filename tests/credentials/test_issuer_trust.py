"""Whom a verdict believes, by each way there is, and what is left when an issuer is gone."""

import base64
import json
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

import pytest

from credentials import jose
from credentials.encoding import JsonObject, JsonValue, b64url_encode, compact_json
from credentials.errors import RejectedError
from credentials.findings import Check, Finding, Outcome, Part
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Wire
from credentials.trust.accreditation import (
    ACCREDITING,
    BODY,
    read_accreditation,
    sign_accreditation,
)
from credentials.trust.linkage import PATH, sign_linkage, write_configuration
from credentials.trust.listing import (
    Accreditation,
    KeptStatus,
    ListedCertificate,
    ListedKey,
    TrustedIssuer,
    TrustList,
)
from credentials.verification import Expectations, Policy
from tests.conftest import NOW
from tests.credentials.test_trust_chains import KEYS, LEAF, MIDDLE, ROOT
from tests.credentials.webvh_log import Log
from tests.credentials.world import BINDING, ISSUER, OTHER_TYPE, STATUS, TYPE, World, found

DAY = timedelta(days=1)
HOME = "https://issuer.skillspass.example"
COPY = "https://trust.skillspass.example/kept/one.kept"
FORMATS = ["dc+sd-jwt", "ldp_vc"]


def asked(policy: Policy = Policy.LISTED, **more: object) -> Expectations:
    """What the verifier expects."""
    return replace(Expectations(policy=policy, binding=BINDING), **more)  # type: ignore[arg-type]  # fields


def listed(world: World, **changes: object) -> TrustList:
    """The list of the world, with its one entry changed."""
    usual = world.trust_list()
    entry = replace(usual.issuers[0], **changes)  # type: ignore[arg-type]  # fields of a dataclass
    return replace(usual, issuers=(entry,))


def finding_of(
    world: World, step: Check, wire: Wire, expected: Expectations, trust: TrustList | None
) -> Finding:
    """The finding of one check."""
    verdict = world.verdict(wire, expected, sources=world.sources(trust_list=trust))
    return found(verdict, step)


@pytest.mark.parametrize("format_id", FORMATS)
def test_a_listed_did_web_without_listed_keys_is_asked_for_its_document(format_id: str) -> None:
    world = World(NOW, format_id)
    world.publish_document(world.signer)
    trust = listed(world, keys=())
    key = finding_of(world, Check.KEY, world.present(), asked(), trust)
    assert (key.outcome, key.facts["source"]) == (Outcome.PASSED, "did_document")
    del world.pages[f"{HOME}/.well-known/did.json"]
    key = finding_of(world, Check.KEY, world.present(), asked(), trust)
    assert (key.outcome, key.code) == (Outcome.UNDETERMINED, "fetch_failed")


def test_a_listed_did_webvh_is_asked_for_its_history() -> None:
    log = Log(NOW - 30 * DAY).create()
    world = World(NOW, "dc+sd-jwt", issuer=log.did)
    _publish_log(world, log)
    verdict = world.verdict(
        world.present(), asked(), sources=world.sources(trust_list=listed(world, keys=()))
    )
    assert verdict.part(Part.ISSUER) is Outcome.PASSED
    assert found(verdict, Check.KEY).facts["source"] == "did_document"


def _publish_log(world: World, log: Log, *services: JsonValue) -> None:
    method: JsonObject = {
        "id": f"{log.did}#1",
        "type": "Multikey",
        "controller": log.did,
        "publicKeyMultibase": world.signer.public.multikey(),
    }
    log.update(verificationMethod=[method], assertionMethod=[f"{log.did}#1"], service=[*services])
    world.pages[f"{HOME}/.well-known/did.jsonl"] = log.octets


def chained(claims: JsonObject | None = None, *, certificates: tuple[bytes, ...]) -> str:
    """A credential whose header holds a chain and no name of a key."""
    payload: JsonObject = {
        "iss": "https://school.example",
        "vct": TYPE,
        "iat": int((NOW - DAY).timestamp()),
        "given_name": "Jan",
        "family_name": "Bakker",
    }
    numbers = KEYS["leaf"].private_numbers()
    x, y = numbers.public_numbers.x, numbers.public_numbers.y
    private: JsonObject = {"kty": "EC", "crv": "P-256"}
    private |= {
        name: b64url_encode(number.to_bytes(32, "big"))
        for name, number in (("x", x), ("y", y), ("d", numbers.private_value))
    }
    chain: list[JsonValue] = [base64.b64encode(each).decode() for each in certificates]
    header: JsonObject = {"typ": "dc+sd-jwt", "x5c": chain}
    signer = SoftwareSigner.from_private_jwk(private)
    return jose.sign_compact(header, payload | (claims or {}), signer) + "~"


@pytest.mark.parametrize(
    ("certificates", "anchor", "code"),
    [
        ((LEAF, MIDDLE), ROOT, "ok"),
        ((LEAF,), LEAF, "ok"),
        ((LEAF, MIDDLE), b"AAAA", "issuer_chain_unknown"),
        ((LEAF,), ROOT, "issuer_chain_unknown"),
        ((MIDDLE,), ROOT, "x5c_invalid"),
    ],
    ids=["chain", "leaf", "another anchor", "middle missing", "an authority"],
)
def test_a_chain_is_believed_where_it_ends_in_the_list(
    certificates: tuple[bytes, ...], anchor: bytes, code: str
) -> None:
    world = World(NOW, "dc+sd-jwt")
    trust = listed(
        world,
        id="https://school.example",
        keys=(),
        certificates=(ListedCertificate(anchor, NOW - 300 * DAY),),
    )
    wire = chained(certificates=certificates)
    verdict = world.verdict(wire, Expectations(), sources=world.sources(trust_list=trust))
    assert found(verdict, Check.KEY).code == code
    good = code == "ok"
    assert (verdict.part(Part.AUTHENTIC) is Outcome.PASSED) is good
    assert world.asked == []


def test_a_chain_proves_nothing_without_a_list() -> None:
    world = World(NOW, "dc+sd-jwt")
    wire = chained(certificates=(LEAF, MIDDLE))
    verdict = world.verdict(wire, Expectations(policy=Policy.ANY))
    assert found(verdict, Check.KEY).code == "x5c_invalid"
    assert verdict.verified is None


ORIGIN = "https://vakschool.example"


def linked(world: World, *, did: str = ISSUER, speaks: bool = True, answers: bool = True) -> None:
    """Let a DID and an origin speak of each other, or one of the two be silent."""
    from credentials.dids.web import write_document  # noqa: PLC0415 - of this world alone

    document = write_document(
        did, [world.signer.public], domains=[ORIGIN] if speaks else ["https://other.example"]
    )
    world.pages[f"{HOME}/.well-known/did.json"] = compact_json(document)
    token = sign_linkage(did, ORIGIN, world.signer, at=NOW, lifetime=DAY)
    configuration = write_configuration([token] if answers else [])
    world.pages[ORIGIN + PATH] = compact_json(configuration)


def test_an_issuer_off_the_list_counts_where_the_policy_takes_the_word_of_its_domain() -> None:
    world = World(NOW, "dc+sd-jwt")
    linked(world)
    nobody = replace(world.trust_list(), issuers=())
    trust = finding_of(world, Check.TRUST, world.present(), asked(Policy.LINKED), nobody)
    assert (trust.outcome, trust.code) == (Outcome.PASSED, "domain_linked")
    assert trust.facts["origin"] == ORIGIN
    strict = finding_of(world, Check.TRUST, world.present(), asked(), nobody)
    assert (strict.outcome, strict.code) == (Outcome.FAILED, "issuer_not_listed")


@pytest.mark.parametrize("silent", [{"speaks": False}, {"answers": False}], ids=["did", "origin"])
def test_a_link_in_one_direction_is_none(silent: dict[str, bool]) -> None:
    world = World(NOW, "dc+sd-jwt")
    linked(world, **silent)  # type: ignore[arg-type]  # one of the two
    nobody = replace(world.trust_list(), issuers=())
    verdict = world.verdict(
        world.present(), asked(Policy.LINKED), sources=world.sources(trust_list=nobody)
    )
    assert verdict.part(Part.ISSUER) is not Outcome.PASSED
    assert verdict.verified is None


def test_a_did_webvh_links_its_domain_too() -> None:
    log = Log(NOW - 30 * DAY).create()
    world = World(NOW, "dc+sd-jwt", issuer=log.did)
    service: JsonObject = {
        "id": f"{log.did}#domains",
        "type": "LinkedDomains",
        "serviceEndpoint": {"origins": [ORIGIN]},
    }
    _publish_log(world, log, service)
    token = sign_linkage(log.did, ORIGIN, world.signer, at=NOW, lifetime=DAY)
    world.pages[ORIGIN + PATH] = compact_json(write_configuration([token]))
    nobody = replace(world.trust_list(), issuers=())
    trust = finding_of(world, Check.TRUST, world.present(), asked(Policy.LINKED), nobody)
    assert trust.code == "domain_linked"


@pytest.mark.parametrize("policy", list(Policy))
def test_rules_of_the_verifier_refuse_more_and_never_less(policy: Policy) -> None:
    world = World(NOW, "dc+sd-jwt")
    world.publish_document(world.signer)

    def only_exam_centres(_type: str, _issuer: str, role: str | None) -> bool:
        return role == "exam_centre"

    expected = asked(policy, may_issue=only_exam_centres)
    verdict = world.verdict(world.present(), expected)
    assert found(verdict, Check.TRUST).code == "issuer_not_in_policy"
    assert verdict.part(Part.ISSUER) is Outcome.FAILED
    foreign = world.present(world.issue(world.credential(type_url=OTHER_TYPE)))
    anything = asked(may_issue=lambda *_: True)
    assert found(world.verdict(foreign, anything), Check.TRUST).code == (
        "issuer_not_accredited_for_type"
    )


def test_a_withdrawal_after_issuing_is_a_note_and_before_it_a_refusal() -> None:
    world = World(NOW, "dc+sd-jwt")
    after = Accreditation(TYPE, "school", NOW - 900 * DAY, NOW - DAY)
    trust = finding_of(
        world, Check.TRUST, world.present(), asked(), listed(world, services=(after,))
    )
    assert (trust.outcome, trust.facts["note"]) == (Outcome.PASSED, "accreditation_ended_since")
    before = replace(after, valid_until=NOW - 11 * DAY)
    trust = finding_of(
        world, Check.TRUST, world.present(), asked(), listed(world, services=(before,))
    )
    assert (trust.outcome, trust.code) == (Outcome.FAILED, "issuer_not_accredited_for_type")


def gone(world: World, *, kept: bool, value: int = 0, listed_keys: bool = True) -> TrustList:
    """The list after the issuer's end: its site, its document and its status list are no more."""
    world.publish_status(value, at=NOW - 20 * DAY)
    body = world.pages.pop(STATUS)
    world.pages.clear()
    copies: tuple[KeptStatus, ...] = ()
    if kept:
        world.pages[COPY] = body
        digest = b64url_encode(sha256(body).digest())
        copies = (KeptStatus(STATUS, COPY, digest, NOW - 20 * DAY + timedelta(hours=1)),)
    return listed(
        world,
        gone_since=NOW - 5 * DAY,
        services=tuple(replace(each, valid_until=NOW - 5 * DAY) for each in world.services),
        keys=tuple(replace(each, valid_until=NOW - 5 * DAY) for each in world.list_keys)
        if listed_keys
        else (),
        kept=copies,
    )


@pytest.mark.parametrize("format_id", FORMATS)
@pytest.mark.parametrize(
    ("kept", "value", "outcome", "code"),
    [
        (False, 0, Outcome.UNDETERMINED, "status_unreachable"),
        (True, 0, Outcome.UNDETERMINED, "status_last_known"),
        (True, 1, Outcome.FAILED, "revoked"),
    ],
    ids=["before it was kept", "kept", "kept, and withdrawn"],
)
def test_of_a_vanished_issuer_all_but_the_present_can_be_checked(
    format_id: str, *, kept: bool, value: int, outcome: Outcome, code: str
) -> None:
    world = World(NOW, format_id)
    wire = world.present(world.issue(world.credential(status=[world.reference()])))
    trust = gone(world, kept=kept, value=value)
    verdict = world.verdict(wire, asked(), sources=world.sources(trust_list=trust))
    status = found(verdict, Check.STATUS)
    assert (status.outcome, status.code) == (outcome, code)
    assert found(verdict, Check.TRUST).facts["note"] == "issuer_gone_since"
    assert verdict.part(Part.AUTHENTIC) is Outcome.PASSED
    assert verdict.part(Part.ISSUER) is Outcome.PASSED
    assert verdict.outcome is not Outcome.PASSED  # never plain green
    assert world.asked == ([COPY] if kept else [STATUS])
    if kept:
        assert status.facts["known_at"] == (NOW - 20 * DAY + timedelta(hours=1)).isoformat()


def test_another_copy_than_the_list_names_says_nothing() -> None:
    world = World(NOW, "dc+sd-jwt")
    wire = world.present(world.issue(world.credential(status=[world.reference()])))
    trust = gone(world, kept=True)
    world.publish_status(0, at=NOW - 20 * DAY)  # as good a list, but not the one that was kept
    world.pages[COPY] = world.pages[STATUS]
    status = finding_of(world, Check.STATUS, wire, asked(), trust)
    assert (status.outcome, status.code) == (Outcome.UNDETERMINED, "status_invalid")


def test_who_has_the_domain_of_a_vanished_issuer_now_is_not_asked() -> None:
    world = World(NOW, "dc+sd-jwt")
    trust = gone(world, kept=False, listed_keys=False)
    thief = world.key("1")
    world.publish_document(thief)
    forged = world.present(world.issue(by=thief))
    key = finding_of(world, Check.KEY, forged, asked(), trust)
    assert (key.outcome, key.code) == (Outcome.UNDETERMINED, "key_not_kept")
    assert world.asked == []
    still_there = replace(trust.issuers[0], gone_since=None)
    key = finding_of(world, Check.KEY, forged, asked(), replace(trust, issuers=(still_there,)))
    assert key.code == "ok"  # the guard is all that refused it


BODY_ID = "did:web:sector.example"
BODY_KEY = SoftwareSigner.generate(Algorithm.ES256, f"{BODY_ID}#1")


def body_list(world: World, **changes: object) -> TrustList:
    """A list with the body that accredits, and nobody else."""
    body = TrustedIssuer(
        BODY_ID,
        "De sector",
        (Accreditation(ACCREDITING, BODY, NOW - 90 * DAY),),
        (ListedKey(BODY_KEY.public, NOW - 90 * DAY),),
    )
    return replace(
        world.trust_list(),
        issuers=(replace(body, **changes),),  # type: ignore[arg-type]  # fields of a dataclass
    )


def accreditation(world: World, *, at: datetime = NOW - 20 * DAY) -> str:
    """The body's word for the issuer of the world."""
    entry = TrustedIssuer(world.issuer, "Opleider", world.services, (), kvk="12345678")
    return sign_accreditation(entry, BODY_KEY, body=BODY_ID, at=at, until=NOW + DAY)


def test_an_accreditation_of_the_sectors_body_stands_beside_the_list() -> None:
    world = World(NOW, "dc+sd-jwt")
    world.publish_document(world.signer)
    trust = body_list(world)
    entry = read_accreditation(accreditation(world), trust_list=trust, at=NOW)
    assert (entry.id, entry.kvk, entry.keys) == (ISSUER, "12345678", ())
    found_with = finding_of(world, Check.TRUST, world.present(), asked(), trust.beside((entry,)))
    assert found_with.outcome is Outcome.PASSED
    without = finding_of(world, Check.TRUST, world.present(), asked(), trust)
    assert without.code == "issuer_not_listed"


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "did:web:another.example"},
        {"keys": ()},
        {"services": (Accreditation(TYPE, "school", NOW - 90 * DAY),)},
        {"services": (Accreditation(ACCREDITING, BODY, NOW - 90 * DAY, NOW - 21 * DAY),)},
        {"keys": (ListedKey(BODY_KEY.public, NOW - 90 * DAY, compromised=True),)},
    ],
    ids=["not listed", "no key", "no body", "no longer a body", "stolen key"],
)
def test_an_accreditation_by_anyone_else_is_refused(changes: dict[str, object]) -> None:
    world = World(NOW, "dc+sd-jwt")
    with pytest.raises(RejectedError, match="accreditation_invalid"):
        read_accreditation(accreditation(world), trust_list=body_list(world, **changes), at=NOW)


def test_an_accreditation_that_was_changed_or_is_of_tomorrow_is_refused() -> None:
    world = World(NOW, "dc+sd-jwt")
    head, body, signature = accreditation(world).split(".")
    payload = json.loads(base64.urlsafe_b64decode(body + "=="))
    payload["credentialSubject"]["id"] = "did:web:evil.example"
    changed = f"{head}.{b64url_encode(json.dumps(payload).encode())}.{signature}"
    for token in (changed, accreditation(world, at=NOW + timedelta(hours=1))):
        with pytest.raises(RejectedError, match="accreditation_invalid"):
            read_accreditation(token, trust_list=body_list(world), at=NOW)
