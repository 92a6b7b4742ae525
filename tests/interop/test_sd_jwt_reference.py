"""The reference library for SD-JWT and we read what the other made."""

import json
from datetime import timedelta

import pytest
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from credentials.claims import Paths
from credentials.encoding import JsonObject
from credentials.errors import CredentialError
from credentials.formats.base import verify_presentation
from credentials.formats.sd_jwt_vc import SdJwtVc
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Binding, Credential, Validity
from tests.conftest import NOW
from tests.formats.conftest import CLAIMS, DISCLOSABLE, entropy

FORMAT = SdJwtVc()
ISSUER = "did:web:school.example"
REQUEST = Binding("https://verifier.example", "n-0S6_WzA2Mj")
SIGNER = SoftwareSigner.generate(Algorithm.ES256)
HOLDER = SoftwareSigner.generate(Algorithm.ES256)
FEW: Paths = frozenset([("given_name",), ("skills", 1)])
SHOWN: JsonObject = {
    "given_name": "Sam",
    "skills": [{"skill": "tig", "level": 1}],
    "language": "nl",
}


def foreign(signer: SoftwareSigner) -> JWK:
    return JWK(**{name: str(value) for name, value in signer.private_jwk().items()})


def test_the_reference_library_reads_our_presentation() -> None:
    credential = Credential(
        type="https://skillspass.example/types/x",
        issuer=ISSUER,
        claims=CLAIMS,
        issued_at=NOW,
        validity=Validity(NOW, NOW + timedelta(days=1)),
    )
    held = FORMAT.issue(
        credential, SIGNER, holder=HOLDER.public, disclosable=DISCLOSABLE, entropy=entropy
    )
    shown = FORMAT.present(held, HOLDER, REQUEST, disclose=FEW, at=NOW)
    checked = SDJWTVerifier(
        shown, lambda _issuer, _header: foreign(SIGNER), REQUEST.audience, REQUEST.nonce
    ).get_verified_payload()
    assert {name: checked[name] for name in SHOWN} == SHOWN
    assert checked["iss"] == ISSUER
    assert set(checked) - SHOWN.keys() == {"iss", "iat", "nbf", "exp", "vct", "cnf"}


def test_we_read_what_the_reference_library_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sd_jwt.holder.time", NOW.timestamp)
    claims = {
        "iss": ISSUER,
        "iat": int(NOW.timestamp()),
        "vct": "https://skillspass.example/types/x",
        SDObj("given_name"): "Sam",
        SDObj("skills"): [
            SDObj({"skill": "mag", SDObj("level"): 2}),
            SDObj({"skill": "tig", SDObj("level"): 1}),
        ],
        "language": "nl",
    }
    issued = SDJWTIssuer(
        claims,
        foreign(SIGNER),
        foreign(HOLDER),
        add_decoy_claims=True,
        extra_header_parameters={"typ": "dc+sd-jwt"},
    ).sd_jwt_issuance
    holder = SDJWTHolder(issued)
    holder.create_presentation(
        {"given_name": True, "skills": [False, {"level": True}]},
        REQUEST.nonce,
        REQUEST.audience,
        foreign(HOLDER),
    )
    verified = verify_presentation(
        FORMAT,
        holder.sd_jwt_presentation,
        lambda _reference: SIGNER.public,
        expected=REQUEST,
        at=NOW,
    )
    assert verified.holder_bound
    assert json.loads(json.dumps(verified.credential.claims)) == SHOWN
    with pytest.raises(CredentialError, match="nonce_invalid"):
        verify_presentation(
            FORMAT,
            holder.sd_jwt_presentation,
            lambda _reference: SIGNER.public,
            expected=Binding(REQUEST.audience, "other"),
            at=NOW,
        )
