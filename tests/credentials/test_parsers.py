"""Whatever a parser of the kernel is given: it answers with a value or with an error of ours.

The table below names every public parser; a function called like one that is missing fails. What
is made up is near to the real thing: names and words come from the parser's own module.
"""

import ast
import inspect
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credentials import share_card
from credentials.cryptosuites import bbs_2023, ecdsa_sd_2023
from credentials.encoding import JsonObject, JsonValue, b64url_encode
from credentials.errors import CredentialError
from credentials.formats.data_integrity import CONFIGURED
from credentials.formats.jwt_vc import VcJwt
from credentials.formats.jwt_vc_json import JwtVcJson
from credentials.formats.sd_jwt_vc import SdJwtVc
from credentials.formats.vc_sd_jwt import VcSdJwt
from credentials.jose import generate_encryption_key, peek
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Purpose, StatusKind, StatusReference
from credentials.multibase import multibase_encode
from credentials.openid4vc import notification
from credentials.openid4vc.declaration import DECLARATION_FORMAT
from credentials.trust.listing import TrustList

KERNEL = Path(import_module("credentials").__path__[0])
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY = SoftwareSigner.generate(Algorithm.ES256, "did:web:a.example#k").public
SECRET = generate_encryption_key()
DID, URL = "did:web:a.example", "https://a.example/list"
END = datetime(2027, 11, 23, 12, tzinfo=UTC)
LINK = share_card.ShareLink("https://a.example", bytes(16), bytes(32))
LISTED = StatusReference(StatusKind.BITSTRING, URL, 1, Purpose.REVOCATION)
SCID = "did:webvh:QmfGEUAcMpzo25kF2Rhn8L5FAXysfGnkzjwdKoNPi615XQ:a.example"

A_PARSER = re.compile(
    r"(parse|read|decode|open|peek|split|decrypt)(_\w+)?|(\w+_)?(decode|from_\w+)"
)
"""What a function is called that makes sense of what others sent."""

Call = Callable[..., object]  # a parser of any signature, as the table finds it by its name
Adapter = Callable[[Call, Any], object]  # Any: what the row's kind makes up


def alone(parse: Call, value: object) -> object:
    """A parser that takes nothing else."""
    return parse(value)


def typed(parse: Call, value: object) -> object:
    """A parser of tokens of one type."""
    return parse(value, typ=frozenset(["JWT", "vc+jwt"]))


def proof(header: bytes) -> Adapter:
    """A parser of proofs, whose value begins as it should."""
    return lambda parse, octets: parse({"proofValue": multibase_encode(header + octets, "u")})


def words(value: object) -> dict[str, str]:
    """An object whose members are all texts, as a form has them."""
    members = value.items() if isinstance(value, dict) else ()
    return {name: each for name, each in members if isinstance(each, str)}


def opened_card(parse: Call, octets: bytes) -> object:
    """A share sealed by someone who knows its key, whatever he put in."""
    key, iv = share_card._derived(LINK, None, share_card.INFO), bytes(share_card.IV_BYTES)
    framed = len(octets).to_bytes(share_card.LENGTH_BYTES, "big") + octets
    padded = framed + bytes(-len(framed) % share_card.STEP)
    sealed = iv + AESGCM(key).encrypt(iv, padded, share_card._aad(LINK.share_id, END))
    return parse(LINK, sealed, expires=END, code=None, at=AT)


def opened_name(parse: Call, octets: bytes) -> object:
    """A visitor's name, as above."""
    key, iv = share_card._derived(LINK, None, share_card.NAME_INFO), bytes(share_card.IV_BYTES)
    return parse(LINK, iv + AESGCM(key).encrypt(iv, octets, LINK.share_id), code=None)


OCTETS: dict[str, Adapter] = {
    "badge_images.read_image": alone,
    "badge_images.read_png": alone,
    "badge_images.read_svg": alone,
    "bbs.arkworks.read_key": alone,
    "bbs.arkworks.read_point": alone,
    "bbs.signature.SoftwareBbsSigner.from_secret": alone,
    "bbs.signature.read_scalar": alone,
    "bbs.signature.read_signature": alone,
    "cbor.decode": alone,
    "cose.read": lambda parse, value: parse(value, typ="application/vc+cose"),
    "credential_status.read_status": lambda parse, value: parse(
        LISTED, value, issuer=DID, trust_list=None, get=lambda _: value, at=AT
    ),
    "cryptosuites.bbs_2023.proof_value.read_base": proof(bbs_2023.proof_value.BASE_HEADER),
    "cryptosuites.bbs_2023.proof_value.read_derived": proof(bbs_2023.proof_value.DERIVED_HEADER),
    "cryptosuites.ecdsa_sd_2023.proof_value.parse_base": proof(
        ecdsa_sd_2023.proof_value.BASE_HEADER
    ),
    "cryptosuites.ecdsa_sd_2023.proof_value.parse_derived": proof(
        ecdsa_sd_2023.proof_value.DERIVED_HEADER
    ),
    "dids.web.read_document": lambda parse, value: parse(DID, value),
    "dids.webvh.read": lambda parse, value: parse(SCID, lambda _: value, at=AT),
    "dids.webvh.resolve_log": lambda parse, value: parse(SCID, value, None, at=AT),
    "encoding.parse_json": alone,
    "encoding.parse_json_object": alone,
    "formats.type_metadata.read_type": lambda parse, value: parse(URL, lambda _: value),
    "multibase.varint_decode": alone,
    "openid4vc.dc_api_request.parse_call": lambda parse, value: parse(
        value, origin="https://asker.example", get=lambda _: value, at=AT
    ),
    "openid4vc.encryption.decrypt_message": lambda parse, value: parse(value, [SECRET]),
    "openid4vc.message.read_form": lambda parse, value: parse(value, error="invalid_request"),
    "openid4vc.metadata.read_document": alone,
    "openid4vc.pushed_authorization.parse_pushed_request": alone,
    "openid4vc.response.parse_form": alone,
    "openid4vc.token.parse_token_request": alone,
    "share_card.open_name": opened_name,
    "share_card.open_share": opened_card,
    "status.published.open_bits": lambda parse, value: parse(value, KEY, size=1),
    "status.published.open_token": lambda parse, value: parse(value, KEY),
    "status.token_status_list.open_list": lambda parse, value: parse(
        value, 1, uri=URL, issued_at=AT, expires=None, kept=None
    ),
    "status.token_status_list_cwt.read_list": lambda parse, value: parse(
        b"\xd2" + value, uri=URL, key=KEY, at=AT
    ),
    "status.token_status_list_cwt.open_token": lambda parse, value: parse(b"\xd2" + value, key=KEY),
    "status.token_status_list_cwt.reference_of": lambda parse, value: parse(b"\xd2" + value),
}
TEXT: dict[str, Adapter] = {
    "bbs_keys.verification_key_from_multikey": alone,
    "cryptosuites.selective.parse_pointer": alone,
    "dids.jwk.read": lambda parse, value: parse(f"did:jwk:{value}"),
    "dids.key.read": lambda parse, value: parse(f"did:key:z{value}"),
    "dids.webvh_log.split": lambda parse, value: parse(f"did:webvh:{value}"),
    "encoding.b64url_decode": alone,
    "formats.key_binding.read_key_binding": alone,
    "formats.sd_jwt.split": alone,
    "formats.selective_jwt.read": lambda parse, value: parse(
        value, partial(peek, typ=frozenset(["vc+sd-jwt"]))
    ),
    "formats.token_claims.peek_dated": typed,
    "jose.decrypt_compact": lambda parse, value: parse(value, SECRET),
    "jose.peek": typed,
    "jsonld.nquads.parse": alone,
    "keys.public_key_from_multikey": alone,
    "multibase.base58_decode": alone,
    "multibase.multibase_decode": alone,
    "openid4vc.authorization.parse_query": alone,
    "openid4vc.authorization.parse_response": lambda parse, value: parse(
        f"{URL}?{value}", redirect_uri=URL, state="s", issuer=URL, iss_required=True
    ),
    "openid4vc.authorization_details.parse_details": alone,
    "openid4vc.deletion.read_deletion": lambda parse, value: parse(value, at=AT),
    "openid4vc.deletion.read_receipt": lambda parse, value: parse(
        value, request="x", client_id=DID, deletion_uri=URL, get=lambda _: b"{}", at=AT
    ),
    "openid4vc.offer.parse_offer_link": alone,
    "openid4vc.request.parse_request": lambda parse, value: parse(
        value, client_id=DID, get=lambda _: b"{}", at=AT
    ),
    "openid4vc.request_link.parse_request_link": alone,
    "openid4vc.response.read_plain": lambda parse, value: parse(value, "s"),
    "openid4vc.response.open_response": lambda parse, value: parse(value, SECRET),
    "openid4vc.wallet_metadata.decrypt_request": lambda parse, value: parse(value, SECRET),
    "openid4vc.wallet_metadata.read_wallet_metadata": alone,
    "share_card.parse_link": lambda parse, value: parse(f"https://a.example/s/{value}"),
    "status.bitstring_status_list.decode": lambda parse, value: parse(f"u{value}"),
    "status.token_status_list.open_token": lambda parse, value: parse(value, key=KEY),
    "status.token_status_list.read_list": lambda parse, value: parse(
        value, uri=URL, key=KEY, at=AT
    ),
    "trust.accreditation.read_accreditation": lambda parse, value: parse(
        value, trust_list=TrustList(1, AT, END, ()), at=AT
    ),
    "trust.listing.open_list": lambda parse, value: parse(value, anchor=KEY),
    "trust.listing.read_list": lambda parse, value: parse(
        value, anchor=KEY, at=AT, seen_sequence=None
    ),
}
ANYTHING: dict[str, Adapter] = {
    "claims.parse_path": alone,
    "data_model.parse_time": lambda parse, value: parse(value, "created"),
    "encoding.check_json": alone,
    "trust.wire.read_keys": lambda parse, value: parse(DID, value),
    "openid4vc.authorization_details.read_details": alone,
    "openid4vc.encryption.read_wish": alone,
    "openid4vc.message.read_message": lambda parse, value: parse(
        notification.NotificationRequest, value, error="invalid_request", code="request_invalid"
    ),
}
WIRE: dict[str, Adapter] = {
    "formats.data_integrity.DataIntegrity.parse": lambda parse, value: parse(
        CONFIGURED["eddsa-rdfc-2022"], value
    ),
    "formats.format_of": alone,
    "formats.jwt_vc.VcJwt.parse": lambda parse, value: parse(VcJwt(), value),
    "formats.jwt_vc_json.JwtVcJson.parse": lambda parse, value: parse(JwtVcJson(), value),
    "formats.sd_jwt_vc.SdJwtVc.parse": lambda parse, value: parse(SdJwtVc(), value),
    "formats.vc_sd_jwt.VcSdJwt.parse": lambda parse, value: parse(VcSdJwt(), value),
}
OBJECTS: dict[str, Adapter] = {
    "badges.check_badge": alone,
    "dids.base.read_members": lambda parse, value: parse(DID, {"id": DID, **value}),
    "document_rules.check_credential": alone,
    "document_rules.check_presentation": alone,
    "envelopes.open_envelope": alone,
    "formats.sd_jwt.open_disclosures": lambda parse, value: parse(value, ["WyJhIiwiYiIsMV0"]),
    "json_schema.validate": lambda parse, value: parse({"credentialSubject": {}}, value),
    "jsonld.expansion.statements": alone,
    "keys.SoftwareSigner.from_private_jwk": alone,
    "keys.public_key_from_jwk": alone,
    "openid4vc.declaration.read_declaration": lambda parse, value: parse(
        [{"format": DECLARATION_FORMAT, "data": value}]
    ),
    "openid4vc.authorization.read_request": lambda parse, value: parse(words(value)),
    "openid4vc.authorization_metadata.parse_authorization_metadata": lambda parse, value: parse(
        value, expected_issuer=URL
    ),
    "openid4vc.credential.parse_deferred_request": alone,
    "openid4vc.credential.parse_request": alone,
    "openid4vc.credential.parse_response": alone,
    "openid4vc.dcql_query.parse_query": alone,
    "openid4vc.error_response.parse_error_response": alone,
    "openid4vc.metadata.parse_issuer_metadata": lambda parse, value: parse(
        value, expected_issuer=URL
    ),
    "openid4vc.nonce.parse_nonce_response": alone,
    "openid4vc.notification.parse_notification": alone,
    "openid4vc.offer.parse_offer": alone,
    "openid4vc.pushed_authorization.parse_pushed_response": alone,
    "openid4vc.token.parse_token_response": alone,
    "status.bitstring_status_list.open_list": lambda parse, value: parse(value, key=KEY),
    "status.bitstring_status_list.read": lambda parse, value: parse(
        value, uri=URL, purpose=Purpose.REVOCATION, key=KEY, at=AT
    ),
}
NO_PARSERS = {
    "formats.base.CredentialFormat.parse": "a protocol: its instances stand in the table",
    "bbs.signature.SoftwareBbsSigner.from_material": "makes a key of what its caller draws himself",
}
"""What is called like a parser, and reads nothing that others sent."""


def leaves(known: st.SearchStrategy[str]) -> st.SearchStrategy[JsonValue]:
    """What stands at the ends of a document."""
    numbers = st.integers(-(2**60), 2**60) | st.floats()
    return st.none() | st.booleans() | numbers | known | st.text(max_size=12)


def values(known: st.SearchStrategy[str]) -> st.SearchStrategy[JsonValue]:
    """Any JSON, mostly with names that the parser knows."""
    names = known | st.text(max_size=6)
    return st.recursive(
        leaves(known),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=5),
        max_leaves=12,
    )


def objects(known: st.SearchStrategy[str]) -> st.SearchStrategy[JsonObject]:
    """Any JSON object."""
    return st.dictionaries(known | st.text(max_size=6), values(known), max_size=8)


def written(value: JsonValue) -> bytes:
    """As text; what JSON cannot say is spelled as Python does."""
    return json.dumps(value).encode()


def texts(known: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Any text, words in a row, and tokens of any header and payload."""
    header = st.builds(
        lambda typ, more: {"alg": "ES256", "typ": typ, **more}, known, objects(known)
    )
    token = st.builds(
        lambda *parts: ".".join(map(b64url_encode, parts)),
        header.map(written),
        objects(known).map(written),
        st.binary(max_size=66),
    )
    rows = st.lists(known | st.sampled_from([*"~.&=?:/#%"]), max_size=8).map("".join)
    return st.text(max_size=60) | rows | token


def octets(known: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    """Any octets, any JSON, any CBOR, and texts."""
    plain = st.binary(max_size=200) | objects(known).map(written)
    return plain | texts(known).map(lambda text: text.encode("utf-8", "surrogatepass"))


KINDS = {
    "octets": (OCTETS, octets),
    "text": (TEXT, texts),
    "anything": (ANYTHING, values),
    "wire": (WIRE, lambda known: texts(known) | objects(known)),
    "object": (OBJECTS, objects),
}
ROWS = {name: (kind, call) for kind, (rows, _) in KINDS.items() for name, call in rows.items()}


@cache
def words_of(module: str) -> tuple[str, ...]:
    """Names of members and words of the wire in a module: its texts, and the fields it declares."""
    made: set[str] = {"id", "type", "@context", "credentialSubject", "issuer", "proof"}
    for node in ast.walk(ast.parse(inspect.getsource(import_module(module)))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 60:
            made.add(node.value)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            made.add(node.target.id)
    return tuple(sorted(made))


@pytest.mark.parametrize("name", ROWS)
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])  # a busy machine
@given(st.data())
def test_a_parser_gives_a_value_or_our_own_error(name: str, data: st.DataObject) -> None:
    kind, call = ROWS[name]
    parse = resolve_name(f"credentials.{name}")
    value = data.draw(KINDS[kind][1](st.sampled_from(words_of(inspect.unwrap(parse).__module__))))
    with suppress(CredentialError):
        call(parse, value)


def parsers(path: Path, folder: Path = KERNEL) -> Iterator[str]:
    """The public functions and methods of a file that are called like a parser."""
    module = ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
    for node in ast.parse(path.read_text("utf-8")).body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        owner = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        for each in inside:
            named = isinstance(each, ast.FunctionDef) and A_PARSER.fullmatch(each.name)
            if named and not owner.startswith("_"):
                yield f"{module}.{owner}{named[0]}"


def test_every_public_parser_stands_in_the_table() -> None:
    there = {name for path in KERNEL.rglob("*.py") for name in parsers(path)}
    assert len(there) > 60
    assert sorted(there - ROWS.keys() - NO_PARSERS.keys()) == []


def test_a_parser_that_is_missing_would_be_seen(tmp_path: Path) -> None:
    source = tmp_path / "new.py"
    source.write_text(
        "def parse_wish(x): ...\ndef read(x): ...\ndef _parse(x): ...\ndef reader(x): ...\n"
        "class Key:\n    def from_octets(self): ...\ndef key_from_jwk(x): ...\n"
    )
    assert set(parsers(source, tmp_path)) == {
        "new.parse_wish",
        "new.read",
        "new.Key.from_octets",
        "new.key_from_jwk",
    }
