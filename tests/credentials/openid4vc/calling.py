"""A page that asks through the Digital Credentials API, made by hand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from credentials import jose
from credentials.certificates import certificate_hash, write_chain
from credentials.encoding import (
    JsonObject,
    JsonValue,
    b64url_decode,
    b64url_encode,
    compact_json,
)
from credentials.errors import CredentialError, UndeterminedError
from credentials.keys import SigningKey
from credentials.openid4vc.dc_api_request import DcApiRequest, parse_call
from credentials.openid4vc.declaration import Declaration, write_declaration
from schemas.declarations import lists
from tests.cases.requests import (
    ABOVE,
    ANCHOR,
    CLIENT,
    DID,
    DOCUMENT,
    GOOD,
    KEY,
    LEAF,
    PAYLOAD,
    STRANGER,
)
from tests.conftest import NOW

ORIGIN = "https://firm.example"
UNSIGNED = "openid4vp-v1-unsigned"
SIGNED = "openid4vp-v1-signed"
MULTISIGNED = "openid4vp-v1-multisigned"
TYPE = "oauth-authz-req+jwt"


@dataclass(frozen=True, slots=True)
class Hand:
    """Who signs, and what it writes above its signature.

    Attributes:
        broken: the signature is bent.
    """

    signer: SigningKey
    header: JsonObject
    broken: bool = False

    def but(self, **header: JsonValue) -> "Hand":
        """The same with other header members; None takes one out."""
        changed = self.header | header
        kept: JsonObject = {name: value for name, value in changed.items() if value is not None}
        return Hand(self.signer, kept, self.broken)

    def bent(self) -> "Hand":
        """The same with a signature that does not hold."""
        return Hand(self.signer, self.header, broken=True)

    def entry(self, payload: JsonObject) -> JsonObject:
        """One entry of ``signatures``."""
        protected, _, signature = jose.sign_compact(self.header, payload, self.signer).split(".")
        octets = b64url_decode(signature)
        if self.broken:
            octets = bytes(each ^ 0x5A for each in octets)
        return {"protected": protected, "signature": b64url_encode(octets)}


FIRM = Hand(KEY, {"typ": TYPE, "kid": f"{DID}#k", "client_id": CLIENT})
DECLARED = write_declaration(Declaration("Metaal BV", checked=True, declared=lists().usual))
CHAIN_CLIENT = f"x509_hash:{certificate_hash(GOOD)}"
CHAIN = Hand(
    LEAF.key, {"typ": TYPE, "x5c": [*write_chain([GOOD, ABOVE])], "client_id": CHAIN_CLIENT}
)
IMPOSTOR = Hand(STRANGER, FIRM.header)
ELSEWHERE = FIRM.but(client_id="openid_federation:https://firm.example", kid="f")


def asked(**change: JsonValue) -> JsonObject:
    """The parameters of a request by this way, with members replaced, or taken out by None."""
    names = ("response_type", "nonce", "dcql_query", "client_metadata", "purpose", "relation")
    sound = {name: PAYLOAD[name] for name in names}
    sound |= {"response_mode": "dc_api.jwt", "expected_origins": ["https://x.example", ORIGIN]}
    return {name: value for name, value in (sound | change).items() if value is not None}


def call(protocol: str, data: JsonValue) -> bytes:
    """What the page passes to the browser."""
    return compact_json({"requests": [{"protocol": protocol, "data": data}]})


def unsigned(**change: JsonValue) -> bytes:
    """Without signature."""
    return call(UNSIGNED, asked(**change))


def compact(hand: Hand = FIRM, **change: JsonValue) -> str:
    """The request object of ``signed``."""
    payload = asked(**({"client_id": hand.header["client_id"]} | change))
    entry = hand.but(client_id=None).entry(payload)
    return f"{entry['protected']}.{b64url_encode(compact_json(payload))}.{entry['signature']}"


def signed(hand: Hand = FIRM, **change: JsonValue) -> bytes:
    """With one signature, in the compact form."""
    return call(SIGNED, {"request": compact(hand, **change)})


def envelope(hands: Sequence[Hand] = (CHAIN, FIRM), **change: JsonValue) -> JsonObject:
    """The request object of ``multisigned``."""
    payload = asked(**change)
    signatures: list[JsonValue] = [hand.entry(payload) for hand in hands]
    return {"payload": b64url_encode(compact_json(payload)), "signatures": signatures}


def multisigned(hands: Sequence[Hand] = (CHAIN, FIRM), **change: JsonValue) -> bytes:
    """With several signatures, in the JSON form."""
    return call(MULTISIGNED, {"request": envelope(hands, **change)})


def document(url: str) -> bytes:
    """The DID document of the firm, and nothing else."""
    if url != f"{ORIGIN}/.well-known/did.json":
        raise UndeterminedError("fetch_failed", url)
    return compact_json(DOCUMENT)


def with_entries(*entries: JsonValue, **change: JsonValue) -> bytes:
    """A call with these entries of ``signatures``, and other members of the envelope replaced."""
    request: JsonObject = envelope() | {"signatures": [*entries]} | change
    return call(MULTISIGNED, {"request": request})


WAYS: dict[str, Callable[..., bytes]] = {
    "unsigned": unsigned,
    "signed": signed,
    "multisigned": multisigned,
}


def parse(octets: bytes, origin: str = ORIGIN) -> DcApiRequest:
    """What the engine makes of a call."""
    return parse_call(octets, origin=origin, get=document, at=NOW, anchors=[ANCHOR])


def code_of(octets: bytes, origin: str = ORIGIN) -> str:
    """The code with which a call is refused."""
    with pytest.raises(CredentialError) as refusal:
        parse(octets, origin)
    return refusal.value.code
