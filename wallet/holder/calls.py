"""Answer a page that asks through the browser or phone (OpenID4VP 1.0, appendix A).

The platform brings the request and says which page made it; the answer is an object that goes back
to that page, so nothing is fetched to get the request and nothing is posted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from credentials.encoding import JsonObject
from credentials.openid4vc.dc_api_request import DcApiRequest, parse_call
from credentials.openid4vc.dc_api_response import create_data, create_error_data
from wallet.holder.answering import Needs
from wallet.holder.asker import Asker, asker_of
from wallet.holder.consent import Option
from wallet.holder.events import EventType
from wallet.holder.outside import Outside
from wallet.holder.presentations import Choice, answered_facts, laid_over, present
from wallet.holder.vault import Held, Vault


@dataclass(frozen=True, slots=True)
class Called:
    """A checked call, laid over the worker's credentials.

    Attributes:
        needs: the held credentials that would do, and what may be given beside what is needed.
    """

    request: DcApiRequest = field(repr=False)
    asker: Asker
    needs: Needs[Option]


def read_call(octets: bytes, *, origin: str, held: Sequence[Held], outside: Outside) -> Called:
    """Check a call, and find what could answer it.

    A call that is refused gets no answer: the page sees the same as when the worker closes the
    platform's window (section 15.9.2).

    Args:
        octets: what the page passed to ``navigator.credentials.get``, under ``digital``.
        origin: of that page, as the platform says it.
        held: the worker's credentials.
        outside: the engine's ports.

    Raises:
        CredentialError: the request's own faults, as ``parse_call``.
    """
    request = parse_call(
        octets,
        origin=origin,
        get=outside.http.get_body,
        at=outside.now(),
        anchors=outside.anchors,
    )
    return Called(
        request=request,
        asker=asker_of(request, outside=outside),
        needs=laid_over(request.query, held),
    )


def answer_call(
    called: Called, choices: Sequence[Choice], vault: Vault, *, outside: Outside
) -> JsonObject:
    """Show what was chosen, write it down, and return the object for the page.

    Raises:
        RejectedError: ``choice_incomplete`` or ``choice_invalid``.
    """
    vp_token = present(called.request, called.needs, choices, outside=outside, events=vault.events)
    facts = answered_facts(called.request, called.asker, choices, events=vault.events)
    vault.append(EventType.REQUEST_ANSWERED, facts)
    return _credential(called, create_data(called.request, vp_token))


def decline_call(called: Called, vault: Vault) -> JsonObject:
    """Say no. The page reads ``access_denied``, the same as when the worker has nothing."""
    vault.append(EventType.REQUEST_REFUSED, called.asker.facts())
    return _credential(called, create_error_data())


def _credential(called: Called, data: JsonObject) -> JsonObject:
    """The members of a ``DigitalCredential`` of the W3C."""
    return {"protocol": called.request.protocol.value, "data": data}
