"""Answer a request: who asks, what fits, what is shown, deliver; or say no (OpenID4VP 1.0).

The request is fetched by reference and must be signed by who it says it is from. The answer is
encrypted to the key of the request and discloses only what was chosen (wallet design, section 10).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from credentials.encoding import JsonObject, b64url_encode
from credentials.errors import CredentialError, MalformedError, RejectedError, UndeterminedError
from credentials.jose import generate_encryption_key
from credentials.model import Wire
from credentials.openid4vc.match_code import match_code
from credentials.openid4vc.message import write_form
from credentials.openid4vc.request import (
    MAX_REQUEST_BYTES,
    AuthorizationRequest,
    Declaration,
    RequestReference,
    parse_request,
    parse_request_link,
)
from credentials.openid4vc.response import create_error, create_form, create_response
from credentials.openid4vc.wallet_metadata import decrypt_request, write_wallet_metadata
from wallet.holder.answering import Needs
from wallet.holder.asker import Asker, asker_of
from wallet.holder.consent import Option
from wallet.holder.events import Event, EventType
from wallet.holder.outside import FORM_TYPE, Outside, answer_object, quietly
from wallet.holder.presentations import Choice, answered_facts, laid_over, present
from wallet.holder.vault import Held, Vault

__all__ = [
    "Asked",
    "Asker",
    "Choice",
    "Delivered",
    "answer",
    "decline",
    "deliver",
    "presentations",
    "read_request",
]

REQUEST_TYPE = "application/oauth-authz-req+jwt"

NONCE_BYTES = 16
"""128 bits: a request with it in it was made for this wallet, now."""

KNOWN_CODES = frozenset(
    {"response_already_received", "request_expired", "request_unknown", "not_found"}
)
"""What a verifier may say about an answer that came too late; other texts are never shown."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A checked request, laid over the worker's credentials.

    Attributes:
        needs: the held credentials that would do, and what may be given beside what is needed.
    """

    request: AuthorizationRequest = field(repr=False)
    asker: Asker
    purpose: str | None
    needs: Needs[Option]

    @property
    def groups(self) -> tuple[tuple[Option, ...], ...]:
        """For each credential that is needed the held ones that would do."""
        return self.needs.groups

    @property
    def extras(self) -> tuple[tuple[tuple[Option, ...], ...], ...]:
        """For each optional set what it takes, group by group."""
        return self.needs.extras

    @property
    def possible(self) -> bool:
        """Whether the worker has what is asked."""
        return bool(self.groups or self.extras)

    @property
    def declaration(self) -> Declaration | None:
        """Relation, purpose, ground and retention in the asker's own words; None: it says none."""
        return self.request.declaration


@dataclass(frozen=True, slots=True)
class Delivered:
    """An answer that was taken.

    Attributes:
        redirect: where the verifier wants the worker's browser to go, if anywhere.
        match: four digits to read aloud to whoever asked on another device.
    """

    redirect: str | None
    match: str


def read_request(text: str, *, held: Sequence[Held], outside: Outside) -> Asked:
    """Fetch and check a request from a link, and find what could answer it.

    Raises:
        RejectedError: ``request_uri_invalid`` for an address that is not https, of another
            origin than the one who asks, too large, redirecting or unsigned.
        CredentialError: ``request_link_invalid``, or the request's own faults.
    """
    reference = parse_request_link(text)
    nonce = b64url_encode(outside.entropy(NONCE_BYTES)) if reference.post else None
    key = generate_encryption_key()
    token = _fetch_request(reference, nonce, key, outside=outside)
    request = parse_request(
        token,
        client_id=reference.client_id,
        get=outside.http.get_body,
        at=outside.now(),
        wallet_nonce=nonce,
        anchors=outside.anchors,
    )
    reference.check_host(request.host)
    return Asked(
        request=request,
        asker=asker_of(request, outside=outside),
        purpose=request.purpose,
        needs=laid_over(request.query, held),
    )


def presentations(
    asked: Asked, choices: Sequence[Choice], *, outside: Outside, events: Sequence[Event] = ()
) -> dict[str, list[Wire]]:
    """One presentation for each choice, signed by that credential's own key.

    Args:
        asked: the request.
        choices: what is shown: of each group one credential, or more where the query takes them,
            and of an optional set all or nothing. What comes twice is shown once.
        outside: for the present moment.
        events: of the vault, which say the copy whose turn it is.

    Raises:
        RejectedError: ``choice_incomplete`` or ``choice_invalid``.
    """
    return present(asked.request, asked.needs, choices, outside=outside, events=events)


def deliver(asked: Asked, vp_token: Mapping[str, Sequence[Wire]], *, outside: Outside) -> Delivered:
    """Encrypt an answer and post it, once.

    Raises:
        RejectedError: ``response_refused``, or the verifier's own code where we know it.
    """
    jwe = create_response(asked.request, {name: list(wires) for name, wires in vp_token.items()})
    redirect = _post(asked.request, create_form(jwe), outside=outside)
    return Delivered(redirect, match_code(asked.request.nonce, vp_token))


def answer(asked: Asked, choices: Sequence[Choice], vault: Vault, *, outside: Outside) -> Delivered:
    """Show what was chosen, and write down what was seen by whom, with what erasing it takes."""
    vp_token = presentations(asked, choices, outside=outside, events=vault.events)
    delivered = deliver(asked, vp_token, outside=outside)
    facts = answered_facts(asked.request, asked.asker, choices, events=vault.events)
    vault.append(EventType.REQUEST_ANSWERED, facts)
    return delivered


def decline(asked: Asked, vault: Vault, *, outside: Outside) -> None:
    """Say no. The asker hears ``access_denied``, the same as when the worker has nothing."""
    quietly(lambda: _post(asked.request, create_error(asked.request), outside=outside))
    vault.append(EventType.REQUEST_REFUSED, asked.asker.facts())


def _fetch_request(
    reference: RequestReference, nonce: str | None, key: JsonObject, *, outside: Outside
) -> str:
    uri = reference.request_uri
    try:
        if nonce is None:
            fetched = outside.http.get(uri, accept=(REQUEST_TYPE, "*/*"))
        else:  # section 5.10
            fetched = outside.http.post(
                uri,
                body=write_form(
                    {"wallet_nonce": nonce, "wallet_metadata": write_wallet_metadata(key)}
                ),
                content_type=FORM_TYPE,
                headers={"Accept": REQUEST_TYPE},
            )
    except UndeterminedError:
        raise
    except CredentialError as error:
        raise RejectedError("request_uri_invalid", error.code) from error
    if fetched.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        raise RejectedError("request_unknown", f"status {fetched.status}")
    if fetched.status != HTTPStatus.OK or fetched.content_type != REQUEST_TYPE:
        raise RejectedError("request_uri_invalid", f"status {fetched.status}, another type")
    if len(fetched.body) > MAX_REQUEST_BYTES:
        raise RejectedError("request_uri_invalid", f"{len(fetched.body)} bytes")
    try:
        return decrypt_request(fetched.body.decode("ascii"), key)
    except UnicodeDecodeError as error:
        raise RejectedError("request_uri_invalid", "no token") from error
    except CredentialError as error:
        raise RejectedError("request_uri_invalid", error.code) from error


def _post(request: AuthorizationRequest, body: bytes, *, outside: Outside) -> str | None:
    fetched = outside.http.post(request.response_uri, body=body, content_type=FORM_TYPE)
    document = answer_object(fetched)
    if fetched.status != HTTPStatus.OK:
        own = {str(document.get("code")), str(document.get("error_description"))} & KNOWN_CODES
        raise RejectedError(next(iter(own), "response_refused"), f"status {fetched.status}")
    redirect = document.get("redirect_uri")
    if redirect is None:
        return None
    if not isinstance(redirect, str):
        raise MalformedError("response_refused", "redirect_uri is no text")
    return redirect
