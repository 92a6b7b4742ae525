"""The doors of the relay: for an open account, so often and no more (wallet design, section 9)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from credentials.encoding import b64url_encode
from service.passkeys import JsonObject
from service.rates import Rates
from wallet import relay
from wallet.doors import DoorsOf, LoginOf, at_keeper
from wallet.wire import Message, Octets

router = APIRouter(prefix="/api/relay", dependencies=[Depends(at_keeper)])

Name = Annotated[str, Query(max_length=2_048)]


class Letter(Message):
    """A message for an issuer that knows no browser."""

    issuer: Annotated[str, Field(max_length=2_048)]
    content_type: Annotated[str, Field(max_length=100)]
    body: Octets = Field(repr=False)
    authorization: Annotated[str, Field(max_length=16_384)] = Field(default="", repr=False)
    dpop: Annotated[str, Field(max_length=16_384)] = Field(default="", repr=False)


@router.get("/{kind}")
def read_document(
    kind: relay.Document, name: Name, request: Request, doors: DoorsOf, login: LoginOf
) -> Response:
    """A public document, as octets that nobody here has judged."""
    _take(request, login.owner_id)
    body = relay.document(kind, name, http=doors.http)
    return Response(body, media_type="application/octet-stream")


@router.post("/{endpoint}")
def forward(
    endpoint: relay.Endpoint, letter: Letter, request: Request, doors: DoorsOf, login: LoginOf
) -> JsonObject:
    """Pass a message on, and bring back the answer."""
    _take(request, login.owner_id)
    message = relay.Forwarded(
        issuer=letter.issuer,
        endpoint=endpoint,
        content_type=letter.content_type,
        body=letter.body,
        authorization=letter.authorization,
        dpop=letter.dpop,
    )
    answer = relay.forward(message, http=doors.http)
    return {
        "status": answer.status,
        "content_type": answer.content_type,
        "body": b64url_encode(answer.body),
        "headers": dict(answer.told),
    }


def _take(request: Request, account_id: str) -> None:
    rates: Rates = request.app.state.rates
    rates.take("relay", account_id)
