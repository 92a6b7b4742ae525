"""The second list: firms whose name a wallet may show."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from credentials.encoding import b64url_encode
from credentials.trust.listing import ListedCertificate, TrustedIssuer, TrustList
from credentials.trust.verifiers import asking, known_verifier
from tests.conftest import NOW
from tests.credentials.test_trust_chains import LEAF

DAY = timedelta(days=1)

FIRM = TrustedIssuer(
    "did:web:firm.example",
    "Machinefabriek Jansen",
    (asking(NOW - DAY, until=NOW + DAY),),
    (),
    certificates=(ListedCertificate(LEAF, NOW - DAY),),
)


def test_a_firm_on_the_second_list_is_known_by_its_did_or_its_certificate() -> None:
    listing = TrustList(1, NOW, NOW + DAY, (FIRM,))
    by_did = "decentralized_identifier:did:web:firm.example"
    by_hash = f"x509_hash:{b64url_encode(sha256(LEAF).digest())}"
    for client_id in (by_did, by_hash):
        assert known_verifier(listing, client_id, at=NOW) == FIRM
        assert known_verifier(listing, client_id, at=NOW + DAY) is None
        gone_now = replace(listing, issuers=(replace(FIRM, gone_since=NOW),))
        assert known_verifier(gone_now, client_id, at=NOW) is None
    for client_id in ("did:web:firm.example", f"{by_did}x", "x509_hash:AAAA", "redirect_uri:x", ""):
        assert known_verifier(listing, client_id, at=NOW) is None
