"""The file interface of the official vc-jose-cose suite: one document in, one result out.

Judges proofs and documents, and nothing else: no clock, no trust list, no status, and no tie
between key and issuer. What is accepted here is therefore not accepted by the product, which
``verification.check`` speaks for. Runs offline; ES512 is known here alone.
"""

import base64
import binascii
import json
import re
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from credentials import cose, data_model, document_rules, jose
from credentials.claims import ClaimsPath, Paths, select
from credentials.context_terms import Terms, check_members
from credentials.encoding import (
    JsonObject,
    JsonValue,
    compact_json,
    parse_json,
    parse_json_object,
)
from credentials.errors import CredentialError, MalformedError, ProofInvalid
from credentials.formats import concealment, key_binding, sd_jwt, token_claims
from credentials.keys import (
    SigningKey,
    SoftwareSigner,
    VerifyingKey,
    public_key_from_jwk,
)
from verifier import p521

FEATURES = frozenset(
    f"{kind}_{form}"
    for kind in ("credential", "presentation")
    for form in ("jose", "sdjwt", "cose")
)
_SHORT = {"credential": "vc", "presentation": "vp"}
_ALSO = frozenset([p521.ALGORITHM])
_NO_CLOCK = datetime.fromtimestamp(0, UTC)
_STEP = re.compile(r"([^.\[\]]+)((?:\[\d{1,4}\])*)")

app = typer.Typer(
    name="jose-cose", help="Run one case of the vc-jose-cose suite.", no_args_is_help=True
)

InputOption = Annotated[Path, typer.Option("--input", help="The document or token.")]
KeyOption = Annotated[Path, typer.Option("--key", help="A verification method, with its secret.")]
FeatureOption = Annotated[str, typer.Option("--feature", help="Such as credential_jose.")]
OutputOption = Annotated[Path, typer.Option("--output", help="Where the result is written.")]


@app.command()
def issue(
    *,
    source: InputOption,
    key: KeyOption,
    feature: FeatureOption,
    sd: Annotated[str, typer.Option("--sd", help="JSON list of paths to make disclosable.")] = "[]",
    output: OutputOption,
) -> None:
    """Secure a credential or presentation; the result holds the token."""
    output.write_text(json.dumps(issue_result(source, key, feature, sd)), "utf-8")


@app.command()
def verify(
    *, source: InputOption, key: KeyOption, feature: FeatureOption, output: OutputOption
) -> None:
    """Check a secured credential or presentation; the result holds the document."""
    output.write_text(json.dumps(verify_result(source, key, feature)), "utf-8")


def issue_result(source: Path, key: Path, feature: str, sd: str = "[]") -> dict[str, str]:
    """Secure one document.

    Returns:
        ``result``: success, failure (bad input), indeterminate (an unknown feature), error (a file
        that cannot be read); ``data``: the token, or the code of the refusal.
    """
    if feature not in FEATURES:
        return {"result": "indeterminate", "data": "feature_unknown"}
    try:
        method = parse_json_object(key.read_bytes())
        document = parse_json_object(source.read_bytes())
        return {"result": "success", "data": _secured(document, method, feature, sd)}
    except CredentialError as error:
        return {"result": "failure", "data": error.code}
    except OSError as error:
        return {"result": "error", "data": type(error).__name__}


def verify_result(source: Path, key: Path, feature: str) -> dict[str, str]:
    """Check one token.

    Returns:
        As ``issue_result``; ``data`` is the verified document as JSON.
    """
    if feature not in FEATURES:
        return {"result": "indeterminate", "data": "feature_unknown"}
    try:
        method = parse_json_object(key.read_bytes())
        document = _verified(_text(source.read_bytes()), method, feature)
        return {"result": "success", "data": compact_json(document).decode()}
    except CredentialError as error:
        return {"result": "failure", "data": error.code}
    except OSError as error:
        return {"result": "error", "data": type(error).__name__}


def _text(octets: bytes) -> str:
    """A token as a file holds it; a line end behind it belongs to the file."""
    try:
        return octets.decode("ascii").removesuffix("\n")
    except UnicodeDecodeError as error:
        raise MalformedError("token_malformed", "not ASCII") from error


def _secured(document: JsonObject, method: JsonObject, feature: str, sd: str) -> str:
    kind, _, form = feature.partition("_")
    short = _SHORT[kind]
    check_members(document, _check(document, kind))
    signer, key_id = _signer(method), _text_of(method, "id")
    if form == "cose":
        octets = cose.sign(
            compact_json(document),
            signer,
            typ=f"application/{short}+cose",
            key_id=key_id.encode(),
        )
        return base64.b64encode(octets).decode().rstrip("=")
    header: JsonObject = {"cty": short, "kid": key_id}
    if form == "jose":
        return jose.sign_compact({**header, "typ": f"{short}+jwt"}, document, signer)
    paths = _paths(parse_json(sd), document)
    payload, disclosures = concealment.conceal(document, paths, entropy=secrets.token_bytes)
    payload["_sd_alg"] = sd_jwt.HASH_NAME
    token = jose.sign_compact({**header, "typ": f"{short}+sd-jwt"}, payload, signer)
    return sd_jwt.join(token, disclosures)


def _verified(text: str, method: JsonObject, feature: str) -> JsonObject:
    kind, _, form = feature.partition("_")
    read = {"jose": _of_jwt, "sdjwt": _of_sd_jwt, "cose": _of_cose}[form]
    document = read(text, method, _SHORT[kind])
    _check(document, kind)
    token_claims.check_agreement(document, document)
    _check_dates(document)
    return document


def _of_jwt(text: str, method: JsonObject, short: str) -> JsonObject:
    return _checked(text, method, short, typ=f"{short}+jwt")


def _of_sd_jwt(text: str, method: JsonObject, short: str) -> JsonObject:
    parts = sd_jwt.split(text)
    payload = _checked(parts.issuer_jwt, method, short, typ=f"{short}+sd-jwt")
    document = sd_jwt.open_disclosures(payload, parts.disclosures).payload
    if parts.key_binding is not None:  # its request is unknown here, so no time is judged
        confirmation = document.get("cnf")
        jwk = confirmation.get("jwk") if isinstance(confirmation, dict) else None
        holder = public_key_from_jwk(jwk) if isinstance(jwk, dict) else None
        key_binding.check_key_binding(text, holder, expected=None, at=_NO_CLOCK)
    return document


def _of_cose(text: str, method: JsonObject, short: str) -> JsonObject:
    try:
        padded = text + "=" * (-len(text) % 4)
        octets = base64.b64decode(padded, validate=True)
    except binascii.Error as error:
        raise MalformedError("base64_not_strict", f"{len(text)} characters") from error
    if base64.b64encode(octets).decode().rstrip("=") != text.rstrip("="):
        raise MalformedError("base64_not_strict", "spare bits")
    message = cose.read(octets, typ=f"application/{short}+cose", also=_ALSO)
    if message.key_id is not None:
        _check_key_id(message.key_id.decode("utf-8", "replace"), method)
    message.verify(_key(method))
    return parse_json_object(message.payload)


def _checked(token: str, method: JsonObject, short: str, *, typ: str) -> JsonObject:
    jws = jose.peek(token, typ=frozenset([typ]), also=_ALSO)
    token_claims.check_content_type(jws, short)
    if "kid" in jws.header:
        _check_key_id(str(jws.header["kid"]), method)
    jws.verify(_key(method))
    return jws.payload


def _check(document: JsonObject, kind: str) -> Terms:
    """The rules of the data model; contexts in the document are part of its suite."""
    if kind == "presentation":
        return document_rules.check_presentation(document, inline=True)
    return document_rules.check_credential(document, inline=True)


def _check_dates(document: JsonObject) -> None:
    """Dates are dates. The suite writes ``iat`` as text, equal to ``validFrom``: let through."""
    for name in ("iat", "nbf", "exp"):
        if name != "iat" or document.get(name) != document.get("validFrom"):
            jose.numeric_date(document, name)


def _check_key_id(key_id: str, method: JsonObject) -> None:
    """The token names this verification method, by its address or by the ``kid`` of its key."""
    jwk = method.get("publicKeyJwk")
    names = {method.get("id"), jwk.get("kid") if isinstance(jwk, dict) else None}
    if key_id not in names:
        raise ProofInvalid("method_not_of_issuer", "another key is named")


def _key(method: JsonObject) -> VerifyingKey:
    jwk = _jwk_of(method, "publicKeyJwk")
    return p521.P521Key.from_jwk(jwk) if _is_p521(jwk) else public_key_from_jwk(jwk)


def _signer(method: JsonObject) -> SigningKey:
    jwk = _jwk_of(method, "secretKeyJwk")
    if _is_p521(jwk):
        return p521.P521Signer.from_private_jwk(jwk)
    return SoftwareSigner.from_private_jwk(jwk)


def _is_p521(jwk: JsonObject) -> bool:
    return jwk.get("crv") == p521.CURVE


def _jwk_of(method: JsonObject, name: str) -> JsonObject:
    jwk = method.get(name)
    if method.get("type") != "JsonWebKey" or not isinstance(jwk, dict):
        raise MalformedError("key_invalid", f"no JsonWebKey with {name}")
    return jwk


def _text_of(method: JsonObject, name: str) -> str:
    value = method.get(name)
    if not data_model.is_url(value):
        raise MalformedError("key_invalid", f"member {name} is no URL")
    return str(value)


def _paths(value: JsonValue, document: JsonObject) -> Paths:
    """Paths such as ``credentialSubject.phones[0]``; each must lead somewhere."""
    if not isinstance(value, list):
        raise MalformedError("claims_path_invalid", "expected a list of paths")
    paths = frozenset(_path(entry) for entry in value)
    if not all(select(document, path) for path in paths):
        raise MalformedError("claims_path_invalid", "a path that leads nowhere")
    return paths


def _path(value: JsonValue) -> ClaimsPath:
    path: list[str | int | None] = []
    for step in value.split(".") if isinstance(value, str) else [""]:
        found = _STEP.fullmatch(step)
        if found is None:
            raise MalformedError("claims_path_invalid", "expected names, dots and [numbers]")
        path += [found[1], *map(int, re.findall(r"\d+", found[2]))]
    return tuple(path)
