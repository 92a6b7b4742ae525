"""An issuer that is not ours: strict where a wallet must do right, and as bad as it is told.

It speaks OpenID4VCI 1.0 under HAIP: pushed requests, PKCE, bound tokens, attested wallets,
encrypted and deferred answers. Each of its vices is a field.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from credentials import dids, jose
from credentials.encoding import JsonObject, JsonValue, compact_json, parse_json_object
from credentials.errors import UndeterminedError
from credentials.formats import FORMATS
from credentials.keys import Algorithm, PublicKey, SoftwareSigner, public_key_from_jwk
from credentials.model import Credential, Validity, Wire
from credentials.openid4vc import client_attestation, dpop, key_proof, pkce
from credentials.openid4vc.encryption import decrypt_message, encrypt_message
from credentials.openid4vc.message import ProtocolError
from credentials.openid4vc.metadata import parse_issuer_metadata, sign_issuer_metadata
from service.fetch import JSON, Fetched
from tests.wallet.world import Clock
from wallet.holder.conversation import Attested, Client

ISSUER = "https://school.foreign.example"
SERVER = "https://sign-in.foreign.example"
DID = "did:web:school.foreign.example"
BACK = "https://wallet.example/callback"
TYPE = "https://school.foreign.example/types/welding"
CONFIGURATION = "welding"
PROVIDER = "https://provider.example"
PROVIDER_KEY = SoftwareSigner.generate(Algorithm.ES256)

Change = Mapping[str, JsonValue]


def attested_for(clock: Clock, made: list[tuple[str, SoftwareSigner]]) -> Callable[[str], Attested]:
    """A provider that attests a fresh instance for each server; ``made`` tells which."""

    def attest(server: str) -> Attested:
        instance = SoftwareSigner.generate(Algorithm.ES256)
        made.append((server, instance))
        token = client_attestation.create_attestation(
            PROVIDER_KEY,
            client_id=CLIENT_ID,
            instance=instance.public,
            at=clock(),
            lifetime=timedelta(hours=1),
            issuer=PROVIDER,
        )
        return Attested(token, instance)

    return attest


CLIENT_ID = "https://wallet.example"
CLIENT = Client(CLIENT_ID, BACK)


@dataclass
class ForeignIssuer:
    """The issuer and its authorization server; ``Http`` for whoever talks to them.

    Attributes:
        bound: it binds tokens; ``nonces``: and wants its own nonce in each proof.
        attested: it lets attested wallets in alone; ``challenges``: with its challenge.
        encrypted: it takes and gives encrypted messages alone.
        later: so many times it says that a credential comes later.
        details: the token response names identifiers, which then must be used.
        client_id: who comes; ``returns``: where a browser is sent back to.
        back: parameters of the answer in the browser, replaced, or taken out by None.
        token: members of the token response, in the same way; and so the other changes.
    """

    clock: Clock = field(default_factory=Clock)
    bound: bool = True
    nonces: bool = True
    attested: bool = False
    challenges: bool = False
    encrypted: bool = False
    later: int = 0
    batch: int = 1
    details: bool = False
    client_id: str = CLIENT_ID
    returns: str = BACK
    back: Change = field(default_factory=dict)
    token: Change = field(default_factory=dict)
    metadata: Change = field(default_factory=dict)
    server: Change = field(default_factory=dict)
    signed_by: SoftwareSigner | None = None
    other_holder: bool = False
    asked: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    schemes: list[str] = field(default_factory=list)
    pushed: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make its keys."""
        self.key = SoftwareSigner.generate(Algorithm.ES256, f"{DID}#k")
        self.seal = jose.generate_encryption_key()
        self.holders: list[PublicKey] = []
        self.jtis: set[str] = set()
        self.thumbprint = ""

    # --- the wallet's side of the network

    def get(
        self, url: str, *, accept: Sequence[str] = JSON, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """A document."""
        del headers
        self.asked.append(url)
        if url == f"{ISSUER}/.well-known/openid-credential-issuer":
            if "application/jwt" in accept and self.signed_by is not None:
                return Fetched(200, self._signed().encode(), "application/jwt")
            return _json(200, self._metadata())
        if url == f"{SERVER}/.well-known/oauth-authorization-server":
            return _json(200, self._server())
        if url == f"{ISSUER}/.well-known/did.json":
            return _json(200, dids.write_document(DID, [self.key.public]))
        raise UndeterminedError("fetch_failed", url)

    def get_body(self, url: str) -> bytes:
        """A document that was found."""
        return self.get(url).body

    def post(
        self, url: str, *, body: bytes, content_type: str, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """A message."""
        self.asked.append(url)
        shown = dict(headers or {})
        path = urlsplit(url).path
        if path in {"/challenge", "/nonce"}:
            name = "attestation_challenge" if path == "/challenge" else "c_nonce"
            return self._with_nonce(_json(200, {name: f"the-{name}"}))
        try:
            if refusal := self._proof_missing(url, shown):
                return refusal
            return self._with_nonce(self._answer(path, body, content_type, shown))
        except ProtocolError as error:
            return self._with_nonce(_json(400, error.body()))

    # --- what it says of itself

    def offer(self, *, code: str | None = None, state: str | None = "from-the-offer") -> str:
        """A link with an offer: with a pre-authorized code, or else of the code flow."""
        grants: JsonObject = {"authorization_code": {"issuer_state": state} if state else {}}
        if code is not None:
            grants = {
                "urn:ietf:params:oauth:grant-type:pre-authorized_code": {
                    "pre-authorized_code": code,
                    "tx_code": {},
                }
            }
        offer: JsonObject = {
            "credential_issuer": ISSUER,
            "credential_configuration_ids": [CONFIGURATION],
            "grants": grants,
        }
        query = urlencode({"credential_offer": compact_json(offer).decode()})
        return f"openid-credential-offer://?{query}"

    def _metadata(self) -> JsonObject:
        encryption: JsonObject = {
            "alg_values_supported": ["ECDH-ES"],
            "enc_values_supported": ["A256GCM"],
            "encryption_required": self.encrypted,
        }
        keys: list[JsonValue] = [jose.public_encryption_key(self.seal)]
        document: JsonObject = {
            "credential_issuer": ISSUER,
            "authorization_servers": [SERVER],
            "credential_endpoint": f"{ISSUER}/credential",
            "nonce_endpoint": f"{ISSUER}/nonce",
            "deferred_credential_endpoint": f"{ISSUER}/deferred",
            "notification_endpoint": f"{ISSUER}/notification",
            "credential_request_encryption": {
                "jwks": {"keys": [{"kty": "RSA", "kid": "r"}, *keys]},
                "enc_values_supported": ["A256GCM"],
                "encryption_required": self.encrypted,
            },
            "credential_response_encryption": encryption,
            "credential_configurations_supported": {
                CONFIGURATION: {
                    "format": "dc+sd-jwt",
                    "vct": TYPE,
                    "scope": "welding-scope",
                    "proof_types_supported": {
                        "jwt": {"proof_signing_alg_values_supported": ["ES256"]}
                    },
                }
            },
        }
        if self.batch > 1:
            document["batch_credential_issuance"] = {"batch_size": self.batch}
        return _changed(document, self.metadata)

    def _server(self) -> JsonObject:
        document: JsonObject = {
            "issuer": SERVER,
            "token_endpoint": f"{SERVER}/token",
            "authorization_endpoint": f"{SERVER}/authorize",
            "pushed_authorization_request_endpoint": f"{SERVER}/par",
            "require_pushed_authorization_requests": True,
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            "protected_resources": [ISSUER],
            "token_endpoint_auth_methods_supported": [
                client_attestation.METHOD if self.attested else "none"
            ],
        }
        if self.bound:
            document["dpop_signing_alg_values_supported"] = ["ES256"]
        if self.challenges:
            document["challenge_endpoint"] = f"{SERVER}/challenge"
        return _changed(document, self.server)

    def _signed(self) -> str:
        assert self.signed_by is not None
        found = parse_issuer_metadata(self._metadata(), expected_issuer=ISSUER)
        life = timedelta(hours=1)
        return sign_issuer_metadata(found, self.signed_by, at=self.clock(), lifetime=life)

    # --- its endpoints

    def visit(self, address: str) -> str:
        """The person says yes on the issuer's page: where the browser is sent back to."""
        query = dict(parse_qsl(urlsplit(address).query))
        assert query == {"client_id": self.client_id, "request_uri": "urn:one"}, query
        answer = {"code": "the-code", "state": self.pushed["state"], "iss": SERVER}
        fields = _changed({**answer}, self.back)
        return f"{self.returns}?{urlencode({name: str(value) for name, value in fields.items()})}"

    def _answer(self, path: str, body: bytes, content_type: str, shown: dict[str, str]) -> Fetched:
        if path == "/par":
            self._check_client(shown)
            self.pushed = dict(parse_qsl(body.decode()))
            assert self.pushed["code_challenge_method"] == "S256"
            assert self.pushed["scope"] == "welding-scope"
            assert self.pushed.get("dpop_jkt", self.thumbprint) == self.thumbprint
            return _json(201, {"request_uri": "urn:one", "expires_in": 60})
        if path == "/token":
            return self._give_token(dict(parse_qsl(body.decode())), shown)
        if path == "/notification":
            self.told.append(str(parse_json_object(body)["event"]))
            return Fetched(204, b"", "")
        asked = self._opened(body, content_type)
        if path == "/deferred":
            assert asked["transaction_id"] == "the-transaction"
        else:
            self._check_request(asked)
        if self.later > 0:
            self.later -= 1
            waiting: JsonObject = {"transaction_id": "the-transaction", "interval": 5}
            return self._sealed(202, waiting, asked)
        given: list[JsonValue] = [{"credential": self._issued(each)} for each in self.holders]
        return self._sealed(200, {"credentials": given, "notification_id": "n-1"}, asked)

    def _give_token(self, fields: dict[str, str], shown: dict[str, str]) -> Fetched:
        self._check_client(shown)
        if fields["grant_type"] == "authorization_code":
            assert fields["code"] == "the-code"
            assert fields["redirect_uri"] == self.returns == self.pushed["redirect_uri"]
            pkce.check_verifier(fields["code_verifier"], challenge=self.pushed["code_challenge"])
        document: JsonObject = {
            "access_token": "the-token",
            "token_type": "DPoP" if self.bound else "Bearer",
            "expires_in": 300,
        }
        if self.details:
            document["authorization_details"] = [
                {
                    "type": "openid_credential",
                    "credential_configuration_id": CONFIGURATION,
                    "credential_identifiers": ["dataset-7"],
                }
            ]
        return _json(200, _changed(document, self.token))

    def _check_request(self, asked: JsonObject) -> None:
        if self.details:
            assert asked["credential_identifier"] == "dataset-7"
            assert "credential_configuration_id" not in asked
        else:
            assert asked["credential_configuration_id"] == CONFIGURATION
        proofs = asked["proofs"]
        assert isinstance(proofs, dict)
        tokens = proofs["jwt"]
        assert isinstance(tokens, list)
        named = self.client_id if self.pushed else None
        rules = key_proof.ProofRules(audience=ISSUER, client_id=named)
        self.holders = [
            *key_proof.verify_proofs(
                [str(token) for token in tokens],
                rules=rules,
                nonce_known=lambda nonce: nonce == "the-c_nonce",
                at=self.clock(),
            )
        ]

    def _check_client(self, shown: dict[str, str]) -> None:
        if not self.attested:
            return
        client_attestation.verify(
            shown.get(client_attestation.HEADER, ""),
            shown.get(client_attestation.POP_HEADER, ""),
            attesters={PROVIDER: [PROVIDER_KEY.public]},
            audience=SERVER,
            client_id=self.client_id,
            challenge_known=(
                (lambda found: found == "the-attestation_challenge") if self.challenges else None
            ),
            at=self.clock(),
        )

    def _proof_missing(self, url: str, shown: dict[str, str]) -> Fetched | None:
        """Check the proof of a bound token; the answer that asks for our nonce, if that lacks."""
        scheme, _, token = shown.get("Authorization", "").partition(" ")
        if token:
            self.schemes.append(scheme)
            assert token == "the-token"
        if not self.bound:
            assert "DPoP" not in shown
            return None
        given = "nonce-of-" + str(urlsplit(url).hostname)
        try:
            held = dpop.verify_proof(
                shown.get("DPoP", ""),
                expected=dpop.Expected("POST", url, token or None, self.thumbprint or None),
                nonce_known=lambda nonce: not self.nonces or nonce == given,
                at=self.clock(),
            )
        except ProtocolError as error:
            if not self.nonces and error.error == "use_dpop_nonce":  # all but the nonce held
                proof = jose.peek(shown["DPoP"], typ=frozenset({dpop.TYPE}), header_key=True)
                assert "nonce" not in proof.payload
                jwk = proof.header["jwk"]
                assert isinstance(jwk, dict)
                self.thumbprint = public_key_from_jwk(jwk).thumbprint
                return None
            status = 401 if token else 400
            return self._with_nonce(_json(status, error.body()), given)
        assert held.jti not in self.jtis
        self.jtis.add(held.jti)
        self.thumbprint = held.key.thumbprint
        return None

    def _with_nonce(self, answer: Fetched, nonce: str = "") -> Fetched:
        told = {"dpop-nonce": nonce} if nonce and self.nonces else {}
        return Fetched(answer.status, answer.body, answer.content_type, None, told)

    def _opened(self, body: bytes, content_type: str) -> JsonObject:
        if not self.encrypted:
            assert content_type == "application/json"
            return parse_json_object(body)
        assert content_type == "application/jwt"
        return decrypt_message(body, [self.seal])

    def _sealed(self, status: int, document: JsonObject, asked: JsonObject) -> Fetched:
        if not self.encrypted:
            return _json(status, document)
        wish = asked["credential_response_encryption"]
        assert isinstance(wish, dict)
        jwk, enc = wish["jwk"], wish["enc"]
        assert isinstance(jwk, dict)
        token = encrypt_message(document, jwk, enc=str(enc))
        return Fetched(status, token.encode(), "application/jwt")

    def _issued(self, holder: PublicKey) -> Wire:
        if self.other_holder:
            holder = SoftwareSigner.generate(Algorithm.ES256).public
        credential = Credential(
            type=TYPE,
            issuer=DID,
            claims={"given_name": "Ria", "family_name": "Bos", "process": "TIG"},
            issued_at=self.clock(),
            validity=Validity(valid_from=self.clock()),
        )
        return FORMATS["dc+sd-jwt"].issue(
            credential,
            self.key,
            holder=holder,
            disclosable=frozenset({("given_name",), ("family_name",), ("process",)}),
            entropy=os.urandom,
        )


def _changed(document: JsonObject, change: Change) -> JsonObject:
    both = {**document, **change}
    return {name: value for name, value in both.items() if value is not None}


def _json(status: int, document: JsonObject) -> Fetched:
    return Fetched(status, compact_json(document), "application/json")
