"""Answer a request: who asks, what fits, what is shown, deliver; or say no (OpenID4VP 1.0).

The request is fetched by reference and must be signed by who it says it is from. The answer is
encrypted to the key of the request and discloses only what was chosen (wallet design, section 10).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from credentials.claims import Paths
from credentials.encoding import JsonObject, b64url_encode
from credentials.errors import CredentialError, MalformedError, RejectedError, UndeterminedError
from credentials.formats import FORMATS
from credentials.jose import generate_encryption_key
from credentials.model import Binding, Wire
from credentials.openid4vc.dcql import match
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
from wallet.holder.answering import Needs, check_chosen, needs_of
from wallet.holder.consent import Option, option
from wallet.holder.erasing import erasing_facts
from wallet.holder.events import Event, EventType
from wallet.holder.history import ShownCredential, shown_credential_json
from wallet.holder.outside import FORM_TYPE, Outside, answer_object, host_of, quietly
from wallet.holder.vault import Held, Vault, copy_of

REQUEST_TYPE = "application/oauth-authz-req+jwt"

NONCE_BYTES = 16
"""128 bits: a request with it in it was made for this wallet, now."""

_TOKENS_WITH_BINDING = frozenset({"dc+sd-jwt", "vc+sd-jwt"})

KNOWN_CODES = frozenset(
    {"response_already_received", "request_expired", "request_unknown", "not_found"}
)
"""What a verifier may say about an answer that came too late; other texts are never shown."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks.

    Attributes:
        name: as they call themselves; nobody checked it unless ``known``.
        host: the host name behind the key that signed the request.
        known: the sector's list has them.
    """

    name: str
    host: str
    known: bool


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


@dataclass(frozen=True, slots=True)
class Choice:
    """What the worker shows of one credential."""

    option: Option
    picked: Paths = frozenset()


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
    unverified = [each.parsed() for each in held]
    found = match(request.query, unverified)
    options = {
        each.query.id: tuple(
            option(each.query, candidate, held[candidate.index], unverified[candidate.index])
            for candidate in each.candidates
        )
        for each in found.queries
    }
    return Asked(
        request=request,
        asker=_asker(request, outside=outside),
        purpose=request.purpose,
        needs=needs_of(request.query, options),
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
    check_chosen(asked.request.query, asked.needs, [choice.option for choice in choices])
    binding = Binding(audience=asked.request.client_id, nonce=asked.request.nonce)
    shown: dict[str, list[Wire]] = {}
    for choice in _once(choices):
        held = copy_of(choice.option.held, events)
        wire = FORMATS[held.format].present(
            held.wire,
            held.signer(),
            binding,
            disclose=choice.option.disclose(choice.picked),
            at=outside.now(),
        )
        query = asked.request.query.credential(choice.option.query_id)
        bound = query is None or query.holder_binding
        shown.setdefault(choice.option.query_id, []).append(wire if bound else _unbound(wire, held))
    return shown


def _once(choices: Sequence[Choice]) -> list[Choice]:
    """Two sets may ask for one credential; the verifier gets it once."""
    named = {(each.option.query_id, each.option.held.id): each for each in reversed(choices)}
    return list(reversed(named.values()))


def _unbound(wire: Wire, held: Held) -> Wire:
    """The same selection without the holder's proof, where none is asked (section 5.3)."""
    if isinstance(wire, dict):
        inner = wire.get("verifiableCredential")
        return inner[0] if isinstance(inner, list) and isinstance(inner[0], dict) else wire
    if held.format in _TOKENS_WITH_BINDING:
        return wire[: wire.rindex("~") + 1]
    return held.wire


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
    seen: list[JsonObject] = [_seen(choice) for choice in _once(choices)]
    shown = [copy_of(choice.option.held, vault.events) for choice in _once(choices)]
    erasing = erasing_facts(asked.request, shown)
    vault.append(EventType.REQUEST_ANSWERED, {**_about(asked), "credentials": [*seen], **erasing})
    return delivered


def decline(asked: Asked, vault: Vault, *, outside: Outside) -> None:
    """Say no. The asker hears ``access_denied``, the same as when the worker has nothing."""
    quietly(lambda: _post(asked.request, create_error(asked.request), outside=outside))
    vault.append(EventType.REQUEST_REFUSED, _about(asked))


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


def _asker(request: AuthorizationRequest, *, outside: Outside) -> Asker:
    host = host_of(request.host)
    trust = outside.trust()
    entry = outside.known(request.client_id)
    entry = entry or (trust.entry(request.did) if trust and request.did else None)
    if entry is not None:
        return Asker(entry.name, host, known=True)
    if request.anchored and request.certificate:
        return Asker(request.certificate, host, known=True)
    return Asker(request.client_name or host, host, known=False)


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


def _about(asked: Asked) -> JsonObject:
    return {"name": asked.asker.name, "host": asked.asker.host, "known": asked.asker.known}


def _seen(choice: Choice) -> JsonObject:
    lines = choice.option.seen(choice.picked)
    shown = ShownCredential(
        type=choice.option.type,
        labels_nl=tuple(line.label_nl for line in lines),
        labels_en=tuple(line.label_en for line in lines),
        whole=choice.option.whole,
    )
    return {"id": choice.option.held.id, **shown_credential_json(shown)}
