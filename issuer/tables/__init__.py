"""The issuer's rows. Rows do not validate; use cases do (architecture.md, section 8).

No column holds a readable claim: what names a person is sealed with the issuer's own key
(``service.sealing``), and the claims of an offer are dropped when its proof is delivered. What
belongs to an organisation carries its id, and every question about it names that id.
"""

from issuer.tables.audit import AUDIT_GUARDS, AuditEntry
from issuer.tables.base import IssuerTable, UtcTime
from issuer.tables.confirmations import Welder
from issuer.tables.issued import Issued, IssuedState, StatusList, StatusSlot, StatusWord
from issuer.tables.jobs import JobRow
from issuer.tables.keys import SigningKey
from issuer.tables.lists import (
    ColumnMemory,
    Delivery,
    GivenProof,
    ListDraft,
    ListLine,
    ListState,
)
from issuer.tables.offers import Batch, Offer, OfferState
from issuer.tables.organisations import (
    Duty,
    Invitation,
    Member,
    MemberChallenge,
    MemberLogin,
    MemberPasskey,
    Organisation,
    StatusHosting,
)
from issuer.tables.papers import PAPER_GRANT, Paper
from issuer.tables.protocol import (
    AuthorizationCode,
    Deferral,
    Hold,
    Nonce,
    PushedRequest,
    RefreshToken,
    SeenProof,
    Token,
)
from issuer.tables.systems import ApiKey, Event, KeptAnswer, Receiver
from issuer.tables.templates import OwnTemplate, TemplateVersion

__all__ = [
    "AUDIT_GUARDS",
    "PAPER_GRANT",
    "ApiKey",
    "AuditEntry",
    "AuthorizationCode",
    "Batch",
    "ColumnMemory",
    "Deferral",
    "Delivery",
    "Duty",
    "Event",
    "GivenProof",
    "Hold",
    "Invitation",
    "Issued",
    "IssuedState",
    "IssuerTable",
    "JobRow",
    "KeptAnswer",
    "ListDraft",
    "ListLine",
    "ListState",
    "Member",
    "MemberChallenge",
    "MemberLogin",
    "MemberPasskey",
    "Nonce",
    "Offer",
    "OfferState",
    "Organisation",
    "OwnTemplate",
    "Paper",
    "PushedRequest",
    "Receiver",
    "RefreshToken",
    "SeenProof",
    "SigningKey",
    "StatusHosting",
    "StatusList",
    "StatusSlot",
    "StatusWord",
    "TemplateVersion",
    "Token",
    "UtcTime",
    "Welder",
]
