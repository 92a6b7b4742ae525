"""Signing a statement: whoever gives it shows a passkey of their own once more.

A trial's members have no passkey; they sign with the one click that the page speaks of.
"""

import json

from fastapi import Request

from credentials.errors import RejectedError
from issuer.doors import installation_of, passkeys_of
from issuer.members import SignedIn
from issuer.pages.sign_in import browser_of


def signing_options(request: Request, member: SignedIn) -> str | None:
    """The question to the browser, as JSON; None where the member has no passkey to show."""
    installation = installation_of(request)
    passkeys = passkeys_of(installation)
    with installation.database.transaction() as session:
        if not passkeys.of_owner(session, member.id):
            return None
        options = passkeys.begin_use(session, browser=browser_of(request), owner_id=member.id)
    return json.dumps(options)


def sign_with_passkey(request: Request, member: SignedIn, answer: str) -> None:
    """Check the passkey that was shown with the form.

    Raises:
        RejectedError: ``passkey_needed`` for none, outside a trial also where the member has none;
            ``passkey_unknown``, ``passkey_expired`` or ``passkey_refused``.
        MalformedError: ``passkey_malformed``.
    """
    installation = installation_of(request)
    passkeys = passkeys_of(installation)
    with installation.database.transaction() as session:
        if not passkeys.of_owner(session, member.id) and installation.settings.demo:
            return
        if not answer:
            raise RejectedError("passkey_needed", "a statement is signed with a passkey")
        used = passkeys.finish_use(session, answer, browser=browser_of(request))
        if used.owner_id != member.id:
            raise RejectedError("passkey_refused", "of another member")
