"""One small credential in every format: the sample that the contract is held against."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import pytest

from credentials.bbs.signature import SoftwareBbsSigner
from credentials.bbs_keys import IssuingSigner, PairingAlgorithm
from credentials.claims import Paths
from credentials.encoding import JsonObject
from credentials.formats import FORMATS
from credentials.formats.base import CredentialFormat, ResolveKey, verify, verify_presentation
from credentials.formats.data_integrity import CONFIGURED, DataIntegrity
from credentials.keys import Algorithm, PublicKey, SoftwareSigner
from credentials.model import (
    Binding,
    Credential,
    Purpose,
    StatusKind,
    StatusReference,
    Validity,
    Verified,
    Wire,
)
from tests.conftest import NOW

ISSUER = "did:web:school.example"
REQUEST = Binding("decentralized_identifier:did:web:firm.example", "n-0S6_WzA2Mj")
CLAIMS: JsonObject = {
    "given_name": "Sam",
    "skills": [{"skill": "mag", "level": 2}, {"skill": "tig", "level": 1}],
    "language": "nl",
}
DISCLOSABLE: Paths = frozenset(
    [("given_name",), ("skills",), ("skills", None), ("skills", None, "level")]
)
EVERYTHING: Paths = frozenset([("given_name",), ("skills",), ("language",)])
NOTHING: Paths = frozenset()

INSTANCES: dict[str, tuple[CredentialFormat, Algorithm | PairingAlgorithm]] = {
    name: (each, Algorithm.EDDSA if name == DataIntegrity.identifier else Algorithm.ES256)
    for name, each in FORMATS.items()
} | {
    "ldp_vc eddsa-jcs-2022": (CONFIGURED["eddsa-jcs-2022"], Algorithm.EDDSA),
    "ldp_vc ecdsa-rdfc-2019": (CONFIGURED["ecdsa-rdfc-2019"], Algorithm.ES256),
    "ldp_vc ecdsa-rdfc-2019 P-384": (CONFIGURED["ecdsa-rdfc-2019"], Algorithm.ES384),
    "ldp_vc ecdsa-jcs-2019": (CONFIGURED["ecdsa-jcs-2019"], Algorithm.ES256),
    "ldp_vc ecdsa-sd-2023": (CONFIGURED["ecdsa-sd-2023"], Algorithm.ES256),
    "ldp_vc bbs-2023": (CONFIGURED["bbs-2023"], PairingAlgorithm.BBS),
}
"""Every format, and ldp_vc with every suite: what it is called here, and the issuer's key."""

_W3C = frozenset(["ldp_vc", "vc+jwt", "vc+sd-jwt", "jwt_vc_json"])
"""Formats of the W3C data model: their status stands in a bitstring list."""


_DRAWN = count(1)


def entropy(octets: int) -> bytes:
    """Not random, but never the same twice."""
    return hashlib.shake_128(str(next(_DRAWN)).encode()).digest(octets)


def signer_of(algorithm: Algorithm | PairingAlgorithm, key_id: str) -> IssuingSigner:
    """A fresh signer of either kind."""
    if algorithm is PairingAlgorithm.BBS:
        return SoftwareBbsSigner.generate(entropy, key_id)
    return SoftwareSigner.generate(algorithm, key_id)


@dataclass(frozen=True, slots=True)
class Sample:
    """One format with an issuer, a holder and their credential."""

    format: CredentialFormat
    issuer: IssuingSigner
    holder: SoftwareSigner
    credential: Credential

    def issued(
        self, *, signer: IssuingSigner | None = None, holder: PublicKey | None = None
    ) -> Wire:
        """The credential as the issuer delivers it."""
        return self.format.issue(
            self.credential,
            signer or self.issuer,
            holder=holder or self.holder.public,
            disclosable=DISCLOSABLE,
            entropy=entropy,
        )

    def presented(
        self,
        disclose: Paths = EVERYTHING,
        *,
        held: Wire | None = None,
        by: SoftwareSigner | None = None,
        binding: Binding = REQUEST,
        at: datetime = NOW,
    ) -> Wire:
        """The credential as the holder shows it."""
        return self.format.present(
            held or self.issued(), by or self.holder, binding, disclose=disclose, at=at
        )

    def keys(self) -> ResolveKey:
        """The issuer's document, which knows one key."""
        return lambda _reference: self.issuer.public

    def verified(self, wire: Wire, *, at: datetime = NOW) -> Verified:
        """Check a held credential under the issuer's key."""
        return verify(self.format, wire, self.keys(), at=at)

    def accepted(self, wire: Wire, *, expected: Binding = REQUEST, at: datetime = NOW) -> Verified:
        """Check a presentation for one request under the issuer's key."""
        return verify_presentation(self.format, wire, self.keys(), expected=expected, at=at)


@pytest.fixture(params=list(INSTANCES.values()), ids=list(INSTANCES), scope="session")
def sample(request: pytest.FixtureRequest) -> Sample:
    """The sample in each format."""
    return sample_of(*request.param)


def sample_of(
    credential_format: CredentialFormat,
    algorithm: Algorithm | PairingAlgorithm = Algorithm.ES256,
) -> Sample:
    """A credential that starts now and ends in a year, with one status.

    Args:
        credential_format: the format, and for ldp_vc the suite.
        algorithm: of the issuer's key.
    """
    kind, purpose = StatusKind.TOKEN, Purpose.ANY
    if credential_format.identifier in _W3C:
        kind, purpose = StatusKind.BITSTRING, Purpose.REVOCATION
    credential = Credential(
        type="https://skillspass.example/types/x",
        issuer=ISSUER,
        claims=CLAIMS,
        issued_at=NOW,
        validity=Validity(NOW, NOW + timedelta(days=365)),
        status=(StatusReference(kind, "https://school.example/s", 4, purpose),),
        credential_id="urn:uuid:58172aac-d8ba-41ed-83dd-0b3aef56cc33",
    )
    issuer = signer_of(algorithm, f"{ISSUER}#k")
    return Sample(credential_format, issuer, SoftwareSigner.generate(Algorithm.ES256), credential)
