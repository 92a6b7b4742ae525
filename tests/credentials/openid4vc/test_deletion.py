"""Erasing a result: only a holder may ask, and only the asker can say that it was done."""

from datetime import datetime, timedelta

import pytest

from credentials import jose
from credentials.certificates import write_chain
from credentials.dids.web import write_document
from credentials.encoding import JsonObject, compact_json
from credentials.errors import CredentialError, RejectedError
from credentials.keys import Algorithm, SoftwareSigner
from credentials.openid4vc.client_identifier import client_id_of, client_id_of_certificate
from credentials.openid4vc.deletion import (
    DELETION_TYPE,
    MAX_DELETION_BYTES,
    Erased,
    create_deletion,
    create_receipt,
    holder_digest,
    read_deletion,
    read_receipt,
)
from tests.conftest import NOW, named
from tests.credentials.authorities import Authority

DID = "did:web:firm.example"
CLIENT = client_id_of(DID)
URI = "https://firm.example/oid4vp/deletions"
HOLDER = SoftwareSigner.generate(Algorithm.ES256)
ASKER = SoftwareSigner.generate(Algorithm.ES256, f"{DID}#k")
DOCUMENT = compact_json(write_document(DID, [ASKER.public]))
REQUEST = create_deletion(HOLDER, client_id=CLIENT, nonce="n-1", at=NOW)


def receipt(signer: SoftwareSigner = ASKER, request: str = REQUEST) -> str:
    found = read_deletion(REQUEST, at=NOW)
    return create_receipt(signer, found, request=request, outcome=Erased.DELETED, at=NOW)


def read(token: str, *, request: str = REQUEST, uri: str = URI) -> Erased:
    return read_receipt(
        token,
        request=request,
        client_id=CLIENT,
        deletion_uri=uri,
        get=lambda _: DOCUMENT,
        at=NOW,
    )


def test_a_request_to_erase_says_who_asks_about_which_answer() -> None:
    found = read_deletion(REQUEST, at=NOW)
    assert (found.audience, found.nonce, found.holder) == (CLIENT, "n-1", HOLDER.public)


def signed(payload: JsonObject, header: JsonObject | None = None) -> str:
    whole: JsonObject = {"aud": CLIENT, "nonce": "n-1", "iat": int(NOW.timestamp())}
    kept: JsonObject = {k: v for k, v in (whole | payload).items() if v is not None}
    first: JsonObject = {"typ": DELETION_TYPE, "jwk": HOLDER.public.jwk(), **(header or {})}
    return jose.sign_compact(first, kept, HOLDER)


OTHER = SoftwareSigner.generate(Algorithm.ES256)
BAD = {
    "no token": "x",
    "another type": signed({}, {"typ": "JWT"}),
    "the key of another": signed({}, {"jwk": OTHER.public.jwk()}),
    "no key": signed({}, {"jwk": "x"}),
    "no audience": signed({"aud": None}),
    "no nonce": signed({"nonce": None}),
    "no date": signed({"iat": None}),
    "date as text": signed({"iat": "now"}),
    "from later": signed({"iat": int((NOW + timedelta(minutes=2)).timestamp())}),
    "cut short": REQUEST[:-4],
    "too long": signed({"x": "a" * MAX_DELETION_BYTES}),
}


@pytest.mark.parametrize("case", BAD, ids=named)
def test_another_request_to_erase_is_refused(case: str) -> None:
    with pytest.raises(CredentialError) as refusal:
        read_deletion(BAD[case], at=NOW)
    assert refusal.value.code == "deletion_request_invalid"


def test_a_holders_digest_differs_for_every_request() -> None:
    first, second = (holder_digest(nonce, HOLDER.public) for nonce in ("n-1", "n-2"))
    assert first != second
    assert HOLDER.public.thumbprint not in first


def test_a_receipt_of_the_asker_is_believed() -> None:
    assert read(receipt()) is Erased.DELETED


def test_a_receipt_of_an_asker_by_certificate_is_believed() -> None:
    leaf = Authority().certify(ASKER.public, "De Firma", host="firm.example")
    client = client_id_of_certificate(leaf)
    request = create_deletion(HOLDER, client_id=client, nonce="n-1", at=NOW)
    made = create_receipt(
        ASKER,
        read_deletion(request, at=NOW),
        request=request,
        outcome=Erased.NOTHING_KEPT,
        at=NOW,
        x5c=write_chain([leaf]),
    )
    read_as = read_receipt(
        made, request=request, client_id=client, deletion_uri=URI, get=lambda _: b"", at=NOW
    )
    assert read_as is Erased.NOTHING_KEPT


@pytest.mark.parametrize("moment", [NOW, NOW + timedelta(days=900)])
def test_a_receipt_of_another_or_about_another_request_is_refused(moment: datetime) -> None:
    stranger = SoftwareSigner.generate(Algorithm.ES256, f"{DID}#k")
    other = create_deletion(HOLDER, client_id=CLIENT, nonce="n-2", at=moment)
    for token, uri in (
        (receipt(stranger), URI),
        (receipt(), "https://evil.example/oid4vp/deletions"),
        ("x", URI),
    ):
        with pytest.raises(CredentialError):
            read(token, uri=uri)
    with pytest.raises(RejectedError, match="deletion_receipt_invalid"):
        read(receipt(), request=other)
