"""The frozen values that all credential formats have in common; times are aware UTC."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from credentials.bbs_keys import VerificationKey
from credentials.claims import ClaimsPath
from credentials.encoding import JsonObject
from credentials.jose import Jws
from credentials.keys import PublicKey

LEAF_MARK: Final = "#x5t-"
"""Between issuer and digest in the id of the key of a leaf whose chain was followed to the list."""

Wire = str | JsonObject
"""A credential or presentation as it travels: compact text, or a JSON-LD document."""

Get = Callable[[str], bytes]
"""The body behind one https URL, already guarded; raises UndeterminedError when it fails."""

Entropy = Callable[[int], bytes]
"""That many unpredictable bytes: ``secrets.token_bytes``, or fixed ones where a vector asks."""


class StatusKind(StrEnum):
    """Which list a status reference points into."""

    TOKEN = "token"  # noqa: S105 - the kind of list, no secret
    BITSTRING = "bitstring"


class Purpose(StrEnum):
    """What a set status means; a token list knows revocation and suspension by value.

    A message says something about the credential, and refresh that a newer one waits; neither
    takes it back.
    """

    ANY = "any"
    REVOCATION = "revocation"
    SUSPENSION = "suspension"
    MESSAGE = "message"
    REFRESH = "refresh"


@dataclass(frozen=True, slots=True)
class StatusReference:
    """One place in one status list.

    Attributes:
        uri: https address of the list.
        index: from 0.
        purpose: ANY in a token list; one purpose for each entry of a bitstring list.
        size: bits of one status in a bitstring list; a token list says so itself.
        messages: what each value of a bitstring status says, from 0; empty where nothing is said.
        references: URLs about the status.
    """

    kind: StatusKind
    uri: str
    index: int
    purpose: Purpose = Purpose.ANY
    size: int = 1
    messages: tuple[str, ...] = ()
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Validity:
    """From the first moment on, and before the last; None is open."""

    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Credential:
    """What an issuer says about a subject, whatever the format.

    Attributes:
        type: the type URL: ``vct``, or the second entry of ``type``.
        issuer: a DID or https URL.
        claims: about the subject only; registered claims live in the other fields.
        credential_id: https or urn, where the format carries one.
        type_integrity: digests of the type's metadata (``vct#integrity``), where it is pinned.
    """

    type: str
    issuer: str
    claims: JsonObject
    issued_at: datetime
    validity: Validity = Validity()
    status: tuple[StatusReference, ...] = ()
    credential_id: str | None = None
    type_integrity: str | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """What ties a presentation to one request.

    Attributes:
        audience: the verifier's full client id (``aud``, ``domain``).
        nonce: the request's nonce (``nonce``, ``challenge``).
        live: it is answered now. False for a deelkaart, made before and for whoever has its link:
            then its age is not judged, and it never says that the holder is here.
    """

    audience: str
    nonce: str
    live: bool = True


@dataclass(frozen=True, slots=True)
class KeyReference:
    """How a proof names the key that should check it; a claim of the sender, no proof.

    Attributes:
        issuer: whose key it must be.
        key_id: ``kid`` or ``verificationMethod``; None where the format allows to leave it out.
        chain: ``x5c`` in place of a name: certificates in base64, the leaf first.
    """

    issuer: str
    key_id: str | None
    chain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unverified:
    """A parsed credential or presentation. Nothing in it may be shown as true.

    Attributes:
        wire: exactly what was received.
        key: whose key must check the proof.
        holder: the key the credential is bound to, where it is bound to one.
        disclosable: paths that the holder may still leave out.
        presented: True where it carries a holder's proof (key-binding JWT, presentation proof).
        document: the W3C document that was shown, None in a format that has none.
        tokens: in formats of JWTs that are read once: the issuer's and, if any, the holder's.
    """

    format: str
    wire: Wire
    credential: Credential
    key: KeyReference
    holder: PublicKey | None
    disclosable: frozenset[ClaimsPath]
    presented: bool
    document: JsonObject | None = None
    tokens: tuple[Jws, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Verified:
    """A credential whose proof held; only verifying functions make one.

    Attributes:
        holder_bound: True when the holder's proof for this very request held as well.
    """

    format: str
    credential: Credential
    key: VerificationKey
    holder_bound: bool
