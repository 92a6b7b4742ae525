"""Signed receipts: a worker can show later that everything was deleted, and when (design, 6).

A receipt names nobody. It is a JWS (RFC 7515) with ``iss``, ``jti`` and ``iat``; anyone checks it
with the keys at ``/api/receipts/keys`` of the keeper's site, or with a copy of them.
"""

from datetime import datetime

from credentials.encoding import JsonObject
from credentials.jose import sign_compact
from credentials.keys import Algorithm, Signer
from service.keystore import SigningKeys

TYPE = "deletion-receipt+jwt"
KEY = "receipts"


class Receipts:
    """What signs for the service; its key is made when the first receipt is asked."""

    def __init__(self, keys: SigningKeys, origin: str) -> None:
        self._keys, self._origin = keys, origin

    def sign(self, receipt_id: str, *, deleted_at: datetime) -> str:
        """The receipt as compact text.

        Args:
            receipt_id: as the service keeps it.
            deleted_at: when everything was deleted; told in whole seconds.
        """
        signer = self._signer()
        header: JsonObject = {"typ": TYPE, "kid": signer.public.thumbprint}
        moment = int(deleted_at.timestamp())
        return sign_compact(header, {"iss": self._origin, "jti": receipt_id, "iat": moment}, signer)

    def published(self) -> JsonObject:
        """The public keys, as a JWK set (RFC 7517, section 5)."""
        signer = self._signer()
        key: JsonObject = {**signer.public.jwk(), "kid": signer.public.thumbprint, "use": "sig"}
        return {"keys": [key]}

    def _signer(self) -> Signer:
        return self._keys.ensure(KEY, Algorithm.ES256)
