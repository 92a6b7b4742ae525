"""The verifier as a process of its own, with the world around it in memory, and what to send it.

python -m benchmarks.verifier_process FOLDER PORT

It writes ``requests.json`` into the folder (kind to HTTP requests as text), says ``ready`` and
serves until it is stopped. Lists and keys of issuers are in memory where a verifier would fetch
them; what it keeps of them it keeps as always, in its database.
"""

import json
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from credentials.bbs.signature import SoftwareBbsSigner
from credentials.cryptosuites import SELECTIVE_CRYPTOSUITES
from credentials.dids.key import did_key, method_id
from credentials.formats import FORMATS
from credentials.formats.data_integrity import CONFIGURED
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Binding, Purpose, StatusKind, StatusReference, Validity, Wire
from schemas import catalog
from service import serving
from tests.conftest import NOW
from tests.verifier.world import API_KEY, KEY, SCHOOL, SD_JWT, World

SINGLES = 200
"""Different proofs; they are sent again and again."""

BATCH = 1_000
"""Presentations in one batch."""

SHARE = Binding("http://deel.localhost:8002", "AAECAwQFBgcICQoLDA0ODw", live=False)

MIXED = (SD_JWT, "vc+sd-jwt", "jwt_vc_json", "eddsa-rdfc-2022", "ecdsa-sd-2023", "bbs-2023")
"""What a batch is mixed of, an equal share of each."""

_KEYS = {"eddsa-rdfc-2022": Algorithm.EDDSA}
SKILLS = frozenset({("skills",)})
VALIDITY = Validity(NOW - timedelta(days=30), NOW + timedelta(days=30))
NO_STATUS = StatusReference(StatusKind.BITSTRING, f"{SCHOOL}/none", 1, Purpose.REVOCATION)
"""A derived proof names a status; its host does not answer here, which is told as undetermined."""


def main() -> None:
    """Make the proofs, write the requests, and serve."""
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    settings = {"port": port, "rate_limits": False}
    world = World(folder, more=settings)
    (folder / "requests.json").write_text(json.dumps(_requests(world)), "utf-8")
    with serving.running([serving.seat(world.app)]):
        print("ready", flush=True)
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


def _requests(world: World) -> dict[str, list[str]]:
    held = [world.issue(world.credential()) for _ in range(SINGLES)]
    cards = [
        FORMATS[SD_JWT].present(
            one, world.worker, SHARE, disclose=frozenset({("skills", None)}), at=world.clock()
        )
        for one in held
    ]
    share = {"id": SHARE.nonce, "origin": SHARE.audience}
    shared = [{"presentations": [card], "share": share} for card in cards]
    items = [{"presentation": one, "policy": "any"} for one in _mixed(world)]
    _check_first(world, items)
    return {
        "proof": [_post("/api/check", {"presentation": one}) for one in held],
        "card": [_post("/api/check", one) for one in shared],
        "answer": [_post("/api/check", one, accept="text/html") for one in shared],
        "start": [_http("GET", "/", accept="text/html")],
        "batch": [_post("/api/checks", {"items": items})],
    }


def _check_first(world: World, items: list[dict[str, Any]]) -> None:
    """One of each kind holds, so that no batch is quick because it fails early."""
    body = {"items": items[: len(MIXED)]}
    found = world.client.post("/api/checks", json=body, headers=KEY).json()["items"]
    told = [one["proofs"][0]["parts"]["authentic"] for one in found]
    if told != ["passed"] * len(MIXED):
        raise AssertionError(told)


def _mixed(world: World) -> Iterator[Wire]:
    """As many presentations as a batch takes, each of the next kind."""
    makers = {name: _maker(world, name) for name in MIXED}
    for number in range(BATCH):
        yield next(makers[MIXED[number % len(MIXED)]])


def _maker(world: World, name: str) -> Iterator[Wire]:
    """Presentations of one kind; of ten different proofs, each shown many times."""
    algorithm = _KEYS.get(name, Algorithm.ES256)
    holder = SoftwareSigner.generate(algorithm)
    made = CONFIGURED[name] if name in CONFIGURED else FORMATS[name]
    did, signer = _issuer(name, algorithm)
    found = catalog.by_url(world.credential().type)
    if found is None:
        raise AssertionError("no such type")
    status = (NO_STATUS,) if name in SELECTIVE_CRYPTOSUITES else ()
    held = [
        made.issue(
            world.credential(issuer=did, status=status, validity=VALIDITY),
            signer,
            holder=holder.public,
            disclosable=found.disclosable(),
            entropy=os.urandom,
        )
        for _ in range(10)
    ]
    for number in count():
        one = held[number % len(held)]
        yield made.present(one, holder, SHARE, disclose=SKILLS, at=world.clock())


def _issuer(name: str, algorithm: Algorithm) -> tuple[str, Any]:
    """A fresh issuer that is known by its own key, and that key."""
    if name == "bbs-2023":
        bare = SoftwareBbsSigner.generate(os.urandom, "")
        did = did_key(bare.public)
        return did, replace(bare, public=replace(bare.public, key_id=method_id(did)))
    plain = SoftwareSigner.generate(algorithm)
    did = did_key(plain.public)
    return did, replace(plain, public=plain.public.with_key_id(method_id(did)))


def _post(path: str, body: object, *, accept: str = "application/json") -> str:
    return _http("POST", path, accept=accept, body=json.dumps(body))


def _http(method: str, path: str, *, accept: str, body: str = "") -> str:
    return (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\n"
        f"Authorization: Bearer {API_KEY}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body.encode())}\r\n\r\n{body}"
    )


if __name__ == "__main__":
    main()
