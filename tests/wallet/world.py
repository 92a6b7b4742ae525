"""The world around a wallet: the real issuer and the real verifier, a trust list, no socket."""

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.testclient import TestClient

from credentials.encoding import JsonObject, JsonValue, compact_json
from credentials.keys import Algorithm, SoftwareSigner
from credentials.trust.listing import TrustedIssuer
from issuer.app import create_app as create_issuer
from issuer.installation import FIRST
from issuer.keys import make_signers
from issuer.settings import IssuerSettings
from service.fetch import DOCUMENTS, JSON, Fetched
from service.landing import Doors, create_landing
from service.settings import RoleSettings
from tests.conftest import NOW
from tests.in_memory import InMemoryHttp
from verifier.app import create_app as create_verifier
from verifier.sector_list import demo_issuer, make_demo_list
from verifier.settings import VerifierSettings
from wallet.app import create_app as create_wallet
from wallet.holder import receiving
from wallet.holder.outside import Outside
from wallet.holder.receiving import Received
from wallet.holder.vault import Held, Vault
from wallet.settings import WalletSettings
from wallet.trust import TrustSource

ISSUER = "https://issuer.skillspass.example"
WALLET = "https://wallet.skillspass.example"
VERIFIER = "https://verifier.skillspass.example"
TRUST = "https://trust.skillspass.example"
API_KEY = "a-key-for-tests"
HOURS_AGO = timedelta(days=400)

FORKLIFT: JsonObject = {
    "given_name": "Jan",
    "family_name": "Bakker",
    "date_of_test": "2026-09-07",
    "skills": [{"skill": "heftruck", "level": 3}, {"skill": "veilig-werken", "level": 2}],
}
"""What an institute types for one person; the template adds the rest."""


@dataclass
class Clock:
    """A clock that tests can turn."""

    moment: datetime = NOW

    def __call__(self) -> datetime:
        """The present moment."""
        return self.moment

    def turn(self, **by: float) -> None:
        """Let time pass."""
        self.moment += timedelta(**by)


@dataclass
class Meddler:
    """A network that changes what comes back from one path; everything else passes.

    Attributes:
        changes: path to what is done to the body of its answer.
        posted: the path of every message that was sent.
    """

    inner: InMemoryHttp
    changes: dict[str, Callable[[bytes], bytes]]
    posted: list[str] = field(default_factory=list)

    def get(
        self, url: str, *, accept: Sequence[str] = JSON, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """Ask for a document."""
        return self._changed(url, self.inner.get(url, accept=accept, headers=headers))

    def post(
        self, url: str, *, body: bytes, content_type: str, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """Send a message."""
        self.posted.append(urlsplit(url).path)
        answer = self.inner.post(url, body=body, content_type=content_type, headers=headers)
        return self._changed(url, answer)

    def get_body(self, url: str) -> bytes:
        """The body of a document that was found."""
        return self._changed(url, self.inner.get(url, accept=DOCUMENTS)).body

    def _changed(self, url: str, answer: Fetched) -> Fetched:
        change = self.changes.get(urlsplit(url).path)
        return answer if change is None else replace(answer, body=change(answer.body))


@dataclass
class World:
    """Three real applications that reach each other in memory."""

    directory: Path
    listed: bool = True
    clock: Clock = field(default_factory=Clock)
    anchor: SoftwareSigner = field(default_factory=lambda: SoftwareSigner.generate(Algorithm.ES256))
    clients: dict[str, TestClient] = field(default_factory=dict)
    http: InMemoryHttp = field(init=False)
    outside: Outside = field(init=False)
    wallet: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        """Start everybody."""
        self.http = InMemoryHttp(self.clients)
        issuer = self._issuer()
        self._serve(ISSUER, issuer)
        self._serve(TRUST, self._landing(issuer))
        self._serve(VERIFIER, self._verifier())
        settings = RoleSettings.model_validate(
            {"trust_list_url": f"{TRUST}/list.jwt", "trust_anchor": self._anchor_jwk()}
        )
        trust = TrustSource(settings, http=self.http, clock=self.clock)
        self.outside = Outside(
            http=self.http, trust=trust, now=self.clock, entropy=secrets.token_bytes
        )
        self.wallet = self._wallet()
        self._serve(WALLET, self.wallet)

    def vault(self) -> Vault:
        """An empty vault that nobody seals."""
        return Vault((), clock=self.clock, entropy=secrets.token_bytes)

    def browser(self) -> TestClient:
        """A browser of its own at the kiosk, with its own cookies."""
        return TestClient(self.wallet, base_url=WALLET, follow_redirects=True)

    def offer(
        self, type_id: str = "heftruck", format_id: str = "dc+sd-jwt", **claims: JsonValue
    ) -> Mapping[str, str]:
        """An offer of the real issuer: its link and PIN."""
        answer = self.clients[ISSUER].post(
            "/api/offers",
            json={"type": type_id, "format": format_id, "claims": FORKLIFT | claims},
            headers=self.issuer_key(),
        )
        assert answer.status_code == 201, answer.text
        made: dict[str, str] = answer.json()
        return made

    def meddled(self, changes: dict[str, Callable[[bytes], bytes]]) -> Outside:
        """The same outside, over a network that changes some answers."""
        return replace(self.outside, http=Meddler(self.http, changes))

    def fetch(self, offer: Mapping[str, str], *, pin: str | None = None) -> Received:
        """Receive a credential as far as the question "is this you?"."""
        preview = receiving.read_offer(offer["link"], outside=self.outside)
        return receiving.fetch_credential(
            preview, pin=pin or offer["tx_code"], outside=self.outside
        )

    def keep(self, vault: Vault, offer: Mapping[str, str]) -> Held:
        """Receive and keep."""
        return receiving.keep(self.fetch(offer), vault, name_confirmed=True, outside=self.outside)

    def ask(self, preset: str | None = None, **more: object) -> Mapping[str, str]:
        """A request of the real verifier: its link and id."""
        answer = self.clients[VERIFIER].post(
            "/api/requests",
            json={**({"preset": preset} if preset else {}), **more},
            headers={"Authorization": f"Bearer {API_KEY}"},
        )
        assert answer.status_code == 201, answer.text
        made: dict[str, str] = answer.json()
        return made

    def state(self, request: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON, read by key
        """Where the verifier's request stands, with its verdict."""
        answer = self.clients[VERIFIER].get(
            f"/api/requests/{request['id']}", headers={"Authorization": f"Bearer {API_KEY}"}
        )
        return answer.json()

    def issuer_key(self) -> dict[str, str]:
        """What the institute's program shows."""
        return {"Authorization": f"Bearer {API_KEY}"}

    def _serve(self, origin: str, app: FastAPI) -> None:
        self.clients[origin] = TestClient(app, base_url=origin)

    def _anchor_jwk(self) -> str:
        return compact_json(self.anchor.public.jwk()).decode()

    def _issuer(self) -> FastAPI:
        settings = IssuerSettings.model_validate(
            {"var": self.directory, "api_key": API_KEY, "wallet_url": WALLET}
        )
        return create_issuer(
            settings, signers_of=make_signers(), clock=self.clock, entropy=os.urandom
        )

    def _landing(self, issuer: FastAPI) -> FastAPI:
        ports = issuer.state.installation.ports(FIRST)
        entry: TrustedIssuer = demo_issuer(
            ports.did,
            name="Vakschool De Lasboog",
            keys=[signer.public for signer in ports.signers.values()],
            since=NOW - HOURS_AGO,
        )
        token = make_demo_list(
            self.anchor, entries=(entry,) if self.listed else (), sequence=1, at=NOW
        )
        return create_landing(
            RoleSettings.model_validate({"var": self.directory, "identifier": TRUST}),
            doors=Doors(give=ISSUER, passport=WALLET, check=VERIFIER),
            documents={"/list.jwt": ("application/trustlist+jwt", token.encode)},
            clock=self.clock,
        )

    def _verifier(self) -> FastAPI:
        signer = SoftwareSigner.generate(Algorithm.ES256)
        did = "did:web:verifier.skillspass.example"
        named = SoftwareSigner.from_private_jwk(
            {**signer.private_jwk(), "kid": f"{did}#{signer.public.thumbprint}"}
        )
        settings = VerifierSettings.model_validate(
            {
                "var": self.directory,
                "identifier": VERIFIER,
                "api_key": API_KEY,
                "wallet_url": WALLET,
                "client_name": "Precisie Techniek Oost",
                "trust_list_url": f"{TRUST}/list.jwt",
                "trust_anchor": self._anchor_jwk(),
            }
        )
        return create_verifier(
            settings, signer=named, fetch=self.http, clock=self.clock, entropy=os.urandom
        )

    def _wallet(self) -> FastAPI:
        settings = WalletSettings.model_validate(
            {
                "var": self.directory,
                "identifier": WALLET,
                "public_url": WALLET,
                "passphrase": "drie natte fietsen",
                "trust_list_url": f"{TRUST}/list.jwt",
                "trust_anchor": self._anchor_jwk(),
            }
        )
        return create_wallet(
            settings, fetch=self.http, clock=self.clock, entropy=secrets.token_bytes
        )
