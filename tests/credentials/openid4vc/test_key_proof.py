"""Key proofs: one key for each copy, with and without a provider's attestation."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import jose
from credentials.encoding import JsonObject
from credentials.keys import Algorithm, PublicKey, SoftwareSigner
from credentials.openid4vc.key_attestation import TYPE, create_attestation
from credentials.openid4vc.key_proof import (
    MAX_PROOF_AGE,
    PROOF_TYPE,
    ProofRules,
    create_proof,
    verify_attested,
    verify_proofs,
)
from credentials.openid4vc.message import ProtocolError

ISSUER = "https://issuer.skillspass.example"
HOLDER = SoftwareSigner.generate(Algorithm.ES256)


def verify_proof(
    token: str,
    *,
    audience: str,
    nonce_known: Callable[[str], bool],
    at: datetime,
    client_id: str | None = None,
) -> PublicKey:
    """The key of one proof without attestation."""
    rules = ProofRules(audience, client_id)
    return verify_proofs([token], rules=rules, nonce_known=nonce_known, at=at)[0]


def _known(nonce: str) -> bool:
    return nonce == "n-1"


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_proof_gives_the_key_of_the_holder(algorithm: Algorithm, now: datetime) -> None:
    holder = SoftwareSigner.generate(algorithm)
    proof = create_proof(holder, audience=ISSUER, nonce="n-1", at=now)
    assert verify_proof(proof, audience=ISSUER, nonce_known=_known, at=now) == holder.public


def test_a_proof_of_a_named_client_is_for_that_client(now: datetime) -> None:
    proof = create_proof(HOLDER, audience=ISSUER, nonce="n-1", at=now, client_id="kiosk")
    verify_proof(proof, audience=ISSUER, nonce_known=_known, at=now, client_id="kiosk")
    with pytest.raises(ProtocolError, match="invalid_proof"):
        verify_proof(proof, audience=ISSUER, nonce_known=_known, at=now)


def test_a_proof_with_an_unknown_nonce_asks_for_a_fresh_one(now: datetime) -> None:
    proof = create_proof(HOLDER, audience=ISSUER, nonce="n-2", at=now)
    with pytest.raises(ProtocolError) as refusal:
        verify_proof(proof, audience=ISSUER, nonce_known=_known, at=now)
    assert refusal.value.error == "invalid_nonce"


def test_a_forged_proof_uses_up_no_nonce(now: datetime) -> None:
    asked: list[str] = []

    def remember(nonce: str) -> bool:
        asked.append(nonce)
        return True

    proof = create_proof(HOLDER, audience=ISSUER, nonce="n-1", at=now)
    forged = proof[:-4] + ("AAAA" if not proof.endswith("AAAA") else "BBBB")
    with pytest.raises(ProtocolError, match="invalid_proof"):
        verify_proof(forged, audience=ISSUER, nonce_known=remember, at=now)
    assert asked == []


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "https://other.example"},
        {"aud": [ISSUER]},
        {"aud": f"{ISSUER}/"},
        {"iat": None},
        {"iat": True},
        {"iat": "1795000000"},
        {"nonce": None},
        {"nonce": ""},
        {"nonce": 1},
        {"iss": "someone"},
    ],
)
def test_a_proof_for_something_else_is_refused(change: JsonObject, now: datetime) -> None:
    payload: JsonObject = {"aud": ISSUER, "iat": int(now.timestamp()), "nonce": "n-1"}
    payload |= change
    header: JsonObject = {"typ": PROOF_TYPE, "jwk": HOLDER.public.jwk()}
    proof = jose.sign_compact(header, payload, HOLDER)
    with pytest.raises(ProtocolError) as refusal:
        verify_proof(proof, audience=ISSUER, nonce_known=_known, at=now)
    assert refusal.value.error == "invalid_proof"


@pytest.mark.parametrize("age", [-timedelta(minutes=2), MAX_PROOF_AGE + timedelta(seconds=1)])
def test_a_proof_outside_its_window_is_refused(age: timedelta, now: datetime) -> None:
    proof = create_proof(HOLDER, audience=ISSUER, nonce="n-1", at=now - age)
    with pytest.raises(ProtocolError, match="iat"):
        verify_proof(proof, audience=ISSUER, nonce_known=_known, at=now)


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT", "jwk": HOLDER.public.jwk()},
        {"typ": PROOF_TYPE},
        {"typ": PROOF_TYPE, "kid": "did:example:1#1"},
        {"typ": PROOF_TYPE, "kid": "1", "jwk": HOLDER.public.jwk()},
        {"typ": PROOF_TYPE, "jwk": SoftwareSigner.generate(Algorithm.ES256).public.jwk()},
        {"typ": PROOF_TYPE, "jwk": HOLDER.private_jwk()},
    ],
)
def test_a_proof_by_no_single_public_key_is_refused(header: JsonObject, now: datetime) -> None:
    payload: JsonObject = {"aud": ISSUER, "iat": int(now.timestamp()), "nonce": "n-1"}
    with pytest.raises(ProtocolError) as refusal:
        verify_proof(
            jose.sign_compact(header, payload, HOLDER),
            audience=ISSUER,
            nonce_known=_known,
            at=now,
        )
    assert refusal.value.error == "invalid_proof"


@given(st.text(max_size=100))
def test_any_text_is_a_proof_or_our_error(text: str) -> None:
    at = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    with pytest.raises(ProtocolError):
        verify_proof(text, audience=ISSUER, nonce_known=_known, at=at)


PROVIDER = "https://provider.example"
PROVIDER_KEY = SoftwareSigner.generate(Algorithm.ES256)
BELIEVED = ProofRules(ISSUER, attesters={PROVIDER: [PROVIDER_KEY.public]})
DAY = timedelta(days=1)


def _attestation(
    now: datetime,
    keys: Sequence[PublicKey],
    *,
    nonce: str | None = "n-1",
    signer: SoftwareSigner = PROVIDER_KEY,
    issuer: str | None = PROVIDER,
    lifetime: timedelta = DAY,
) -> str:
    return create_attestation(signer, keys, at=now, lifetime=lifetime, nonce=nonce, issuer=issuer)


def _holders(count: int) -> list[SoftwareSigner]:
    return [SoftwareSigner.generate(Algorithm.ES256) for _ in range(count)]


def _proofs(holders: Sequence[SoftwareSigner], now: datetime) -> list[str]:
    return [create_proof(one, audience=ISSUER, nonce="n-1", at=now) for one in holders]


def test_several_proofs_give_their_keys_in_order_and_may_share_a_nonce(now: datetime) -> None:
    holders, asked = _holders(3), []

    def once(nonce: str) -> bool:
        asked.append(nonce)
        return True

    keys = verify_proofs(_proofs(holders, now), rules=BELIEVED, nonce_known=once, at=now)
    assert keys == tuple(one.public for one in holders)
    assert asked == ["n-1"]


def test_a_key_that_comes_twice_is_refused(now: datetime) -> None:
    proofs = _proofs([HOLDER, HOLDER], now)
    with pytest.raises(ProtocolError) as refusal:
        verify_proofs(proofs, rules=BELIEVED, nonce_known=_known, at=now)
    assert (refusal.value.error, refusal.value.code) == ("invalid_proof", "proof_key_repeated")


def test_one_bad_proof_of_several_spoils_all(now: datetime) -> None:
    proofs = [*_proofs(_holders(2), now), create_proof(HOLDER, audience="x", nonce="n-1", at=now)]
    with pytest.raises(ProtocolError, match="invalid_proof"):
        verify_proofs(proofs, rules=BELIEVED, nonce_known=_known, at=now)


def _attested_proof(now: datetime, attestation: str) -> str:
    return create_proof(HOLDER, audience=ISSUER, nonce="n-1", at=now, key_attestation=attestation)


def test_one_attested_proof_stands_for_every_attested_key(now: datetime) -> None:
    keys = [HOLDER.public, *(one.public for one in _holders(2))]
    proof = _attested_proof(now, _attestation(now, keys))
    found = verify_proofs([proof], rules=BELIEVED, nonce_known=_known, at=now)
    assert found == tuple(keys)


def test_an_attestation_alone_gives_its_keys(now: datetime) -> None:
    keys = [one.public for one in _holders(2)]
    token = _attestation(now, keys)
    assert verify_attested(token, rules=BELIEVED, nonce_known=_known, at=now) == tuple(keys)
    with pytest.raises(ProtocolError) as refusal:
        verify_attested(
            _attestation(now, keys, nonce="n-2"), rules=BELIEVED, nonce_known=_known, at=now
        )
    assert refusal.value.error == "invalid_nonce"


STRANGER = SoftwareSigner.generate(Algorithm.ES256)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"signer": STRANGER}, "key_attestation_signature"),
        ({"issuer": "https://unknown.example"}, "key_attestation_untrusted"),
        ({"lifetime": timedelta(0)}, "key_attestation_expired"),
        ({"nonce": None}, "invalid_proof"),
        ({"keys": [STRANGER.public]}, "key_attestation_other_key"),
        ({"keys": [HOLDER.public, HOLDER.public]}, "key_attestation_malformed"),
        ({"keys": []}, "key_attestation_malformed"),
    ],
)
def test_an_attestation_that_does_not_hold_is_refused_by_its_own_name(
    change: dict[str, object], code: str, now: datetime
) -> None:
    made: dict[str, object] = {"keys": [HOLDER.public], **change}
    token = _attestation(now, **made)  # type: ignore[arg-type]  # the table's own arguments
    with pytest.raises(ProtocolError) as refusal:
        verify_proofs([_attested_proof(now, token)], rules=BELIEVED, nonce_known=_known, at=now)
    assert (refusal.value.error, refusal.value.code) == ("invalid_proof", code)


def test_an_attestation_in_a_proof_needs_an_end(now: datetime) -> None:
    payload: JsonObject = {
        "iss": PROVIDER,
        "iat": int(now.timestamp()),
        "nonce": "n-1",
        "attested_keys": [HOLDER.public.jwk()],
    }
    token = jose.sign_compact({"typ": TYPE}, payload, PROVIDER_KEY)
    assert verify_attested(token, rules=BELIEVED, nonce_known=_known, at=now) == (HOLDER.public,)
    with pytest.raises(ProtocolError) as refusal:
        verify_proofs([_attested_proof(now, token)], rules=BELIEVED, nonce_known=_known, at=now)
    assert refusal.value.code == "key_attestation_malformed"


def test_where_keys_must_be_attested_a_bare_proof_is_refused(now: datetime) -> None:
    rules = ProofRules(ISSUER, attesters=BELIEVED.attesters, attested=True)
    with pytest.raises(ProtocolError) as refusal:
        verify_proofs(_proofs([HOLDER], now), rules=rules, nonce_known=_known, at=now)
    assert refusal.value.code == "key_attestation_missing"
    proof = _attested_proof(now, _attestation(now, [HOLDER.public]))
    assert verify_proofs([proof], rules=rules, nonce_known=_known, at=now) == (HOLDER.public,)


@given(st.text(max_size=100))
def test_any_text_is_an_attestation_or_our_error(text: str) -> None:
    at = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    with pytest.raises(ProtocolError):
        verify_attested(text, rules=BELIEVED, nonce_known=_known, at=at)
