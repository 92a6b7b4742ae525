"""The checks behind the door for official suites: proofs and the data model, and nothing else.

A proof is judged under the key that it names itself. Whether that key is the issuer's, and whether
anyone trusts him, is not asked: the official vectors are signed by keys of nobody. What holds here
is therefore no verdict; ``credentials.verification`` speaks for the product, and refuses it.
"""

import hmac
from contextlib import nullcontext
from datetime import datetime

from credentials import data_model, document_rules, envelopes, jose
from credentials.bbs_keys import signing_key
from credentials.cryptosuites.proofs import check_proofs, proofs_of
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import BindingInvalid, MalformedError
from credentials.formats import derivation, token_claims, vcdm
from credentials.model import Entropy
from verifier.conformance_contexts import named, unwrapped, with_contexts_of

_TOKENS = {"vc": "application/vc+jwt", "vp": "application/vp+jwt"}
_OLD_TOKEN = "application/jwt"  # noqa: S105 - a media type
_KINDS = {envelopes.CREDENTIAL: "vc", envelopes.PRESENTATION: "vp"}


def check_credential(document: JsonObject, *, at: datetime) -> JsonObject:
    """A credential conforms and all of its proofs hold, also inside an envelope.

    Returns:
        The credential, out of its envelope.

    Raises:
        CredentialError: it does not.
    """
    if _is_enveloped(document):
        credential = _of_envelope(document, envelopes.CREDENTIAL)
        document_rules.check_credential(credential, inline=True)
        return credential
    document_rules.check_credential(unwrapped(document), inline=True)
    _check_proofs(document, vcdm.ASSERTION, at=at)
    return document


def check_presentation(document: JsonObject, options: JsonObject, *, at: datetime) -> None:
    """A presentation conforms, its proofs hold for this request, and so do those inside.

    One without a proof is read as data: the suites send such, and nobody vouches for it.

    Args:
        document: the presentation, or an envelope of one.
        options: ``challenge`` and ``domain`` that its proof must name, where they are given.
        at: now.

    Raises:
        CredentialError: it does not.
    """
    if _is_enveloped(document):
        presentation = _of_envelope(document, envelopes.PRESENTATION)
        document_rules.check_presentation(presentation, inline=True)
        _check_named(presentation.get("nonce"), options.get("challenge"), "nonce_invalid")
        return
    document_rules.check_presentation(document, inline=True)
    document_rules.check_self_asserted(document)
    value = document.get("verifiableCredential", [])
    for credential in value if isinstance(value, list) else [value]:
        if isinstance(credential, dict) and "proof" in credential:
            check_credential(credential, at=at)
    if "proof" not in document:
        return
    _check_proofs(document, vcdm.AUTHENTICATION, at=at)
    for proof in proofs_of(document):
        _check_named(proof.get("challenge"), options.get("challenge"), "nonce_invalid")
        _check_named(proof.get("domain"), options.get("domain"), "aud_mismatch")


def derive(
    document: JsonObject, reveal: list[str], *, at: datetime, entropy: Entropy
) -> JsonObject:
    """Show a part of a credential whose base proof holds.

    Raises:
        CredentialError: it has none, or one that does not hold; or the pointers lead nowhere.
    """
    document_rules.check_credential(document, inline=True)
    base = derivation.base_proof(document)
    if base is None:
        raise MalformedError("no_proof", "no base proof")
    _check_proofs(document, vcdm.ASSERTION, at=at, held=True)
    suite, proof = base
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    with named(unsecured) as renamed:
        shown = suite.derive(renamed, proof, reveal=reveal, entropy=entropy)
    return with_contexts_of(document, shown)


def _check_proofs(document: JsonObject, purpose: str, *, at: datetime, held: bool = False) -> None:
    """All proofs hold. Proofs over plain JSON cover the contexts as they are written."""
    names = [proof.get("cryptosuite") for proof in proofs_of(document)]
    plain = all(isinstance(name, str) and "-jcs-" in name for name in names)
    with nullcontext(document) if plain else named(document) as renamed:
        check_proofs(
            renamed,
            lambda method: vcdm.self_named_key(method, purpose),
            purpose=purpose,
            at=at,
            held=held,
        )


def _is_enveloped(document: JsonObject) -> bool:
    """Whether it says that it is an envelope, or has the form of one whose type was lost."""
    address = document.get("id")
    as_data = isinstance(address, str) and address.startswith("data:")
    return as_data or envelopes.is_envelope(document)


def _of_envelope(document: JsonObject, kind: str) -> JsonObject:
    """The document in a token whose signature holds under the key that it names.

    Presentations of data model 1.1 come as ``application/jwt`` with a claim ``vp``.
    """
    envelope, short = envelopes.open_envelope(document, kind=kind), _KINDS[kind]
    if envelope.media_type not in {_TOKENS[short], _OLD_TOKEN}:
        raise MalformedError("envelope_invalid", "an envelope of another media type")
    old = envelope.media_type == _OLD_TOKEN
    jws = jose.peek(envelope.data, typ=frozenset(["JWT" if old else f"{short}+jwt"]))
    content = jws.payload
    if old:
        inner = content.get(short)
        if not isinstance(inner, dict):
            raise MalformedError("envelope_invalid", f"claim {short}")
        content = {**inner, **({"nonce": content["nonce"]} if "nonce" in content else {})}
    else:
        token_claims.check_content_type(jws, short)
        token_claims.check_agreement(content, content)
        data_model.base_context(content)
    purpose = vcdm.ASSERTION if short == "vc" else vcdm.AUTHENTICATION
    key_id = jws.header.get("kid")
    if not isinstance(key_id, str):
        raise MalformedError("envelope_invalid", "no key is named")
    jws.verify(signing_key(vcdm.self_named_key(key_id, purpose)))
    return content


def _check_named(value: JsonValue, expected: JsonValue, code: str) -> None:
    if expected is None:
        return
    texts = isinstance(value, str) and isinstance(expected, str)
    if not texts or not hmac.compare_digest(str(value).encode(), str(expected).encode()):
        raise BindingInvalid(code, "another request than this one")
