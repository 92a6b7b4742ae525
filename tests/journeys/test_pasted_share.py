"""A deelkaart that a recruiter pastes, over real HTTP: verifier to share site and back."""

import hashlib
import os
import re
from datetime import timedelta
from pathlib import Path

import httpx2

from credentials import share_card
from credentials.encoding import b64url_encode
from schemas.messages import sentence
from service.database import open_database
from tests.conftest import NOW
from tests.services import services_in
from wallet import shares


def publish(var: Path, origin: str) -> str:
    """A share of one thing that is no proof, as the wallet's service keeps it; its link."""
    link = share_card.new_link(origin, coded=False, entropy=os.urandom)
    expires = NOW + timedelta(days=7)
    made = shares.NewShare(
        id=b64url_encode(link.share_id),
        octets=share_card.seal(link, ["hello"], expires=expires, code=None, entropy=os.urandom),
        expires_at=expires,
        coded=False,
        gate_hash=hashlib.sha256(share_card.gate(link, code=None)).hexdigest(),
        stop_hash="0" * 64,
    )
    database = open_database(None, file=var / "wallet" / "wallet.db")
    with database.transaction() as session:
        shares.make(session, made, at=NOW)
    database.close()
    return link.text()


def test_the_verifier_opens_a_pasted_deelkaart_of_the_share_site(tmp_path: Path) -> None:
    with services_in(tmp_path) as services:
        link = publish(services.var, f"http://deel.localhost:{services.ports['wallet']}")
        headers = {"accept": "text/html", "accept-language": "nl"}
        with httpx2.Client(base_url=services.address("verifier"), headers=headers) as browser:
            token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/").text)
            assert token is not None
            form = {"proof": link, "csrf_token": token[1]}
            page = browser.post("/check", data=form, follow_redirects=True)
    assert page.status_code == 200, page.text
    assert sentence("verdict.title.authentic", "nl") in page.text
    assert sentence("verdict.authentic.format_unknown", "nl") in page.text
