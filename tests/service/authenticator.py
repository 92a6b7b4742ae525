"""A security key in software: P-256, attestation ``none`` (WebAuthn Level 3, section 6)."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from credentials.encoding import b64url_decode, b64url_encode

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
Json = dict[str, Any]  # Any: JSON of another party, as a test likes to bend it


@dataclass
class SoftAuthenticator:
    """One device with one passkey.

    Attributes:
        origin: what the browser around it says.
        flags: present and verified, unless a test takes one away.
        count: the signature counter; None: a device that does not count.
        client_data: members that a bent browser adds to the client data.
        secret: what ``prf`` gives; it must go nowhere.
    """

    origin: str
    flags: int = PRESENT | VERIFIED
    count: int | None = 0
    attestation: str = "none"
    client_data: Json = field(default_factory=dict)
    secret: bytes = b"prf output: opens the vault 1234"
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    user_handle: bytes = b""

    def create(self, options: Json) -> Json:
        """Answer ``navigator.credentials.create``."""
        self.user_handle = b64url_decode(options["user"]["id"])
        client_data = self._client_data("webauthn.create", options["challenge"])
        length = len(self.id).to_bytes(2, "big")
        attested = bytes(16) + length + self.id + cbor2.dumps(self._cose_key())
        data = self._data(options["rp"]["id"], ATTESTED) + attested
        statement: Json = {"fmt": self.attestation, "attStmt": {}, "authData": data}
        response = {
            "clientDataJSON": b64url_encode(client_data),
            "attestationObject": b64url_encode(cbor2.dumps(statement)),
            "transports": ["usb", "internal", "telepathy"],
        }
        return self._answer(response, options)

    def get(self, options: Json) -> Json:
        """Answer ``navigator.credentials.get``."""
        client_data = self._client_data("webauthn.get", options["challenge"])
        data = self._data(options["rpId"], 0)
        signed = data + hashlib.sha256(client_data).digest()
        response = {
            "clientDataJSON": b64url_encode(client_data),
            "authenticatorData": b64url_encode(data),
            "signature": b64url_encode(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
            "userHandle": b64url_encode(self.user_handle),
        }
        return self._answer(response, options)

    def _answer(self, response: Json, options: Json) -> Json:
        name = b64url_encode(self.id)
        results: Json = {}
        if "prf" in options.get("extensions", {}):
            results["prf"] = {"enabled": True, "results": {"first": b64url_encode(self.secret)}}
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "response": response,
            "clientExtensionResults": results,
        }

    def _client_data(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said | self.client_data).encode()

    def _data(self, party_id: str, flags: int) -> bytes:
        if self.count is not None:
            self.count += 1
        party = hashlib.sha256(party_id.encode()).digest()
        return party + bytes([self.flags | flags]) + (self.count or 0).to_bytes(4, "big")

    def _cose_key(self) -> dict[int, int | bytes]:
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return {1: 2, 3: -7, -1: 1, -2: x, -3: y}  # RFC 9053, section 7.1.1
