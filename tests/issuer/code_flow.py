"""A wallet that takes the authorization code flow, step by step, so that a test can break each."""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from secrets import token_bytes, token_hex
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from httpx2 import Response

from credentials import jose
from credentials.encoding import JsonObject, JsonValue, compact_json, parse_json_object
from credentials.keys import Algorithm, SoftwareSigner
from credentials.openid4vc import client_attestation, dpop, pkce
from credentials.openid4vc.encryption import encrypt_message
from credentials.openid4vc.key_attestation import create_attestation
from credentials.openid4vc.key_proof import create_proof
from issuer.settings import DEMO_ORIGIN
from tests.issuer.office import Office

PROVIDER = "https://provider.example"
PROVIDER_KEY = SoftwareSigner.generate(Algorithm.ES256)
ATTESTERS = {PROVIDER: [PROVIDER_KEY.public.jwk()]}
"""For the settings of an issuer that believes this provider."""

BACK = "https://wallet.example/cb"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HTML = {"Accept": "text/html"}


def _es256() -> SoftwareSigner:
    return SoftwareSigner.generate(Algorithm.ES256)


@dataclass(frozen=True)
class Wallet:
    """One wallet; ``attested`` and ``bound`` say what it shows of itself.

    Attributes:
        instance: the key that its provider attested.
        possessor: signs the proofs of possession; another key than ``instance`` in attacks.
        provider: signs the attestation.
        attested_keys: its proofs come with a provider's word about their key.
    """

    office: Office
    client_id: str = "https://wallet.example"
    attested: bool = False
    bound: bool = False
    key: SoftwareSigner = field(default_factory=_es256)
    dpop_key: SoftwareSigner = field(default_factory=_es256)
    instance: SoftwareSigner = field(default_factory=_es256)
    possessor: SoftwareSigner | None = None
    provider: SoftwareSigner = PROVIDER_KEY
    attested_keys: bool = False
    attested_for: timedelta = timedelta(days=1)
    audience: str = DEMO_ORIGIN
    issuer: str = DEMO_ORIGIN
    prefix: str = ""
    verifier: str = field(default_factory=lambda: pkce.create_verifier(token_bytes))

    # --- what it shows of itself

    def attestation(self, **change: JsonValue) -> str:
        at = self.office.clock()
        made = client_attestation.create_attestation(
            self.provider,
            client_id=self.client_id,
            instance=self.instance.public,
            at=at,
            lifetime=self.attested_for,
            issuer=PROVIDER,
        )
        if not change:
            return made
        parsed = jose.peek(made, typ=frozenset({client_attestation.TYPE}), header_key=True)
        both = {**parsed.payload, **change}
        payload: JsonObject = {name: value for name, value in both.items() if value is not None}
        return jose.sign_compact({"typ": client_attestation.TYPE}, payload, self.provider)

    def challenge(self) -> str:
        answer = self.office.client.post(f"{self.prefix}/challenge")
        return str(answer.json()["attestation_challenge"])

    def client_headers(self, **change: JsonValue) -> dict[str, str]:
        if not self.attested:
            return {}
        pop = client_attestation.create_pop(
            self.possessor or self.instance,
            audience=self.audience,
            jti=token_hex(8),
            at=self.office.clock(),
            challenge=self.challenge(),
        )
        return {
            client_attestation.HEADER: self.attestation(**change),
            client_attestation.POP_HEADER: pop,
        }

    def dpop_nonce(self) -> str:
        return str(self.office.client.post(f"{self.prefix}/nonce").headers["dpop-nonce"])

    def dpop_headers(
        self,
        path: str,
        *,
        token: str | None = None,
        **change: Any,  # noqa: ANN401 - arguments of ``create_proof``
    ) -> dict[str, str]:
        if not self.bound:
            return {} if token is None else {"Authorization": f"Bearer {token}"}
        made: dict[str, Any] = {
            "method": "POST",
            "url": f"{self.issuer}{path}",
            "jti": token_hex(8),
            "at": self.office.clock(),
            "nonce": self.dpop_nonce(),
            "access_token": token,
            **change,
        }
        proof = {"DPoP": dpop.create_proof(self.dpop_key, **made)}
        return proof if token is None else proof | {"Authorization": f"DPoP {token}"}

    # --- the steps

    def request(self, **change: str | None) -> dict[str, str]:
        fields = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": BACK,
            "scope": "heftruck.dc+sd-jwt",
            "state": "s-1",
            "code_challenge": pkce.challenge_of(self.verifier),
            "code_challenge_method": "S256",
            **change,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> Response:
        return self.office.client.post(f"{self.prefix}{path}", content=body, headers=headers)

    def push(self, headers: dict[str, str] | None = None, **change: str | None) -> Response:
        shown = (
            {**self.client_headers(), **self.dpop_headers("/par")} if headers is None else headers
        )
        return self.post("/par", urlencode(self.request(**change)).encode(), FORM | shown)

    def pushed(self, **change: str | None) -> str:
        answer = self.push(None, **change)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["request_uri"])

    def page(self, request_uri: str, **outside: str) -> Response:
        fields = {"client_id": self.client_id, "request_uri": request_uri, **outside}
        return self.office.client.get(f"{self.prefix}/authorize?{urlencode(fields)}", headers=HTML)

    def answer(self, request_uri: str, **fields: str) -> Response:
        page = self.page(request_uri)
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert found is not None, page.text
        data = {
            "csrf_token": found[1],
            "client_id": self.client_id,
            "request_uri": request_uri,
            **fields,
        }
        return self.office.client.post(
            f"{self.prefix}/authorize", data=data, headers=HTML, follow_redirects=False
        )

    def code(self, made: dict[str, str], **change: str | None) -> str:
        """Everything up to the code, for an offer that the operator made."""
        change = {"issuer_state": made["offer_uri"].rpartition("/")[2], **change}
        location = self.answer(self.pushed(**change), pin=made["tx_code"]).headers["location"]
        return query_of(location)["code"]

    def redeem(
        self, code: str, headers: dict[str, str] | None = None, **change: str | None
    ) -> Response:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": BACK,
            "code_verifier": self.verifier,
            "client_id": self.client_id,
            **change,
        }
        body = urlencode({name: v for name, v in fields.items() if v is not None}).encode()
        shown = (
            {**self.client_headers(), **self.dpop_headers("/token")} if headers is None else headers
        )
        return self.post("/token", body, FORM | shown)

    def refresh(self, refresh_token: str) -> Response:
        fields = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        body = urlencode({**fields, "client_id": self.client_id}).encode()
        return self.post("/token", body, FORM | self.client_headers() | self.dpop_headers("/token"))

    def token(self, made: dict[str, str], **change: str | None) -> dict[str, Any]:
        answer = self.redeem(self.code(made, **change))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def c_nonce(self) -> str:
        return str(self.office.client.post(f"{self.prefix}/nonce").json()["c_nonce"])

    def proof(
        self,
        nonce: str | None = None,
        key: SoftwareSigner | None = None,
        **more: Any,  # noqa: ANN401 - arguments of ``create_proof``
    ) -> str:
        signer, nonce, at = key or self.key, nonce or self.c_nonce(), self.office.clock()
        if self.attested_keys:
            more = {"key_attestation": self.key_attestation(signer, nonce), **more}
        about = {"client_id": self.client_id, **more}
        return create_proof(signer, audience=self.issuer, nonce=nonce, at=at, **about)

    def key_attestation(
        self, signer: SoftwareSigner, nonce: str, by: SoftwareSigner = PROVIDER_KEY
    ) -> str:
        """What the provider says of one key."""
        at, day = self.office.clock(), timedelta(days=1)
        return create_attestation(
            by, [signer.public], at=at, lifetime=day, nonce=nonce, issuer=PROVIDER
        )

    def ask(
        self, token: str, *proofs: str, headers: dict[str, str] | None = None, **change: JsonValue
    ) -> Response:
        document: JsonObject = {
            "credential_configuration_id": "heftruck.dc+sd-jwt",
            "proofs": {"jwt": [*(proofs or (self.proof(),))]},
            **change,
        }
        document = {name: value for name, value in document.items() if value is not None}
        shown = self.dpop_headers("/credential", token=token) if headers is None else headers
        return self.post("/credential", compact_json(document), JSON | shown)

    def ask_encrypted(self, token: str, wish: JsonObject | None, **change: JsonValue) -> Response:
        """The same in a JWE to the key of the issuer's metadata."""
        document: JsonObject = {
            "credential_configuration_id": "heftruck.dc+sd-jwt",
            "proofs": {"jwt": [self.proof()]},
            **({} if wish is None else {"credential_response_encryption": wish}),
            **change,
        }
        known = self.office.client.get(f"/.well-known/openid-credential-issuer{self.prefix}").json()
        (jwk,) = known["credential_request_encryption"]["jwks"]["keys"]
        shown = self.dpop_headers("/credential", token=token)
        body = encrypt_message(document, jwk, enc="A256GCM").encode()
        return self.post("/credential", body, {"Content-Type": "application/jwt"} | shown)

    def notify(self, token: str, notification_id: str) -> Response:
        document = {"notification_id": notification_id, "event": "credential_accepted"}
        shown = self.dpop_headers("/notification", token=token)
        return self.post("/notification", compact_json({**document}), JSON | shown)

    def ask_later(self, token: str, transaction_id: str) -> Response:
        shown = self.dpop_headers("/deferred_credential", token=token)
        body = compact_json({"transaction_id": transaction_id})
        return self.post("/deferred_credential", body, JSON | shown)

    def other(self, **change: Any) -> "Wallet":  # noqa: ANN401 - any of its fields
        """The same wallet but for what is named."""
        return replace(self, **change)


JSON = {"Content-Type": "application/json"}


def query_of(location: str) -> dict[str, str]:
    """The parameters of an address, each once."""
    return {name: value for name, (value,) in parse_qs(urlsplit(location).query).items()}


def opened(answer: Response, private_jwk: JsonObject) -> JsonObject:
    """An encrypted answer."""
    assert answer.headers["content-type"] == "application/jwt", answer.text
    return parse_json_object(jose.decrypt_compact(answer.text, private_jwk))


def wires_of(answer: Response) -> list[Any]:
    """The credentials of an answer."""
    assert answer.status_code == 200, answer.text
    return [one["credential"] for one in answer.json()["credentials"]]
