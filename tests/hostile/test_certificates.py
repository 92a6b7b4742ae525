"""H040: certificate chains as the only key of a token. No anchor is known, so none is accepted."""

import base64
import json
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from credentials.encoding import JsonObject
from credentials.keys import Algorithm, SoftwareSigner
from tests.conftest import NOW
from tests.hostile.sd_jwt_samples import HEADER, PAYLOAD, accept, raw_token, refusal, token

LEAF = SoftwareSigner.generate(Algorithm.ES256)
MIDDLE, ROOT = (SoftwareSigner.generate(Algorithm.ES256) for _ in range(2))
HOST = "school.example"
YEAR = timedelta(days=365)
SIGNS_NOTHING = ExtendedKeyUsageOID.SERVER_AUTH


def private(signer: SoftwareSigner) -> ec.EllipticCurvePrivateKey:
    assert isinstance(signer._key, ec.EllipticCurvePrivateKey)
    return signer._key


def certificate(
    subject: SoftwareSigner,
    by: SoftwareSigner,
    *,
    host: str | None = None,
    usage: ObjectIdentifier | None = None,
    ends: datetime = NOW + YEAR,
) -> str:
    """One entry of ``x5c``: an authority where no host is named."""
    names = {id(LEAF): "leaf", id(MIDDLE): "middle", id(ROOT): "root"}
    name, issuer = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[id(each)])])
        for each in (subject, by)
    )
    made = x509.CertificateBuilder(
        issuer_name=issuer,
        subject_name=name,
        public_key=private(subject).public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=NOW - 2 * YEAR,
        not_valid_after=ends,
    ).add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
    if host is not None:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    if usage is not None:
        made = made.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
    octets = made.sign(private(by), hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    return base64.b64encode(octets).decode("ascii")


GOOD_LEAF = certificate(LEAF, MIDDLE, host=HOST)
GOOD_MIDDLE = certificate(MIDDLE, ROOT)
CHAINS: dict[str, list[str]] = {
    "self-signed leaf": [certificate(LEAF, LEAF, host=HOST)],
    "wrong extended key usage": [certificate(LEAF, MIDDLE, host=HOST, usage=SIGNS_NOTHING)],
    "expired intermediate": [GOOD_LEAF, certificate(MIDDLE, ROOT, ends=NOW - YEAR)],
    "swapped order": [GOOD_MIDDLE, GOOD_LEAF],
    "another host": [certificate(LEAF, MIDDLE, host="evil.example"), GOOD_MIDDLE],
    "anchor included": [GOOD_LEAF, GOOD_MIDDLE, certificate(ROOT, ROOT)],
    "anchor unknown": [GOOD_LEAF, GOOD_MIDDLE],
    "empty": [],
    "no certificate": ["AAAA"],
}


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_h040_a_chain_as_the_only_key_is_refused(chain: list[str]) -> None:
    header = {name: value for name, value in HEADER.items() if name != "kid"}
    only = token_with(header | {"x5c": [*chain]})
    assert refusal(only, key=LEAF.public) == "x5c_invalid"  # whoever would take the leaf for good
    accept(token_with(header), key=LEAF.public)  # the chain is all that is wrong with it


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_h040_a_chain_beside_the_issuers_key_changes_nothing(chain: list[str]) -> None:
    accept(token(header={"x5c": [*chain]}) + "~")
    assert refusal(token_with(HEADER | {"x5c": [*chain]})) == "signature_invalid"


def token_with(header: JsonObject) -> str:
    """Signed with the key of the leaf."""
    return raw_token(json.dumps(header).encode(), json.dumps(PAYLOAD).encode(), LEAF) + "~"
