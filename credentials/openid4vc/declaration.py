"""What an asker declares of itself: one entry of ``verifier_info`` (OpenID4VP 1.0, section 5.11).

It says who asks, as what, what for, on which ground and how long a result is kept, from closed
lists (docs/decisions/0052-deletions.md). Wallets that do not know its format ignore it. It is the
asker's own word, under the signature of its request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Final

from pydantic import BaseModel, Field

from credentials.encoding import JsonObject
from credentials.errors import RejectedError
from credentials.openid4vc.dcql_query import CredentialQuery, DcqlQuery
from credentials.openid4vc.message import WIRE, HttpsUrl, WireObject, read_message
from schemas import catalog
from schemas.declarations import Declared, lists

DECLARATION_FORMAT: Final = "https://skillspass.example/declaration/1"
"""``format`` of the entry."""

MAX_ENTRIES = 20
"""Entries of ``verifier_info`` in one request; a registration certificate or two are usual."""

_ALWAYS_SHOWN = frozenset(
    {
        *("iss", "vct", "iat", "nbf", "exp", "status"),
        *("issuer", "type", "validFrom", "validUntil", "issuanceDate", "expirationDate"),
    }
)
_WHOLE_FORMATS = frozenset({"ldp_vc", "jwt_vc_json", "vc+jwt"})
"""Without ``claims`` these ask for everything (OpenID4VP 1.0, section 6.4.1)."""


class _Asker(BaseModel):
    model_config = WIRE
    name: Annotated[str, Field(min_length=1, max_length=200)]
    checked: bool
    kvk: Annotated[str, Field(pattern=r"^[0-9]{8}$")] | None = None


class _Data(BaseModel):
    model_config = WIRE
    asker: _Asker
    relation: str
    purpose: str
    legal_basis: str
    retention_days: int
    deletion_uri: HttpsUrl | None = None


@dataclass(frozen=True, slots=True)
class Declaration:
    """One declaration.

    Attributes:
        name: of the firm, or the verifier's own where nobody was checked.
        checked: whether the verifier looked the firm up; False: made without account.
        declared: relation, purpose, legal basis and retention.
        kvk: number in the Dutch trade register, where that was checked.
        deletion_uri: where the holder may ask to erase the result.
    """

    name: str
    checked: bool
    declared: Declared
    kvk: str | None = None
    deletion_uri: str | None = None


def write_declaration(declaration: Declaration) -> JsonObject:
    """The entry of ``verifier_info``.

    Raises:
        RejectedError: ``declaration_invalid``: a choice that stands on no list.
    """
    declared = declaration.declared
    _check_lists(declared)
    asker: JsonObject = {"name": declaration.name, "checked": declaration.checked}
    if declaration.kvk is not None:
        asker["kvk"] = declaration.kvk
    data: JsonObject = {
        "asker": asker,
        "relation": declared.relation,
        "purpose": declared.purpose,
        "legal_basis": declared.legal_basis,
        "retention_days": declared.retention_days,
    }
    if declaration.deletion_uri is not None:
        data["deletion_uri"] = declaration.deletion_uri
    return {"format": DECLARATION_FORMAT, "data": data}


def read_declaration(entries: list[WireObject] | None) -> Declaration | None:
    """The declaration among the entries of ``verifier_info``; None where there is none.

    Raises:
        ProtocolError: ``declaration_invalid``: two of them, or not of this form.
        RejectedError: ``declaration_invalid``: a choice that stands on no list.
    """
    ours = [each for each in entries or [] if each.get("format") == DECLARATION_FORMAT]
    if not ours:
        return None
    if len(ours) > 1:
        raise RejectedError("declaration_invalid", "two declarations")
    data = read_message(
        _Data, ours[0].get("data"), error="invalid_request", code="declaration_invalid"
    )
    declared = Declared(data.relation, data.purpose, data.legal_basis, data.retention_days)
    _check_lists(declared)
    return Declaration(
        data.asker.name, data.asker.checked, declared, data.asker.kvk, data.deletion_uri
    )


def check_unchecked(query: DcqlQuery) -> None:
    """Without account a request asks skills and validity, and nothing that names a person.

    Raises:
        RejectedError: ``asker_unchecked``.
    """
    for each in query.credentials:
        if not each.claims and each.format in _WHOLE_FORMATS:
            raise RejectedError("asker_unchecked", f"{each.id}: asks everything")
        more = [claim.path for claim in each.claims if not _is_open(_name(each, claim.path))]
        if more:
            raise RejectedError("asker_unchecked", f"{each.id}: {len(more)} other claims")


def check_needed(query: DcqlQuery, purpose: str) -> None:
    """Who was looked up asks what the declared purpose needs, and nothing beyond it.

    Where a W3C format asks for everything, everything that the type issues is asked.

    Raises:
        RejectedError: ``asked_beyond_need``.
    """
    for each in query.credentials:
        asked = [_name(each, claim.path) for claim in each.claims] or _issued(each)
        more = [name for name in asked if not _is_needed(name, purpose)]
        if more:
            told = (
                ", ".join(sorted(_claim_names() & {str(name) for name in more}))
                or f"{len(more)} claims that no type of ours has"
            )
            raise RejectedError("asked_beyond_need", f"{each.id}, for {purpose}: {told}")


def _issued(query: CredentialQuery) -> Sequence[str | int | None]:
    """The claims of a query that names none; None for those of a type that we do not know."""
    if query.format not in _WHOLE_FORMATS:
        return ()
    asked: list[str | int | None] = []
    for either in query.types or (frozenset[str](),):
        kinds = [kind for url in sorted(either) if (kind := catalog.by_url(url)) is not None]
        asked += [claim.path for kind in kinds for claim in kind.issued()] if kinds else [None]
    return asked


@cache
def _claim_names() -> frozenset[str]:
    """What the claims of our types are called; other words of a question are not repeated."""
    return frozenset(claim.path for kind in catalog.credential_types() for claim in kind.claims)


def _is_needed(name: str | int | None, purpose: str) -> bool:
    return name in _ALWAYS_SHOWN or (isinstance(name, str) and lists().needs(purpose, name))


def _name(query: CredentialQuery, path: tuple[str | int | None, ...]) -> str | int | None:
    """The claim that a path leads to: its first step, in W3C formats inside the subject."""
    inside = query.format != "dc+sd-jwt" and path[0] == "credentialSubject"
    return path[1] if inside and len(path) > 1 else path[0]


def _is_open(name: str | int | None) -> bool:
    return name in _ALWAYS_SHOWN or name in lists().unchecked_claims


def _check_lists(declared: Declared) -> None:
    if not lists().holds(declared):
        raise RejectedError("declaration_invalid", "a choice that stands on no list")
