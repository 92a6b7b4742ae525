"""The telling ones among the hostile inputs of the kernel, each beside a twin without the fault."""

import hmac
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

from benchmarks.hostile_judges import Input
from credentials import dids
from credentials.cryptosuites import ED25519_SIGNATURE_2020, ProofOptions
from credentials.encoding import JsonObject, JsonValue, b64url_decode, b64url_encode
from credentials.formats.sd_jwt import digest, join
from credentials.jose import generate_encryption_key, public_encryption_key
from credentials.keys import Algorithm, SoftwareSigner
from tests.hostile import sd_jwt_samples as samples

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
CREATED = "2026-11-23T12:00:00Z"
ROLE = samples.disclosure(samples.SALT, "role", "lasser")
NAME = samples.disclosure(samples.SALT, "name", "Sam")
HELD = samples.credential([ROLE, NAME])
TEN_YEARS = 10 * 365 * 86_400


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the table.

    Attributes:
        id: as the hostile tests carry it.
        code: with which we refuse it.
        twin: the same without the fault; whoever is asked must accept it first.
        peers: who can be asked at all.
    """

    id: str
    title: str
    code: str
    given: Input
    twin: Input
    peers: tuple[str, ...]


def cases() -> Iterator[Case]:
    """All rows, in the order of their ids."""
    yield from _tokens()
    yield from _encrypted()
    yield from _presentations()
    yield from _disclosures()
    yield from _documents()
    yield from _status()


def _sd_jwt(wire: str, nonce: str = "") -> Input:
    audience = samples.REQUEST.audience if nonce else ""
    return Input(
        door="sd-jwt", wire=wire, key=samples.ISSUER.public.jwk(), audience=audience, nonce=nonce
    )


def _tokens() -> Iterator[Case]:
    """Faults in the issuer's own token."""
    whole = samples.token() + "~"
    payload = json.dumps(samples.PAYLOAD).encode()

    def unsigned(algorithm: str) -> str:
        header = json.dumps(samples.HEADER | {"alg": algorithm}).encode()
        return f"{b64url_encode(header)}.{b64url_encode(payload)}"

    pem = samples.ISSUER.public._key.public_bytes(  # noqa: SLF001 - as an attacker would write it
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    mac = hmac.digest(pem, unsigned("HS256").encode(), "sha256")
    attacker = SoftwareSigner.generate(Algorithm.ES256)
    duplicate = b'{"alg":"none","alg":"ES256","typ":"dc+sd-jwt","kid":"k"}'
    own_key = {name: value for name, value in samples.HEADER.items() if name != "kid"}
    own_key["jwk"] = attacker.public.jwk()
    stolen = samples.raw_token(json.dumps(own_key).encode(), payload, attacker)
    standard = whole
    while not {"-", "_"} & set(standard):
        standard = samples.token() + "~"
    standard = standard.replace("-", "+").replace("_", "/")
    rows = [
        ("H001", "`alg` none", "alg_not_allowed", unsigned("none") + ".~"),
        ("H002", "HMAC keyed with the public key", "alg_not_allowed",
         f"{unsigned('HS256')}.{b64url_encode(mac)}~"),
        ("H004", "critical header that nobody knows", "crit_unknown",
         samples.token(header={"crit": ["x-unknown"], "x-unknown": 1}) + "~"),
        ("H004", "empty list of critical headers", "crit_unknown",
         samples.token(header={"crit": []}) + "~"),
        ("H005", "key of the sender in the header", "key_not_from_issuer", stolen + "~"),
        ("H006", "`alg` twice in the header", "json_duplicate_key",
         samples.raw_token(duplicate, payload) + "~"),
        ("H008", "padded base64", "base64_not_strict", whole[:-1] + "==~"),
        ("H008", "base64 of the other alphabet", "base64_not_strict", standard),
    ]  # fmt: skip
    for number, title, code, wire in rows:
        yield Case(number, title, code, _sd_jwt(wire), _sd_jwt(whole), ("sd-jwt", "jwcrypto"))


def _encrypted() -> Iterator[Case]:
    private = generate_encryption_key()
    public = JWK(**public_encryption_key(private))
    header = {"alg": "ECDH-ES", "enc": "A128GCM", "kid": private["kid"]}

    def sealed(plain: bytes, **more: str) -> Input:
        token = JWE(plain, json.dumps(header | more))
        token.add_recipient(public)
        return Input(
            door="jwe", wire=token.serialize(compact=True), key=private, audience="", nonce=""
        )

    bomb = sealed(bytes(90 * 1024 * 1024), zip="DEF")
    yield Case(
        "H012", "encrypted token of 120 kB that swells to 90 MB", "jwe_zip_not_allowed",
        bomb, sealed(b"{}"), ("jwcrypto",),
    )  # fmt: skip


def _presentations() -> Iterator[Case]:
    """Faults in the answer to a request."""
    nonce = samples.REQUEST.nonce
    good = samples.presentation(HELD)
    foreign = samples.token(header={"typ": "oauth-authz-req+jwt"}) + "~"
    yield Case(
        "H015", "token made for another purpose", "typ_not_allowed",
        _sd_jwt(foreign), _sd_jwt(samples.token() + "~"), ("sd-jwt",),
    )  # fmt: skip
    signed, _, signature = good.rpartition(".")
    raw = b64url_decode(signature)
    twin_s = (P256_ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    other = join(HELD.split("~")[0], [ROLE])
    then = samples.SECONDS - TEN_YEARS
    rows = [
        ("H009", "spent answer with the twin of its signature", "nonce_invalid",
         f"{signed}.{b64url_encode(raw[:32] + twin_s)}", "the-next-nonce"),
        ("H016", "holder's proof left out", "holder_binding_missing", HELD, nonce),
        ("H018", "holder's proof by a thief", "holder_key_mismatch",
         HELD + samples.key_binding(HELD, signer=SoftwareSigner.generate(Algorithm.ES256)), nonce),
        ("H021", "holder's proof of ten years ago", "kb_iat_invalid",
         samples.presentation(HELD, {"iat": then}), nonce),
        ("H022", "`sd_hash` of another choice", "sd_hash_mismatch",
         samples.presentation(HELD, {"sd_hash": digest(other)}), nonce),
    ]  # fmt: skip
    for number, title, code, wire, expected in rows:
        twin = _sd_jwt(good, nonce)
        yield Case(number, title, code, _sd_jwt(wire, expected), twin, ("sd-jwt",))


def _disclosures() -> Iterator[Case]:
    """Faults in what may be shown; the issuer himself may be the attacker."""
    plain = {name: value for name, value in samples.PAYLOAD.items() if name != "exp"}
    ended = samples.disclosure(samples.SALT, "exp", samples.SECONDS - 1)
    many = [samples.disclosure(f"{samples.SALT}{n}", f"c{n}", n) for n in range(20_000)]
    digests: JsonObject = {"_sd": [digest(text) for text in many]}
    deep: JsonValue = "x"
    for _ in range(600):
        deep = {"a": deep}
    level = samples.disclosure(samples.SALT, "level", 3)
    expired = samples.PAYLOAD | {"iat": 1, "exp": samples.SECONDS - 1}
    rows = [
        ("H024", "disclosure that nothing refers to", "disclosure_unreferenced",
         HELD + samples.disclosure(samples.SALT, "role", "supervisor") + "~"),
        ("H025", "one disclosure twice", "disclosure_duplicate", f"{HELD}{ROLE}~"),
        ("H026", "one digest twice", "digest_duplicate",
         join(samples.token({"a": {"_sd": [digest(ROLE), digest(ROLE)]}}), [ROLE])),
        ("H027", "claim with the name `_sd`", "disclosure_name_reserved",
         samples.credential([samples.disclosure(samples.SALT, "_sd", "x")])),
        ("H028", "claim that stands there already", "claim_collision",
         samples.credential([level], {"level": 2})),
        ("H029", "end date among what may be held back", "claim_must_be_plain",
         samples.credential([ended], base=plain)),
        ("H031", "placeholder with another member", "placeholder_malformed",
         samples.token({"list": [{"...": digest(ROLE), "x": 1}]}) + "~"),
        ("H032", "disclosure of four parts", "disclosure_malformed",
         samples.credential([samples.disclosure(samples.SALT, "role", "x", "y")])),
        ("H033", "20,000 disclosures", "too_many_disclosures", join(samples.token(digests), many)),
        ("H034", "600 levels", "too_deep", samples.token({"deep": deep}) + "~"),
        ("H036", "ended a second ago", "expired", samples.token(base=expired) + "~"),
        ("H039", "blank behind the token", "token_malformed", HELD + "\n"),
    ]  # fmt: skip
    for number, title, code, wire in rows:
        yield Case(number, title, code, _sd_jwt(wire), _sd_jwt(HELD), ("sd-jwt",))


def _documents() -> Iterator[Case]:
    """Documents of data model 1.1, which didkit reads as well."""
    signer, attacker = (SoftwareSigner.generate(Algorithm.EDDSA) for _ in range(2))
    did = dids.did_key(signer.public)
    unsigned = _unsigned(did)
    good = _signed(unsigned, signer)
    subject = good["credentialSubject"]
    listed = unsigned["@context"]
    assert isinstance(subject, dict)  # noqa: S101 - as written below
    assert isinstance(listed, list)  # noqa: S101 - as above
    kind: JsonValue = ["PermanentResident", "Person"]
    deep: JsonObject = {"type": kind}
    for _ in range(200):
        deep = {"type": kind, "image": deep}
    nodes: list[JsonValue] = [
        {"id": f"_:n{i}", "image": [{"id": f"_:n{j}"} for j in range(8) if j != i]}
        for i in range(8)
    ]
    text = json.dumps(good)
    stolen = _signed(unsigned, attacker)
    bare = {name: value for name, value in good.items() if name != "proof"}
    evil: JsonObject = {"@vocab": "urn:evil#"}
    everyone = ("PyLD", "didkit")
    rows: list[tuple[str, str, str, JsonObject | str, tuple[str, ...]]] = [
        ("H006", "given name twice, the second signed", "json_duplicate_key",
         text.replace('"givenName"', '"givenName": "Piet", "givenName"'), everyone),
        ("H041", "member that no context defines", "term_undefined",
         {**good, "foobar": "evil"}, everyone),
        ("H041", "the same inside the subject", "term_undefined",
         {**good, "credentialSubject": {**subject, "foobar": "evil"}}, everyone),
        ("H042", "context inside the document", "context_inline",
         {**good, "@context": [*listed, evil]}, everyone),
        ("H042", "context inside, that defines an added member", "context_inline",
         {**good, "@context": [*listed, {"foobar": None}], "foobar": "evil"}, everyone),
        ("H046", "clique of eight nodes", "too_complex",
         {**good, "credentialSubject": {**subject, "image": nodes}}, everyone),
        ("H047", "200 levels", "too_deep",
         {**good, "credentialSubject": {**subject, **deep}}, ("PyLD",)),
        ("H049", "proof by the key of another", "method_not_of_issuer", stolen, ("didkit",)),
        ("H050", "proof for another purpose", "proof_purpose_mismatch",
         _signed(unsigned, signer, purpose="authentication"), ("didkit",)),
        ("H054", "no proof", "no_proof", bare, ("didkit",)),
    ]  # fmt: skip
    for number, title, code, wire, peers in rows:
        yield Case(number, title, code, _ldp(wire), _ldp(good), peers)


def _ldp(document: JsonObject | str) -> Input:
    wire = document if isinstance(document, str) else json.dumps(document)
    return Input(door="ldp_vc", wire=wire, key={}, audience="", nonce="")


def _unsigned(issuer: str) -> JsonObject:
    return {
        "@context": [
            "https://www.w3.org/2018/credentials/v1",
            "https://w3id.org/citizenship/v1",
            "https://w3id.org/security/suites/ed25519-2020/v1",
        ],
        "type": ["VerifiableCredential", "PermanentResidentCard"],
        "issuer": issuer,
        "issuanceDate": CREATED,
        "credentialSubject": {
            "id": "did:example:worker",
            "type": ["PermanentResident", "Person"],
            "givenName": "Jan",
        },
    }


def _options(signer: SoftwareSigner, purpose: str) -> ProofOptions:
    method = f"{dids.did_key(signer.public)}#{signer.public.multikey()}"
    return ProofOptions(method, purpose, CREATED)


def _signed(
    document: JsonObject, signer: SoftwareSigner, *, purpose: str = "assertionMethod"
) -> JsonObject:
    proof = ED25519_SIGNATURE_2020.sign(document, _options(signer, purpose), signer)
    return {**document, "proof": proof}


def _status() -> Iterator[Case]:
    def packed(octets: int, behind: bytes = b"") -> Input:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        block = bytes(16 * 1024)
        parts = [packer.compress(block) for _ in range(octets // len(block))]
        wire = "u" + b64url_encode(b"".join(parts) + packer.flush() + behind)
        return Input(door="status", wire=wire, key={}, audience="", nonce="")

    small = packed(16 * 1024)
    bomb = packed(256 * 1024 * 1024)
    yield Case(
        "H072", "status list that swells to 256 MB", "status_list_too_large", bomb, small, ()
    )
    yield Case(
        "H073", "something behind the list", "status_list_malformed",
        packed(16 * 1024, b"\n"), small, (),
    )  # fmt: skip
