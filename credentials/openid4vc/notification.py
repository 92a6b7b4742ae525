"""The notification request (OpenID4VCI 1.0, section 11): what became of a credential."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from credentials.encoding import JsonObject
from credentials.openid4vc.message import WIRE, Name, read_message


class NotificationEvent(StrEnum):
    """The three events of section 11.1."""

    ACCEPTED = "credential_accepted"
    FAILURE = "credential_failure"
    DELETED = "credential_deleted"


class NotificationRequest(BaseModel):
    """Sent by the wallet after it kept, refused or lost a credential."""

    model_config = WIRE
    notification_id: Name
    event: Annotated[NotificationEvent, Field(strict=False)]
    event_description: (
        Annotated[str, Field(max_length=500, pattern=r"^[\x20-\x21\x23-\x5B\x5D-\x7E]*$")] | None
    ) = None


def parse_notification(document: JsonObject) -> NotificationRequest:
    """Read a notification.

    Raises:
        ProtocolError: ``invalid_notification_request`` (section 11.3).
    """
    return read_message(
        NotificationRequest,
        document,
        error="invalid_notification_request",
        code="invalid_notification_request",
    )
