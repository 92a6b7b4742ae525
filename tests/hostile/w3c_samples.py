"""A workshop for bad W3C tokens: a genuine one is taken apart, bent and signed again."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from credentials.encoding import JsonObject, b64url_decode, b64url_encode
from credentials.errors import CredentialError
from credentials.formats import FORMATS
from credentials.keys import PublicKey, Signer, SoftwareSigner
from credentials.model import Binding
from tests.formats.conftest import REQUEST, Sample, sample_of

Bend = Callable[[JsonObject], object]
"""Changes a decoded header or payload in place."""

W3C_TOKENS = ("vc+jwt", "vc+sd-jwt", "jwt_vc_json")
WHOLE = ("vc+jwt", "jwt_vc_json")
"""Those whose presentation is a JWT of its own."""


def decoded(part: str) -> JsonObject:
    """One part of a JWT."""
    members: JsonObject = json.loads(b64url_decode(part))
    return members


def signed(header: bytes, payload: bytes, signer: Signer) -> str:
    """A JWS over exactly these octets."""
    signing_input = f"{b64url_encode(header)}.{b64url_encode(payload)}"
    return f"{signing_input}.{b64url_encode(signer.sign(signing_input.encode()))}"


def keep(_members: JsonObject) -> None:
    """Change nothing."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """One format with its people."""

    sample: Sample

    @property
    def issuer(self) -> SoftwareSigner:
        """Who signs tokens: never a signer of BBS."""
        assert isinstance(self.sample.issuer, SoftwareSigner)
        return self.sample.issuer

    def held(
        self, payload: Bend = keep, header: Bend = keep, *, signer: Signer | None = None
    ) -> str:
        """A credential whose issuer signed something else than usual."""
        return self._bent(str(self.sample.issued()), payload, header, signer or self.issuer)

    def shown(
        self,
        payload: Bend = keep,
        header: Bend = keep,
        *,
        held: str | None = None,
        signer: Signer | None = None,
    ) -> str:
        """A presentation whose holder signed something else than usual."""
        wire = str(self.sample.presented(held=held))
        before, tilde, token = wire.rpartition("~")
        return before + tilde + self._bent(token, payload, header, signer or self.sample.holder)

    def _bent(self, wire: str, payload: Bend, header: Bend, signer: Signer) -> str:
        token, tilde, rest = wire.partition("~")
        head, body = (decoded(part) for part in token.split(".")[:2])
        head["alg"] = signer.public.algorithm.value
        header(head)
        payload(body)
        octets = json.dumps(head).encode(), json.dumps(body).encode()
        return signed(octets[0], octets[1], signer) + tilde + rest

    def refusal(
        self, wire: str, *, expected: Binding | None = None, key: PublicKey | None = None
    ) -> str:
        """The code with which it is refused."""
        with pytest.raises(CredentialError) as refused:
            self.accept(wire, expected=expected, key=key)
        return refused.value.code

    def accept(
        self, wire: str, *, expected: Binding | None = None, key: PublicKey | None = None
    ) -> None:
        """Check everything that the format checks."""
        if key is not None:
            unverified = self.sample.format.parse(wire)
            self.sample.format.check_proof(unverified, key, at=unverified.credential.issued_at)
        elif expected is None:
            self.sample.verified(wire)
        else:
            self.sample.accepted(wire, expected=expected)


def workshop_of(name: str) -> Workshop:
    """The workshop of one format."""
    return Workshop(sample_of(FORMATS[name]))


__all__ = ["REQUEST", "W3C_TOKENS", "WHOLE", "Bend", "Workshop", "signed", "workshop_of"]
