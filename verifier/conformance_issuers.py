"""The issuers behind the door for official suites: one for each suite and curve, with test keys.

They issue whatever conforms, in the name of their own did:key. Nobody may trust these keys, and the
product trusts no did:key either. Follows the VC API of the W3C Credentials Community Group, section
"Issuing", as the suites call it.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from importlib.util import find_spec
from types import MappingProxyType

from credentials import data_model, document_rules, envelopes, jose
from credentials.bbs_keys import IssuingSigner, message_signer
from credentials.context_terms import check_members
from credentials.cryptosuites import (
    BBS_2023,
    CRYPTOSUITES,
    ECDSA_SD_2023,
    PROOF_TYPE,
    SELECTIVE_CRYPTOSUITES,
    Cryptosuite,
    ProofOptions,
    SelectiveCryptosuite,
)
from credentials.dids import did_key
from credentials.dids.key import method_id
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import MalformedError
from credentials.keys import Algorithm, SoftwareSigner
from credentials.limits import MAX_POINTERS
from credentials.model import Entropy
from verifier.conformance_contexts import named
from verifier.conformance_status import StatusLists

DATA_INTEGRITY_CONTEXT = "https://w3id.org/security/data-integrity/v2"
"""Data model 1.1 does not define the members of a proof; the issuer adds what does."""

TOKEN_MEDIA_TYPE = "application/vc+jwt"  # noqa: S105 - a media type

_PLAIN = MappingProxyType(
    {
        "eddsa-rdfc-2022": ("eddsa-rdfc-2022", Algorithm.EDDSA),
        "eddsa-jcs-2022": ("eddsa-jcs-2022", Algorithm.EDDSA),
        "ecdsa-rdfc-2019-p256": ("ecdsa-rdfc-2019", Algorithm.ES256),
        "ecdsa-rdfc-2019-p384": ("ecdsa-rdfc-2019", Algorithm.ES384),
        "ecdsa-jcs-2019-p256": ("ecdsa-jcs-2019", Algorithm.ES256),
        "ecdsa-jcs-2019-p384": ("ecdsa-jcs-2019", Algorithm.ES384),
        "ecdsa-sd-2023-p256": (ECDSA_SD_2023.name, Algorithm.ES256),
        "vc2.0": ("eddsa-jcs-2022", Algorithm.EDDSA),
        "vc-jwt": (TOKEN_MEDIA_TYPE, Algorithm.EDDSA),
        "bitstring-status-list": ("eddsa-rdfc-2022", Algorithm.EDDSA),
        "bitstring-status-list-messages": ("eddsa-rdfc-2022", Algorithm.EDDSA),
    }
)
"""Name in the address to suite and key; ecdsa-sd-2023 knows no other curve (section 3.5.2)."""

_STATUSES = MappingProxyType(
    {
        "bitstring-status-list": ("revocation", "suspension"),
        "bitstring-status-list-messages": ("message",),
    }
)
"""Name in the address to the purposes of the lists in which a credential gets a place."""


@dataclass(frozen=True, slots=True)
class DoorIssuer:
    """One issuer of the door.

    Attributes:
        name: in its address.
        suite: its cryptosuite, or ``TOKEN_MEDIA_TYPE``.
        signer: with a did:key as its key's name.
        statuses: purposes of the status lists in which each credential gets a place.
    """

    name: str
    suite: str
    signer: IssuingSigner = field(repr=False)
    statuses: Sequence[str] = ()

    @property
    def did(self) -> str:
        """Its did:key."""
        return did_key(self.signer.public)

    def issue(
        self,
        credential: JsonObject,
        options: JsonObject,
        *,
        lists: StatusLists,
        at: datetime,
        entropy: Entropy,
    ) -> JsonObject:
        """Secure a credential in this issuer's name.

        Args:
            credential: its ``issuer`` is replaced, once it was found to be a URL.
            options: ``mandatoryPointers``, ``challenge``, ``domain``; all may be missing.
            lists: where a status gets its place.
            at: when this is.
            entropy: for selective suites.

        Raises:
            CredentialError: it does not conform, or cannot be turned into statements.
        """
        document = document_rules.with_issuer(credential, self.did)
        if self.statuses:
            document["credentialStatus"] = [*map(lists.entry, self.statuses)]
        moment = at.replace(microsecond=0)
        if self.suite == TOKEN_MEDIA_TYPE:
            return self._enveloped(document, moment)
        if data_model.base_context(document) == data_model.V1_CONTEXT:
            document["@context"] = _with_proofs_defined(document["@context"])
        document_rules.check_credential(document, inline=True)
        method = method_id(self.did)
        proof = self._proof(
            {name: value for name, value in document.items() if name != "proof"},
            ProofOptions(
                method,
                "assertionMethod",
                data_model.format_time(moment),
                challenge=_text(options, "challenge"),
                domain=_text(options, "domain"),
            ),
            _pointers(options, "mandatoryPointers"),
            entropy,
        )
        return {**document, "proof": _beside(document.get("proof"), proof)}

    def _proof(
        self,
        document: JsonObject,
        options: ProofOptions,
        mandatory: Sequence[str],
        entropy: Entropy,
    ) -> JsonObject:
        suite: Cryptosuite | SelectiveCryptosuite | None = SELECTIVE_CRYPTOSUITES.get(self.suite)
        if isinstance(suite, SelectiveCryptosuite):
            with named(document) as renamed:
                return suite.sign(
                    renamed, options, self.signer, mandatory=mandatory, entropy=entropy
                )
        suite = CRYPTOSUITES[PROOF_TYPE, self.suite]
        with nullcontext(document) if _is_plain(self.suite) else named(document) as renamed:
            return suite.sign(renamed, options, message_signer(self.signer))

    def _enveloped(self, document: JsonObject, at: datetime) -> JsonObject:
        check_members(document, document_rules.check_credential(document, inline=True))
        header: JsonObject = {"typ": "vc+jwt", "cty": "vc", "kid": method_id(self.did)}
        payload: JsonObject = {**document, "iss": self.did, "iat": int(at.timestamp())}
        token = jose.sign_compact(header, payload, message_signer(self.signer))
        return envelopes.envelop(TOKEN_MEDIA_TYPE, token)


def make_issuers(entropy: Entropy) -> dict[str, DoorIssuer]:
    """All issuers by name, each with a fresh key; that of bbs-2023 where the extra is installed."""
    issuers = {}
    for name, (suite, algorithm) in _PLAIN.items():
        signer = SoftwareSigner.generate(algorithm)
        issuers[name] = DoorIssuer(name, suite, signer, _STATUSES.get(name, ()))
    if find_spec("py_arkworks_bls12381") is not None:
        from credentials.bbs.signature import SoftwareBbsSigner  # noqa: PLC0415 - an extra

        signer_of_messages = SoftwareBbsSigner.generate(entropy)
        issuers[BBS_2023.name] = DoorIssuer(BBS_2023.name, BBS_2023.name, signer_of_messages)
    return issuers


def selective_pointers(options: JsonObject) -> list[str]:
    """What a holder chose to show, as JSON pointers.

    Raises:
        MalformedError: ``pointer_invalid``.
    """
    return _pointers(options, "selectivePointers")


def _is_plain(suite: str) -> bool:
    """Whether it signs plain JSON, contexts included, and makes no statements of it."""
    return "-jcs-" in suite


def _with_proofs_defined(value: JsonValue) -> JsonValue:
    contexts: list[JsonValue] = [*value] if isinstance(value, list) else [value]
    if DATA_INTEGRITY_CONTEXT not in contexts:
        contexts.append(DATA_INTEGRITY_CONTEXT)
    return contexts


def _beside(others: JsonValue, proof: JsonObject) -> JsonValue:
    """One proof stands alone; with those that were there before, it makes a set."""
    if others is None:
        return proof
    return [*(others if isinstance(others, list) else [others]), proof]


def _text(options: JsonObject, name: str) -> str | None:
    value = options.get(name)
    return value if isinstance(value, str) else None


def _pointers(options: JsonObject, name: str) -> list[str]:
    value = options.get(name, [])
    entries = value if isinstance(value, list) else [None]
    pointers = [entry for entry in entries if isinstance(entry, str)]
    if len(pointers) != len(entries) or len(pointers) > MAX_POINTERS:
        raise MalformedError("pointer_invalid", f"member {name}")
    return pointers
