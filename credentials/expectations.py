"""What a verifier asks of a presentation, and where the checks look things up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from credentials.errors import BindingInvalid
from credentials.model import Binding, Get
from credentials.openid4vc.dcql import CredentialQuery
from credentials.shape import MetadataOf, SchemaOf
from credentials.trust.listing import TrustList


class Policy(StrEnum):
    """Which issuers count.

    Those on the sector list; also those whose domain and identifier name each other; or any whose
    key can be found.
    """

    LISTED = "listed"
    LINKED = "linked"
    ANY = "any"


class HolderCheck(StrEnum):
    """Whether the holder must prove, now and for this request, that it is his."""

    LIVE = "live"
    NONE = "none"


MayIssue = Callable[[str, str, str | None], bool]
"""Of a type URL, an issuer and its role on the list (None where it is not listed)."""


def _anyone(_type: str, _issuer: str, _role: str | None) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Expectations:
    """What a verifier asks of a presentation.

    Attributes:
        may_issue: the verifier's own rules about who may issue what, beyond the list.
        one_time: types that a key made for one use may give; whose it is stays unknown.
        held: it is the holder who asks, about what he was given: a base proof is then in order.

    Raises:
        BindingInvalid: ``config_nonce_required``: the holder is to be checked, but audience or
            nonce is empty. A verifier that is set up so must not start.
    """

    policy: Policy = Policy.LISTED
    binding: Binding | None = None
    holder: HolderCheck = HolderCheck.NONE
    query: CredentialQuery | None = None
    format: str | None = None
    held: bool = False
    may_issue: MayIssue = _anyone
    one_time: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        live = self.holder is HolderCheck.LIVE or self.binding is not None
        if live and not (self.binding and self.binding.audience and self.binding.nonce):
            raise BindingInvalid("config_nonce_required", "audience and nonce must be set")


def _never_seen(_uri: str) -> datetime | None:
    return None


def _no_metadata(_vct: str) -> bytes | None:
    return None


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the checks look things up.

    Attributes:
        get: the guarded fetcher, for DID documents and status lists.
        trust_list: None where none could be had; then no issuer counts as listed.
        schemas: JSON Schema of the claims of a type, from local copies; None for a foreign type.
        types: type metadata by ``vct``, from local copies; None for a foreign type.
        status_seen: when the newest list met at an address was issued; older ones are refused.
    """

    get: Get
    trust_list: TrustList | None
    schemas: SchemaOf
    types: MetadataOf = _no_metadata
    status_seen: Callable[[str], datetime | None] = _never_seen
