"""The issuer's rows. Rows do not validate; use cases do (architecture.md, section 8).

No column holds a readable claim: what names a person is sealed with the issuer's own key
(``issuer.sealing``), and the claims of an offer are dropped when its proof is delivered. What
belongs to an organisation carries its id, and every question about it names that id.
"""

from issuer.tables.audit import AUDIT_GUARDS, AuditEntry
from issuer.tables.base import IssuerTable, UtcTime
from issuer.tables.issued import Issued, IssuedState, StatusList, StatusSlot, StatusWord
from issuer.tables.offers import Batch, Nonce, Offer, OfferState, Token
from issuer.tables.organisations import (
    Duty,
    Invitation,
    Login,
    Member,
    Organisation,
    StatusHosting,
)

__all__ = [
    "AUDIT_GUARDS",
    "AuditEntry",
    "Batch",
    "Duty",
    "Invitation",
    "Issued",
    "IssuedState",
    "IssuerTable",
    "Login",
    "Member",
    "Nonce",
    "Offer",
    "OfferState",
    "Organisation",
    "StatusHosting",
    "StatusList",
    "StatusSlot",
    "StatusWord",
    "Token",
    "UtcTime",
]
