"""Messages to other systems, signed as Standard Webhooks 1.0 asks, sent by a job until they arrive.

    outbox.enqueue(session, "webhook", {"endpoint": endpoint.id, "event": entry.id})
    handlers = {"webhook": webhook_handler(http, delivery_of, clock=clock, on_gone=switch_off)}

``delivery_of`` looks up address, secrets and event in a transaction of its own. Every attempt is
signed afresh, with the moment it is made; its id stays the same. A receiver

1. refuses a ``webhook-timestamp`` more than five minutes off (``REPLAY_WINDOW``);
2. refuses a ``webhook-id`` that it handled before: delivery is at least once;
3. compares ``webhook-signature`` over ``id.timestamp.body`` in constant time.

``check_signature`` shows how. A 2xx answer ends it, 410 switches the endpoint off, and after
anything else it is tried again (``service.jobs.BACKOFF``). An event names rows and states; whoever
needs more asks the API for it.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import JSON, LargeBinary
from sqlmodel import Field, SQLModel

from credentials.errors import CredentialError, MalformedError, RejectedError, UndeterminedError
from service.addresses import check_url
from service.clock import Clock
from service.columns import UtcTime
from service.fetch import Http
from service.jobs import Handler, Work
from service.settings import origin_of

REPLAY_WINDOW = timedelta(minutes=5)
"""How far a message's time may be from the receiver's clock."""

SECRET_BYTES = 32
"""The standard asks 24 to 64."""

OVERLAP = timedelta(hours=24)
"""After a change of secret the old one signs along for so long, and receivers change theirs."""

MAX_EVENT = 16 * 1024
"""Octets; events are small by design, and receivers count on it."""

_PREFIX = "whsec_"
_TYPE = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")


class WebhookEndpoint(SQLModel):
    """Columns of a role's table of receivers; the role adds ``table=True`` and seals the secrets.

    Attributes:
        owner_id: the organisation whose events it gets.
        events: types it wants; empty: all.
        old_secret: signs along until ``old_until``.
        active: False: switched off, by its owner or by a 410.
    """

    id: str = Field(primary_key=True)
    owner_id: str = Field(index=True)
    url: str
    events: list[str] = Field(default_factory=list, sa_type=JSON)
    secret: bytes = Field(sa_type=LargeBinary)
    old_secret: bytes | None = Field(default=None, sa_type=LargeBinary)
    old_until: datetime | None = Field(default=None, sa_type=UtcTime)
    active: bool = True
    created_at: datetime = Field(sa_type=UtcTime)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one receiver.

    Attributes:
        endpoint_id: for ``on_gone``.
        secrets: the current one first; each signs.
        body: ``write_event``; the same octets at each attempt.
    """

    endpoint_id: str
    url: str
    secrets: Sequence[str] = field(repr=False)
    body: bytes = field(repr=False)


def new_secret(entropy: Callable[[int], bytes]) -> str:
    """A secret for one endpoint, as its owner sees it, once."""
    return _PREFIX + base64.b64encode(entropy(SECRET_BYTES)).decode()


def check_endpoint(url: str, *, dev_origins: Mapping[str, str]) -> str:
    """An address that events may be sent to, checked when it is entered; again when it is used.

    Args:
        url: https on port 443 of a public name.
        dev_origins: exact origins that a trial accepts as well.

    Raises:
        RejectedError: ``address_forbidden``.
    """
    try:
        if origin_of(url) not in dev_origins:
            check_url(url)
    except CredentialError as error:
        raise RejectedError("address_forbidden", error.code) from error
    return url


def write_event(kind: str, data: Mapping[str, str | int | None], *, at: datetime) -> bytes:
    """The body of a message.

    Args:
        kind: dotted, such as ``credential.revoked``.
        data: ids and states; no name, no claim.
        at: when it happened.

    Raises:
        MalformedError: ``webhook_event``: no such type, or more than ``MAX_EVENT``.
    """
    if not _TYPE.fullmatch(kind):
        raise MalformedError("webhook_event", "type")
    event = {"type": kind, "timestamp": at.isoformat().replace("+00:00", "Z"), "data": dict(data)}
    body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    if len(body) > MAX_EVENT:
        raise MalformedError("webhook_event", f"{len(body)} octets")
    return body


def signed_headers(delivery: Delivery, *, message_id: str, at: datetime) -> dict[str, str]:
    """The three headers of one attempt."""
    stamp = str(int(at.timestamp()))
    signatures = [_sign(each, message_id, stamp, delivery.body) for each in delivery.secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
    }


def check_signature(headers: Mapping[str, str], body: bytes, *, secret: str, at: datetime) -> str:
    """What a receiver does; ours in tests, and an example for others.

    Args:
        headers: by name in lower case.
        body: the octets as they came, before any parser.
        secret: with its ``whsec_``.
        at: the receiver's clock.

    Returns:
        The message's id; one that was handled before is answered with 2xx and handled no more.

    Raises:
        RejectedError: ``webhook_signature``: a header is missing or odd, the time is too far off,
            or no signature is right.
    """
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split(" ")
    if not message_id or not re.fullmatch(r"[0-9]{1,12}", stamp):
        raise RejectedError("webhook_signature", "id or timestamp")
    if abs(at.timestamp() - int(stamp)) > REPLAY_WINDOW.total_seconds():
        raise RejectedError("webhook_signature", "the time is too far off")
    right = f"v1,{_sign(secret, message_id, stamp, body)}".encode()
    matches = [hmac.compare_digest(right, each.encode()) for each in given]
    if not any(matches):
        raise RejectedError("webhook_signature", "no signature is right")
    return message_id


def webhook_handler(
    http: Http,
    delivery_of: Callable[[Work], Delivery | None],
    *,
    clock: Clock,
    on_gone: Callable[[str], None],
) -> Handler:
    """How a job becomes a message.

    Args:
        http: the guarded client (``service.fetch``).
        delivery_of: opens and closes its own transaction; None where the endpoint was switched off.
        clock: signs each attempt's moment.
        on_gone: switches the endpoint of that id off, in a transaction of its own.
    """

    def run(work: Work) -> None:
        """One attempt, with no transaction open."""
        delivery = delivery_of(work)
        if delivery is None:
            return
        headers = signed_headers(delivery, message_id=work.id, at=clock())
        status = _post(http, delivery, headers)
        if status == 410:  # noqa: PLR2004 - gone: nobody wants this any more
            on_gone(delivery.endpoint_id)
        elif status // 100 != 2:  # noqa: PLR2004 - accepted
            raise UndeterminedError("webhook_failed", f"status {status}")

    return Handler(run)


def _post(http: Http, delivery: Delivery, headers: Mapping[str, str]) -> int:
    try:
        answer = http.post(
            delivery.url, body=delivery.body, content_type="application/json", headers=headers
        )
    except RejectedError as error:
        if error.code == "address_forbidden":
            raise
        raise UndeterminedError(
            "webhook_failed", error.code
        ) from error  # a redirect, an answer without end
    return answer.status


def _sign(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise RejectedError("webhook_signature", "the secret is not base64") from None
    content = f"{message_id}.{stamp}.".encode() + body
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
