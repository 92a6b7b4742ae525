"""The world around a verifier: a school, its published documents, a sector list, a worker.

Everything is the real thing, in memory: real keys, real lists, the real application.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fastapi import FastAPI
from fastapi.testclient import TestClient

from credentials.claims import ClaimsPath
from credentials.dids.web import did_web, method_id, write_document
from credentials.encoding import JsonObject, compact_json
from credentials.errors import UndeterminedError
from credentials.formats import FORMATS
from credentials.keys import Algorithm, Signer, SoftwareSigner
from credentials.model import Binding, Credential, StatusKind, StatusReference, Validity, Wire
from credentials.openid4vc.request import AuthorizationRequest, client_id_of, parse_request
from credentials.openid4vc.response import create_form, create_response
from credentials.status import token_status_list
from schemas import catalog
from service.fetch import Fetched
from skills.framework import load
from tests.conftest import NOW
from tests.in_memory import InMemoryHttp
from verifier.app import create_app
from verifier.sector_list import demo_issuer, make_demo_list
from verifier.settings import VerifierSettings

SCHOOL = "https://issuer.skillspass.example"
STATUS_URI = f"{SCHOOL}/status/token/1"
LIST_URL = "https://trust.skillspass.example/list.jwt"
VERIFIER = "https://verifier.skillspass.example"
CLIENT_ID = client_id_of(did_web(VERIFIER))
API_KEY = "a-key-for-tests"
SD_JWT = "dc+sd-jwt"

Json = dict[str, Any]  # what a program reads: any JSON at all


def named(origin: str, algorithm: Algorithm = Algorithm.ES256) -> SoftwareSigner:
    """A fresh key that carries its DID URL."""
    fresh = SoftwareSigner.generate(algorithm)
    did = did_web(origin)
    return SoftwareSigner.from_private_jwk(
        {**fresh.private_jwk(), "kid": method_id(did, fresh.public)}
    )


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
class Internet:
    """Documents by address, and sites by origin; an address that is not there does not answer."""

    pages: dict[str, bytes] = field(default_factory=dict)
    sites: dict[str, TestClient] = field(default_factory=dict)

    def get_body(self, url: str) -> bytes:
        """The body behind a URL."""
        if url not in self.pages:
            raise UndeterminedError("fetch_failed", "no answer")
        return self.pages[url]

    def get(
        self, url: str, *, accept: Sequence[str] = (), headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """As the fetcher of the services."""
        del accept, headers
        return Fetched(200, self.get_body(url), "application/json")

    def post(
        self,
        url: str,
        *,
        body: bytes,
        content_type: str,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """A message to one of the sites."""
        return InMemoryHttp(self.sites).post(
            url, body=body, content_type=content_type, headers=headers
        )


@dataclass
class World:
    """A verifier that runs, and everyone it deals with.

    Attributes:
        more: settings that differ from those of the demo.
    """

    directory: Path
    more: Mapping[str, object] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    internet: Internet = field(default_factory=Internet)
    school: SoftwareSigner = field(default_factory=lambda: named(SCHOOL))
    worker: SoftwareSigner = field(default_factory=lambda: SoftwareSigner.generate(Algorithm.ES256))
    anchor: SoftwareSigner = field(default_factory=lambda: SoftwareSigner.generate(Algorithm.ES256))
    signer: SoftwareSigner = field(default_factory=lambda: named(VERIFIER))
    statuses: dict[int, int] = field(default_factory=dict)
    app: FastAPI = field(init=False)
    client: TestClient = field(init=False)

    def __post_init__(self) -> None:
        """Publish everybody's documents and start the verifier."""
        did = did_web(SCHOOL)
        document = write_document(did, [self.school.public])
        self.internet.pages[f"{SCHOOL}/.well-known/did.json"] = compact_json(document)
        self.publish_statuses()
        self.publish_list(sequence=1)
        self.app = self.start()
        self.client = self.browser()
        found = self.client.get("/.well-known/did.json").content
        self.internet.pages[f"{VERIFIER}/.well-known/did.json"] = found

    def start(self) -> FastAPI:
        """One process of the verifier, over the same files."""
        return create_app(
            self.settings(),
            signer=self.signer,
            fetch=self.internet,
            clock=self.clock,
            entropy=os.urandom,
        )

    def settings(self) -> VerifierSettings:
        """As the demo runs it."""
        return VerifierSettings.model_validate(
            {
                "var": self.directory,
                "api_key": API_KEY,
                "trust_list_url": LIST_URL,
                "trust_anchor": compact_json(self.anchor.public.jwk()).decode(),
                **self.more,
            }
        )

    def browser(self) -> TestClient:
        """A browser of its own, with its own cookies."""
        return TestClient(
            self.app,
            base_url="http://localhost:8003",
            headers={"accept": "text/html", "accept-language": "nl"},
            follow_redirects=False,
        )

    def publish_statuses(self) -> None:
        """Sign the status list as it is now."""
        values = [self.statuses.get(index, 0) for index in range(64)]
        self.internet.pages[STATUS_URI] = token_status_list.sign_list(
            token_status_list.encode(values, bits=2),
            bits=2,
            uri=STATUS_URI,
            signer=self.school,
            at=self.clock(),
            lifetime=timedelta(hours=12),
            time_to_live=timedelta(minutes=15),
        ).encode()

    def publish_list(self, *, sequence: int, names: str = "Vakschool De Lasboog") -> None:
        """Sign the sector's list with the school on it."""
        school = demo_issuer(
            did_web(SCHOOL),
            name=names,
            keys=[self.school.public],
            since=NOW - timedelta(days=3650),
        )
        self.internet.pages[LIST_URL] = make_demo_list(
            self.anchor, entries=[school], sequence=sequence, at=self.clock()
        ).encode()

    def credential(self, **changes: object) -> Credential:
        """A certificate about CNC milling with two skills."""
        framework = load(catalog.framework())
        claims: JsonObject = {
            "given_name": "Ahmet",
            "family_name": "Demir",
            "date_of_result": "2026-06-15",
            "grade": 7.5,
            "skills": [framework.statement("cnc-frezen", 2), framework.statement("opspannen", 3)],
        }
        found = Credential(
            type=catalog.credential_type("cnc-frezen-vakcertificaat").url,
            issuer=did_web(SCHOOL),
            claims=claims,
            issued_at=NOW - timedelta(days=30),
            validity=Validity(valid_from=NOW - timedelta(days=30)),
            status=(StatusReference(StatusKind.TOKEN, STATUS_URI, 7),),
        )
        return replace(found, **changes)  # type: ignore[arg-type]  # fields by name

    def issue(self, credential: Credential, *, signer: Signer | None = None) -> Wire:
        """As the school gives it to the worker."""
        found = catalog.by_url(credential.type)
        assert found is not None
        return FORMATS[SD_JWT].issue(
            credential,
            signer or self.school,
            holder=self.worker.public,
            disclosable=found.disclosable(),
            entropy=os.urandom,
        )

    def request(self, request_uri: str, client_id: str = CLIENT_ID) -> AuthorizationRequest:
        """As the worker's passport fetches and checks a request."""
        answer = self.client.get(urlsplit(request_uri).path)
        assert answer.status_code == 200, answer.text
        return parse_request(
            answer.text, client_id=client_id, get=self.internet.get_body, at=self.clock()
        )

    def show(
        self,
        held: Wire,
        request: AuthorizationRequest,
        *,
        disclose: frozenset[ClaimsPath] = frozenset({("skills", None)}),
        signer: Signer | None = None,
        binding: Binding | None = None,
    ) -> str:
        """The encrypted answer of the worker's passport."""
        wire = FORMATS[SD_JWT].present(
            held,
            signer or self.worker,
            binding or Binding(audience=request.client_id, nonce=request.nonce),
            disclose=disclose,
            at=self.clock(),
        )
        query = next(each for each in request.query.credentials if each.format == SD_JWT)
        return create_response(request, {query.id: [wire]})

    def post(self, request: AuthorizationRequest, jwe: str | bytes) -> "TestAnswer":
        """Deliver an answer, or a form of one's own."""
        found = self.client.post(
            urlsplit(request.response_uri).path,
            content=create_form(jwe) if isinstance(jwe, str) else jwe,
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        return TestAnswer(found.status_code, found.json())

    def ask(self, preset: str | None = "skills", **more: object) -> dict[str, str]:
        """A program asks a preset, or its own query."""
        body = {"preset": preset, **more}
        found = self.client.post("/api/requests", json=body, headers=KEY)
        assert found.status_code == 201, found.text
        asked: dict[str, str] = found.json()
        return asked

    def result(self, request_id: str) -> Json:
        """What the program reads about its request."""
        found: Json = self.client.get(f"/api/requests/{request_id}", headers=KEY).json()
        return found

    def verdict_on(self, held: Wire, **how: Any) -> Json:  # noqa: ANN401 - as ``show``
        """The whole journey of one proof: ask, show, verdict."""
        asked = self.ask()
        request = self.request(asked["request_uri"])
        posted = self.post(request, self.show(held, request, **how))
        assert posted.status == 200, posted
        verdict: Json = self.result(asked["id"])["verdict"]
        return verdict


KEY = {"authorization": f"Bearer {API_KEY}", "accept": "application/json"}


@dataclass(frozen=True)
class TestAnswer:
    """Status and body of an answer."""

    __test__ = False
    status: int
    body: dict[str, str]


def fields_of(link: str) -> dict[str, str]:
    """The parameters of a link."""
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}


def codes(verdict: Json) -> set[str]:
    """All codes of a verdict."""
    return {finding["code"] for finding in verdict["findings"]}
