"""A small world to verify in: one issuer, one holder, a sector list and a few addresses."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from credentials.dids.web import write_document
from credentials.encoding import JsonObject, compact_json
from credentials.errors import UndeterminedError
from credentials.findings import Check, Finding, Verdict
from credentials.formats import FORMATS
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import (
    Binding,
    Credential,
    Purpose,
    StatusKind,
    StatusReference,
    Validity,
    Wire,
)
from credentials.status import bitstring_status_list, token_status_list
from credentials.trust.listing import Accreditation, ListedKey, TrustedIssuer, TrustList
from credentials.verification import Expectations, Sources, check

ISSUER = "did:web:issuer.skillspass.example"
STATUS = "https://issuer.skillspass.example/status"
TYPE = "https://skillspass.example/types/heftruck/1"
OTHER_TYPE = "https://skillspass.example/types/vca-basis/1"
BINDING = Binding("decentralized_identifier:did:web:verifier.skillspass.example", "n-0S6_WzA2Mj")
CLAIMS: JsonObject = {"given_name": "Jan", "family_name": "Bakker"}
SCHEMA: JsonObject = {
    "type": "object",
    "properties": {"given_name": {"type": "string"}, "family_name": {"type": "string"}},
    "required": ["given_name", "family_name"],
    "additionalProperties": False,
}


@dataclass
class World:
    """Keys and documents; change a field, then ask for a verdict."""

    now: datetime
    format_id: str
    issuer: str = ISSUER
    holder: SoftwareSigner = field(default_factory=lambda: SoftwareSigner.generate(Algorithm.ES256))
    pages: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    schema: JsonObject | None = field(default_factory=lambda: dict(SCHEMA))

    def __post_init__(self) -> None:
        self.signer = self.key("1")
        self.list_keys: tuple[ListedKey, ...] = (
            ListedKey(self.signer.public, self.now - timedelta(days=900)),
        )
        self.services: tuple[Accreditation, ...] = (
            Accreditation(TYPE, "school", self.now - timedelta(days=900)),
        )

    def key(self, name: str) -> SoftwareSigner:
        """A fresh key of the issuer, of the algorithm that the format signs with."""
        sd_jwt = self.format_id == "dc+sd-jwt"
        algorithm = Algorithm.ES256 if sd_jwt else Algorithm.EDDSA
        return SoftwareSigner.generate(algorithm, f"{self.issuer}#{name}")

    def trust_list(self) -> TrustList:
        """The sector list with this one issuer."""
        entry = TrustedIssuer(self.issuer, "Opleider", self.services, self.list_keys)
        return TrustList(7, self.now, self.now + timedelta(days=1), (entry,))

    def publish_document(self, *keys: SoftwareSigner) -> None:
        """Put the issuer's DID document at its address."""
        document = write_document(self.issuer, [key.public for key in keys])
        self.pages["https://issuer.skillspass.example/.well-known/did.json"] = compact_json(
            document
        )

    def get(self, url: str) -> bytes:
        """What stands at an address; every question is remembered."""
        self.asked.append(url)
        if url not in self.pages:
            raise UndeterminedError("fetch_failed", url)
        return self.pages[url]

    def reference(self, index: int = 3, purpose: Purpose = Purpose.REVOCATION) -> StatusReference:
        """A place in the issuer's list of the kind that the format uses."""
        if self.format_id == "dc+sd-jwt":
            return StatusReference(StatusKind.TOKEN, STATUS, index)
        return StatusReference(StatusKind.BITSTRING, STATUS, index, purpose)

    def publish_status(
        self,
        value: int,
        *,
        signer: SoftwareSigner | None = None,
        at: datetime | None = None,
        uri: str = STATUS,
        life: timedelta = timedelta(days=1),
    ) -> None:
        """Publish a list in which index 3 has a value: 1 revoked, 2 suspended."""
        signer, at = signer or self.signer, at or self.now
        if self.format_id == "dc+sd-jwt":
            token = token_status_list.sign_list(
                token_status_list.encode([0, 0, 0, value], bits=2),
                bits=2,
                uri=uri,
                signer=signer,
                at=at,
                lifetime=life,
                time_to_live=timedelta(minutes=15),
            )
            self.pages[STATUS] = token.encode()
            return
        purpose = Purpose.SUSPENSION if value == 2 else Purpose.REVOCATION
        issuer = (signer.public.key_id or "").partition("#")[0]
        document = bitstring_status_list.credential(
            uri, [0, 0, 0, bool(value)], purpose=purpose, issuer=issuer, at=at, expires=at + life
        )
        signed = bitstring_status_list.sign(document, signer, at=at)
        self.pages[STATUS] = compact_json(signed)

    def credential(
        self,
        *,
        type_url: str = TYPE,
        claims: JsonObject | None = None,
        status: Sequence[StatusReference] = (),
        issued_at: datetime | None = None,
        valid_until: datetime | None = None,
        valid_from: datetime | None = None,
    ) -> Credential:
        """What the issuer says."""
        issued_at = issued_at or self.now - timedelta(days=10)
        return Credential(
            type=type_url,
            issuer=self.issuer,
            claims=CLAIMS if claims is None else claims,
            issued_at=issued_at,
            validity=Validity(valid_from or issued_at, valid_until),
            status=tuple(status),
        )

    def issue(self, credential: Credential | None = None, by: SoftwareSigner | None = None) -> Wire:
        """Sign it, bound to the holder, with every claim disclosable."""
        credential = credential or self.credential()
        return FORMATS[self.format_id].issue(
            credential,
            by or self.signer,
            holder=self.holder.public,
            disclosable=frozenset((name,) for name in credential.claims),
            entropy=secrets.token_bytes,
        )

    def present(
        self,
        wire: Wire | None = None,
        *,
        by: SoftwareSigner | None = None,
        binding: Binding = BINDING,
        at: datetime | None = None,
        only: str | None = None,
    ) -> Wire:
        """Answer a request; ``only`` one claim, or all."""
        names = [only] if only else list(CLAIMS)
        return FORMATS[self.format_id].present(
            self.issue() if wire is None else wire,
            by or self.holder,
            binding,
            disclose=frozenset((name,) for name in names),
            at=at or self.now,
        )

    def sources(self, **change: object) -> Sources:
        """Where the verifier looks; ``change`` replaces fields."""
        usual = Sources(self.get, self.trust_list(), lambda _type: self.schema)
        return replace(usual, **change)  # type: ignore[arg-type]  # fields of a dataclass

    def verdict(
        self,
        wire: Wire,
        expected: Expectations | None = None,
        *,
        sources: Sources | None = None,
        at: datetime | None = None,
    ) -> Verdict:
        """The verdict of a verifier that sent ``BINDING``."""
        return check(
            wire,
            expected=expected or Expectations(binding=BINDING),
            sources=sources or self.sources(),
            at=at or self.now,
        )


def found(verdict: Verdict, step: Check) -> Finding:
    """The one finding of a check."""
    (finding,) = [each for each in verdict.findings if each.check is step]
    return finding
