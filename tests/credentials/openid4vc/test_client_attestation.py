"""Wallet attestation: each thing that can be wrong with it has a name of its own."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import jose
from credentials.encoding import JsonObject
from credentials.keys import Algorithm, SoftwareSigner
from credentials.openid4vc.client_attestation import (
    MAX_POP_AGE,
    POP_TYPE,
    TYPE,
    AttestedClient,
    create_attestation,
    create_pop,
    verify,
)
from credentials.openid4vc.message import ProtocolError

SERVER = "https://issuer.example"
PROVIDER = "https://provider.example"
CLIENT = "https://wallet.example"
PROVIDER_KEY = SoftwareSigner.generate(Algorithm.ES256, "provider-1")
INSTANCE = SoftwareSigner.generate(Algorithm.ES256)
STRANGER = SoftwareSigner.generate(Algorithm.ES256)
ATTESTERS = {PROVIDER: [PROVIDER_KEY.public]}
DAY = timedelta(days=1)


def _attestation(now: datetime, signer: SoftwareSigner = PROVIDER_KEY, **change: object) -> str:
    payload: JsonObject = {
        "iss": PROVIDER,
        "sub": CLIENT,
        "exp": int((now + DAY).timestamp()),
        "cnf": {"jwk": INSTANCE.public.jwk()},
    }
    payload |= change  # type: ignore[arg-type]  # the table's own values
    return jose.sign_compact({"typ": TYPE, "kid": "provider-1"}, payload, signer)


def _pop(now: datetime, signer: SoftwareSigner = INSTANCE, **change: object) -> str:
    payload: JsonObject = {"aud": SERVER, "jti": "j-1", "iat": int(now.timestamp())}
    payload |= change  # type: ignore[arg-type]  # as above
    return jose.sign_compact({"typ": POP_TYPE}, payload, signer)


def _verify(
    attestation: str,
    pop: str,
    now: datetime,
    *,
    client_id: str | None = CLIENT,
    challenge_known: Callable[[str], bool] | None = None,
) -> AttestedClient:
    return verify(
        attestation,
        pop,
        attesters=ATTESTERS,
        audience=SERVER,
        client_id=client_id,
        challenge_known=challenge_known,
        at=now,
    )


def test_a_genuine_wallet_is_known_by_its_client_id_and_key(now: datetime) -> None:
    attestation = create_attestation(
        PROVIDER_KEY,
        client_id=CLIENT,
        instance=INSTANCE.public,
        at=now,
        lifetime=DAY,
        issuer=PROVIDER,
    )
    pop = create_pop(INSTANCE, audience=SERVER, jti="j-1", at=now, challenge="c-1")
    found = _verify(attestation, pop, now, challenge_known=lambda given: given == "c-1")
    assert (found.client_id, found.key, found.jti) == (CLIENT, INSTANCE.public, "j-1")


def test_an_attestation_without_issuer_is_held_against_every_known_key(now: datetime) -> None:
    assert _verify(_attestation(now, iss=None), _pop(now), now, client_id=None).client_id == CLIENT


@pytest.mark.parametrize(
    ("attested", "possessed", "code"),
    [
        ({"signer": STRANGER}, {}, "signature"),
        ({"iss": "https://other.example"}, {}, "untrusted"),
        ({"exp": 1_795_435_199}, {}, "expired"),
        ({"nbf": 1_795_435_261}, {}, "expired"),
        ({"exp": None}, {}, "malformed"),
        ({"sub": None}, {}, "no_sub"),
        ({"sub": ""}, {}, "no_sub"),
        ({"sub": "https://other.example"}, {}, "client_id"),
        ({"cnf": None}, {}, "key"),
        ({"cnf": {"jwk": INSTANCE.private_jwk()}}, {}, "key"),
        ({}, {"signer": STRANGER}, "pop_signature"),
        ({}, {"signer": SoftwareSigner.generate(Algorithm.EDDSA)}, "pop_key"),
        ({}, {"aud": "https://other.example"}, "pop_audience"),
        ({}, {"aud": f"{SERVER}/token"}, "pop_audience"),
        ({}, {"jti": ""}, "pop_malformed"),
        ({}, {"iat": None}, "pop_malformed"),
        ({}, {"exp": 1_795_435_200}, "pop_time"),
    ],
)
def test_each_fault_has_its_own_code(
    attested: dict[str, object], possessed: dict[str, object], code: str, now: datetime
) -> None:
    assert int(now.timestamp()) == 1_795_435_200
    attestation = _attestation(now, **attested)  # type: ignore[arg-type]  # as above
    pop = _pop(now, **possessed)  # type: ignore[arg-type]  # as above
    with pytest.raises(ProtocolError) as refusal:
        _verify(attestation, pop, now)
    assert (refusal.value.error, refusal.value.code) == (
        "invalid_client",
        f"client_attestation_{code}",
    )


@pytest.mark.parametrize("age", [timedelta(seconds=-61), MAX_POP_AGE + timedelta(seconds=1)])
def test_an_old_or_early_proof_of_possession_is_refused(age: timedelta, now: datetime) -> None:
    with pytest.raises(ProtocolError, match="pop_time"):
        _verify(_attestation(now), _pop(now - age), now)


def test_a_header_that_brings_another_key_is_named(now: datetime) -> None:
    payload: JsonObject = {"aud": SERVER, "jti": "j-1", "iat": int(now.timestamp())}
    header: JsonObject = {"typ": POP_TYPE, "jwk": STRANGER.public.jwk()}
    with pytest.raises(ProtocolError, match="pop_key"):
        _verify(_attestation(now), jose.sign_compact(header, payload, STRANGER), now)


@pytest.mark.parametrize("challenge", [None, "c-2", 1])
def test_a_missing_or_foreign_challenge_asks_for_ours(challenge: object, now: datetime) -> None:
    pop = _pop(now, challenge=challenge)
    with pytest.raises(ProtocolError) as refusal:
        _verify(_attestation(now), pop, now, challenge_known=lambda given: given == "c-1")
    assert refusal.value.error == "use_attestation_challenge"


def test_neither_token_can_stand_in_the_others_place(now: datetime) -> None:
    for pair, code in (
        ((_pop(now), _pop(now)), "client_attestation_malformed"),
        ((_attestation(now), _attestation(now)), "client_attestation_pop_malformed"),
    ):
        with pytest.raises(ProtocolError) as refusal:
            _verify(*pair, now)
        assert refusal.value.code == code


@given(st.text(max_size=100), st.text(max_size=100))
def test_any_two_texts_are_refused_with_our_error(first: str, second: str) -> None:
    at = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    for attestation, pop in ((first, second), (_attestation(at), second)):
        with pytest.raises(ProtocolError):
            _verify(attestation, pop, at)
