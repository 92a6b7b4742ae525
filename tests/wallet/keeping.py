"""The blind service in memory, and what a keeper and a reader's page do with it."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from credentials.encoding import b64url_encode
from tests.conftest import NOW
from tests.in_memory import InMemoryHttp
from tests.service.authenticator import SoftAuthenticator
from wallet.app import create_app
from wallet.holder.sealed import Opened, begin_vault, seal, with_slot
from wallet.holder.slots import make_slot
from wallet.settings import WalletSettings

KEEPER, SHARE = "https://kluis.skillspass.example", "https://deel.skillspass.example"


@dataclass
class Turning:
    """A clock that tests turn."""

    moment: datetime = NOW

    def __call__(self) -> datetime:
        return self.moment


@dataclass
class Keeper:
    """One browser at the keeper's site, with its passkey."""

    client: TestClient
    device: SoftAuthenticator = field(default_factory=lambda: SoftAuthenticator(origin=KEEPER))

    def send(
        self, method: str, path: str, *, content: bytes | None = None, **headers: str
    ) -> Response:
        """A request of the keeper's own page."""
        own = {"Origin": KEEPER, "Sec-Fetch-Site": "same-origin"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(method, path, content=content, headers=own | named)

    def post(self, path: str, document: object = None, **headers: str) -> Response:
        """A JSON message."""
        content = json.dumps({} if document is None else document).encode()
        return self.send("POST", path, content=content, Content_Type="application/json", **headers)

    def ceremony(
        self, path: str, act: Callable[[dict[str, object]], object], **headers: str
    ) -> Response:
        """Ask, let the device answer, and send that."""
        options = self.post(f"{path}/begin").json()
        return self.post(f"{path}/finish", act(options), **headers)

    def join(self) -> "Keeper":
        """Make an account."""
        assert self.ceremony("/api/account", self.device.create).status_code == 204
        return self

    def confirmed(self) -> str:
        """A fresh confirmation."""
        answer = self.ceremony("/api/confirm", self.device.get)
        return str(answer.json()["confirmed"])

    def write(self, data: bytes, *, read: int | None, **headers: str) -> Response:
        """Write a vault."""
        condition = {"If_None_Match": "*"} if read is None else {"If_Match": f'"{read}"'}
        return self.send("PUT", "/api/vault", content=data, **condition, **headers)


@dataclass
class Keeping:
    """The running service."""

    app: FastAPI
    clock: Turning

    def keeper(self) -> Keeper:
        """A fresh browser at the keeper's site."""
        return Keeper(TestClient(self.app, base_url=KEEPER))

    def open_share(self, share_id: str, gate: bytes) -> Response:
        """A reader's tap."""
        client = TestClient(self.app, base_url=SHARE)
        own = {"Origin": SHARE, "Sec-Fetch-Site": "same-origin"}
        return client.post(f"/s/{share_id}/open", json={"gate": b64url_encode(gate)}, headers=own)


def keeping_at(folder: Path, database_url: str, *, rate_limits: bool = False) -> Keeping:
    """The service with a database of its own."""
    settings = WalletSettings(
        public_url="https://wallet.skillspass.example",
        var=folder,
        database_url=database_url,
        demo=False,
        rate_limits=rate_limits,
    )
    clock = Turning()
    app = create_app(settings, fetch=InMemoryHttp({}), clock=clock, entropy=secrets.token_bytes)
    return Keeping(app, clock)


def fresh_vault() -> Opened:
    """A vault with a recovery card, never written."""
    opened = begin_vault(entropy=secrets.token_bytes)
    card = make_slot("rec", bytes(20), wid=opened.wid, entropy=secrets.token_bytes)
    return with_slot(opened, card)


def sealed(opened: Opened) -> tuple[bytes, Opened]:
    """Its next version."""
    return seal(opened, (), entropy=secrets.token_bytes)


DAY = timedelta(days=1)
