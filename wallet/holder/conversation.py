"""How the wallet talks to one issuer: bound tokens (RFC 9449) and what it shows of itself.

A server hands out nonces in any of its answers; a message that lacked one is sent once more. An
attestation is made for one authorization server and never shown to another.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from credentials.encoding import b64url_encode
from credentials.errors import UndeterminedError
from credentials.keys import Algorithm, SoftwareSigner
from credentials.openid4vc import client_attestation, dpop
from credentials.openid4vc.authorization_metadata import AuthorizationServerMetadata
from credentials.openid4vc.message import origin
from service.fetch import Fetched
from wallet.holder.outside import FORM_TYPE, Outside, answer_object

JTI_BYTES = 16
"""128 bits: two proofs never share a name."""

NONCE_HEADER = "dpop-nonce"

_ASKS_AGAIN = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED})
"""With which a server says that it wants its nonce (RFC 9449, sections 8 and 9)."""


@dataclass(frozen=True, slots=True)
class Attested:
    """What a wallet's provider said of this instance, for one server.

    Attributes:
        token: the attestation.
        instance: the key that it names.
    """

    token: str = field(repr=False)
    instance: SoftwareSigner = field(repr=False)


@dataclass(frozen=True, slots=True)
class Client:
    """Who the wallet is towards authorization servers.

    Attributes:
        client_id: its name; not of one person or device.
        redirect_uri: where a browser comes back to.
        attest: an attestation for the server of that identifier; None where there is none. A
            fresh instance key for each server, so that two of them cannot compare.
        signed_metadata: an issuer's metadata count only where it signed them.
        encrypted: messages with credentials are encrypted wherever the issuer can.
    """

    client_id: str
    redirect_uri: str
    attest: Callable[[str], Attested] | None = None
    signed_metadata: bool = False
    encrypted: bool = False


class Conversation:
    """Messages to one issuer and its authorization server.

    Attributes:
        key: to which tokens are bound; None where the server knows no such thing.
        token: the access token; empty until there is one.
        encrypted: messages with credentials are encrypted wherever the issuer can.
    """

    def __init__(
        self, server: AuthorizationServerMetadata, *, client: Client | None, outside: Outside
    ) -> None:
        """Begin; the key is made here and lives as long as the conversation."""
        bound = Algorithm.ES256 in (server.dpop_signing_alg_values_supported or ())
        self.key = SoftwareSigner.generate(Algorithm.ES256) if bound else None
        self.token = ""
        self.encrypted = client is not None and client.encrypted
        self._server, self._client, self._outside = server, client, outside
        self._nonces: dict[str, str] = {}
        self._attested: Attested | None = None

    def send(
        self, url: str, *, body: bytes, content_type: str, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """Send a message with the token, where there is one, and a proof of its key.

        Raises:
            CredentialError: the fetcher's own.
        """
        answer = self._send(url, body=body, content_type=content_type, headers=headers or {})
        if answer.status in _ASKS_AGAIN and answer.told.get(NONCE_HEADER) and self.key is not None:
            return self._send(url, body=body, content_type=content_type, headers=headers or {})
        return answer

    def send_as_client(self, url: str, body: bytes) -> Fetched:
        """Send a form to the authorization server, with our attestation where it asks for one.

        Raises:
            CredentialError: the fetcher's own; ``fetch_failed`` where it gives no challenge.
        """
        answer = self.send(url, body=body, content_type=FORM_TYPE, headers=self._shown())
        if answer_object(answer).get("error") == "use_attestation_challenge":
            return self.send(url, body=body, content_type=FORM_TYPE, headers=self._shown())
        return answer

    def _send(
        self, url: str, *, body: bytes, content_type: str, headers: Mapping[str, str]
    ) -> Fetched:
        shown = {**headers, **self._proof(url)}
        if self.token:
            shown["Authorization"] = f"{'DPoP' if self.key else 'Bearer'} {self.token}"
        answer = self._outside.http.post(url, body=body, content_type=content_type, headers=shown)
        if NONCE_HEADER in answer.told:
            self._nonces[origin(url)] = answer.told[NONCE_HEADER]
        return answer

    def _proof(self, url: str) -> dict[str, str]:
        if self.key is None:
            return {}
        proof = dpop.create_proof(
            self.key,
            method="POST",
            url=url,
            jti=self._jti(),
            at=self._outside.now(),
            nonce=self._nonces.get(origin(url)),
            access_token=self.token or None,
        )
        return {"DPoP": proof}

    def _shown(self) -> dict[str, str]:
        """The attestation and a fresh proof that we are the instance it names."""
        methods = self._server.token_endpoint_auth_methods_supported or ()
        attest = self._client.attest if self._client else None
        if attest is None or client_attestation.METHOD not in methods:
            return {}
        attested = self._attested = self._attested or attest(self._server.issuer)
        proof = client_attestation.create_pop(
            attested.instance,
            audience=self._server.issuer,
            jti=self._jti(),
            at=self._outside.now(),
            challenge=self._challenge(),
        )
        return {
            client_attestation.HEADER: attested.token,
            client_attestation.POP_HEADER: proof,
        }

    def _challenge(self) -> str | None:
        endpoint = self._server.challenge_endpoint
        if endpoint is None:
            return None
        answer = self._outside.http.post(endpoint, body=b"", content_type=FORM_TYPE)
        challenge = answer_object(answer).get("attestation_challenge")
        if answer.status != HTTPStatus.OK or not isinstance(challenge, str):
            raise UndeterminedError("fetch_failed", "no challenge for the attestation")
        return challenge

    def _jti(self) -> str:
        return b64url_encode(self._outside.entropy(JTI_BYTES))
