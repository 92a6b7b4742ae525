"""A training institute for tests: the real application over a real database, and a holder."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from pydantic import SecretStr

from credentials.encoding import JsonObject, JsonValue
from credentials.keys import Algorithm, Signer, SoftwareSigner
from credentials.openid4vc.key_proof import create_proof
from credentials.openid4vc.offer import CredentialOffer, parse_offer
from credentials.openid4vc.token import create_token_request
from issuer.app import create_app
from issuer.installation import FIRST, Installation, SignersOf
from issuer.keys import make_signers
from issuer.ports import Ports
from issuer.settings import DEMO_ORIGIN, IssuerSettings
from service.fetch import Http

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
API_KEY = "the-operator-of-this-test"

FORKLIFT: JsonObject = {
    "given_name": "Ahmet",
    "family_name": "Yılmaz",  # noqa: RUF001 - his name
    "date_of_test": "2026-11-09",
    "skills": [{"skill": "heftruck", "level": 2}],
}


@dataclass(slots=True)
class HandClock:
    """A clock that moves when the test says so."""

    now: datetime = AT

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass(frozen=True, slots=True)
class Office:
    """The issuer, its clock, and a browser or wallet that talks to it."""

    app: FastAPI
    client: TestClient
    clock: HandClock
    settings: IssuerSettings

    @property
    def ports(self) -> Ports:
        installation: Installation = self.app.state.installation
        return installation.ports(FIRST)

    def sign_in(self, member: str = "demo-own-1") -> None:
        """Sign in with the one click of the trial."""
        page = self.client.get("/sign-in").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None
        answer = self.client.post(
            "/sign-in/demo",
            data={"csrf_token": token[1], "member": member, "next": "/"},
            follow_redirects=False,
        )
        assert answer.status_code == 303, answer.text

    def operator(
        self,
        method: str,
        path: str,
        *,
        json: JsonValue = None,
        content: bytes | None = None,
        key: str = API_KEY,
    ) -> Response:
        """One call of the operator's interface."""
        return self.client.request(
            method,
            f"/api{path}",
            json=json,
            content=content,
            headers={"Authorization": f"Bearer {key}"},
        )

    def offer(self, **wish: JsonValue) -> dict[str, str]:
        """Let the operator make an offer, by default of a forklift certificate."""
        body: JsonObject = {"type": "heftruck", "claims": FORKLIFT}
        body.update(wish)
        answer = self.operator("POST", "/offers", json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, str] = answer.json()
        return made


def open_office(
    directory: Path,
    *,
    public_url: str = "",
    wallet_url: str = "http://localhost:8002",
    production: bool = False,
    signers_of: SignersOf | None = None,
    http: Http | None = None,
    **settings: Any,  # noqa: ANN401 - whatever the settings take
) -> Office:
    """Start the issuer in ``directory``, as ``make run`` does."""
    found = IssuerSettings(
        var=directory,
        api_key=SecretStr(API_KEY),
        public_url=public_url,
        wallet_url=wallet_url,
        production=production,
        **settings,
    )
    clock = HandClock()
    app = create_app(
        found,
        signers_of=signers_of or make_signers(),
        clock=clock,
        entropy=token_bytes,
        http=http,
    )
    office = Office(app, TestClient(app, base_url=found.public_url), clock, found)
    if found.demo:
        office.sign_in()
    return office


@dataclass(frozen=True, slots=True)
class Holder:
    """A wallet's side of OpenID4VCI, step by step."""

    office: Office
    key: Signer = field(default_factory=lambda: SoftwareSigner.generate(Algorithm.ES256))

    def read(self, offer_uri: str) -> CredentialOffer:
        answer = self.office.client.get(offer_uri.removeprefix(DEMO_ORIGIN))
        assert answer.status_code == 200, answer.text
        return parse_offer(answer.json())

    def redeem(self, code: str | None, pin: str | None) -> Response:
        body = create_token_request(code or "", tx_code=pin)
        return self.office.client.post(
            "/token", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
        )

    def token(self, made: dict[str, str]) -> str:
        offer = self.read(made["offer_uri"])
        answer = self.redeem(offer.pre_authorized_code, made["tx_code"])
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def nonce(self) -> str:
        return str(self.office.client.post("/nonce").json()["c_nonce"])

    def proof(
        self,
        nonce: str | None = None,
        *,
        audience: str = DEMO_ORIGIN,
        client_id: str | None = None,
    ) -> str:
        return create_proof(
            self.key,
            audience=audience,
            nonce=nonce or self.nonce(),
            at=self.office.clock(),
            client_id=client_id,
        )

    def ask(self, token: str, proof: str, configuration: str = "heftruck.dc+sd-jwt") -> Response:
        return self.office.client.post(
            "/credential",
            json={"credential_configuration_id": configuration, "proofs": {"jwt": [proof]}},
            headers={"Authorization": f"Bearer {token}"},
        )

    def receive(self, made: dict[str, str]) -> dict[str, Any]:  # Any: any JSON
        """All steps; the whole credential response."""
        configuration = f"{made['type']}.{made['format']}"
        answer = self.ask(self.token(made), self.proof(), configuration)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def notify(self, token: str, notification_id: str, event: str) -> Response:
        return self.office.client.post(
            "/notification",
            json={"notification_id": notification_id, "event": event},
            headers={"Authorization": f"Bearer {token}"},
        )
