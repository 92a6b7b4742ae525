"""DPoP proofs: for one request, by the key that the token is bound to."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import jose
from credentials.encoding import JsonObject, b64url_encode, compact_json
from credentials.keys import Algorithm, SoftwareSigner
from credentials.openid4vc.dpop import (
    MAX_AGE,
    TYPE,
    Expected,
    create_proof,
    token_digest,
    verify_proof,
)
from credentials.openid4vc.message import ProtocolError

URL = "https://issuer.example/token"
KEY = SoftwareSigner.generate(Algorithm.ES256)
POST = Expected("POST", URL)


def _known(nonce: str) -> bool:
    return nonce == "n-1"


def _proof(now: datetime, **change: object) -> str:
    payload: JsonObject = {
        "htm": "POST",
        "htu": URL,
        "iat": int(now.timestamp()),
        "jti": "j-1",
        "nonce": "n-1",
    }
    payload |= change  # type: ignore[arg-type]  # the table's own values
    return jose.sign_compact({"typ": TYPE, "jwk": KEY.public.jwk()}, payload, KEY)


def _refused(token: str, now: datetime, expected: Expected = POST) -> ProtocolError:
    with pytest.raises(ProtocolError) as refusal:
        verify_proof(token, expected=expected, nonce_known=_known, at=now)
    return refusal.value


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_proof_for_this_request_gives_its_key_and_name(
    algorithm: Algorithm, now: datetime
) -> None:
    key = SoftwareSigner.generate(algorithm)
    token = create_proof(
        key, method="POST", url=f"{URL}?a=b", jti="j-1", at=now, nonce="n-1", access_token="t"
    )
    bound = replace(POST, access_token="t", thumbprint=key.public.thumbprint)
    proof = verify_proof(token, expected=bound, nonce_known=_known, at=now)
    assert (proof.key, proof.jti) == (key.public, "j-1")


@pytest.mark.parametrize(
    "htu",
    ["https://ISSUER.example/token", "https://issuer.example:443/token", f"{URL}?x=1", f"{URL}#x"],
)
def test_one_address_has_several_spellings(htu: str, now: datetime) -> None:
    assert verify_proof(_proof(now, htu=htu), expected=POST, nonce_known=_known, at=now).jti


@pytest.mark.parametrize("seconds", [-10, 10])
def test_a_clock_that_is_ten_seconds_off_is_accepted(seconds: int, now: datetime) -> None:
    made = _proof(now + timedelta(seconds=seconds))
    assert verify_proof(made, expected=POST, nonce_known=_known, at=now).jti == "j-1"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"htm": "GET"}, "dpop_method"),
        ({"htm": "post"}, "dpop_method"),
        ({"htu": "https://issuer.example/credential"}, "dpop_url"),
        ({"htu": "https://other.example/token"}, "dpop_url"),
        ({"htu": "http://issuer.example/token"}, "dpop_url"),
        ({"htu": None}, "dpop_url"),
        ({"jti": ""}, "dpop_malformed"),
        ({"jti": None}, "dpop_malformed"),
        ({"jti": "j" * 257}, "dpop_malformed"),
        ({"iat": None}, "dpop_time"),
        ({"iat": "1795435200"}, "dpop_time"),
    ],
)
def test_a_proof_for_another_request_is_refused(
    change: dict[str, object], code: str, now: datetime
) -> None:
    refusal = _refused(_proof(now, **change), now)
    assert (refusal.error, refusal.code) == ("invalid_dpop_proof", code)


@pytest.mark.parametrize("age", [timedelta(seconds=-61), MAX_AGE + timedelta(seconds=1)])
def test_a_proof_outside_its_window_is_refused(age: timedelta, now: datetime) -> None:
    assert _refused(_proof(now - age), now).code == "dpop_time"


def test_times_that_nobody_asked_for_must_hold_all_the_same(now: datetime) -> None:
    moment = int(now.timestamp())
    sound = _proof(now, exp=moment + 60, nbf=moment - 60)
    assert verify_proof(sound, expected=POST, nonce_known=_known, at=now).jti == "j-1"
    for change in ({"exp": moment - 61}, {"nbf": moment + 61}):
        assert _refused(_proof(now, **change), now).code == "dpop_time"


def test_a_proof_with_a_token_names_that_token(now: datetime) -> None:
    with_token = replace(POST, access_token="t")
    assert _refused(_proof(now), now, with_token).code == "dpop_token"
    assert _refused(_proof(now, ath=token_digest("other")), now, with_token).code == "dpop_token"


def test_a_proof_by_another_key_than_the_bound_one_is_refused(now: datetime) -> None:
    other = SoftwareSigner.generate(Algorithm.ES256).public.thumbprint
    assert _refused(_proof(now), now, replace(POST, thumbprint=other)).code == "dpop_key"


@pytest.mark.parametrize("nonce", [None, "", "n-2", 1])
def test_a_proof_without_the_servers_nonce_asks_for_one(nonce: object, now: datetime) -> None:
    assert _refused(_proof(now, nonce=nonce), now).error == "use_dpop_nonce"


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT", "jwk": KEY.public.jwk()},
        {"typ": TYPE},
        {"typ": TYPE, "jwk": "x"},
        {"typ": TYPE, "jwk": KEY.private_jwk()},
        {"typ": TYPE, "jwk": {"kty": "oct", "k": "AAAA"}},
    ],
)
def test_a_proof_without_one_public_key_is_refused(header: JsonObject, now: datetime) -> None:
    payload: JsonObject = {"htm": "POST", "htu": URL, "iat": int(now.timestamp()), "jti": "j"}
    refusal = _refused(jose.sign_compact(header, payload, KEY), now)
    assert (refusal.error, refusal.code) == ("invalid_dpop_proof", "dpop_malformed")


def test_a_forged_or_unsigned_proof_is_refused(now: datetime) -> None:
    sound = _proof(now)
    head, payload, _ = sound.split(".")
    other = SoftwareSigner.generate(Algorithm.ES256)
    forged = f"{head}.{payload}.{b64url_encode(other.sign(b'x'))}"
    assert _refused(forged, now).code == "dpop_signature"
    for algorithm in ("none", "HS256", "RS256"):
        header: JsonObject = {"typ": TYPE, "alg": algorithm, "jwk": KEY.public.jwk()}
        unsigned = f"{b64url_encode(compact_json(header))}.{payload}."
        assert _refused(unsigned, now).code == "dpop_malformed"


@given(st.text(max_size=100))
def test_any_text_is_a_proof_or_our_error(text: str) -> None:
    at = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    with pytest.raises(ProtocolError):
        verify_proof(text, expected=POST, nonce_known=_known, at=at)
