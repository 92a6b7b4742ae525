"""Why a proof was paused or withdrawn: asked of its issuer, with the proof's own key.

An issuer that answers names an address in its metadata (``status_reason_endpoint``); of others
nothing is asked. The question shows the issuer that the holder looked, so it is asked only when a
person opens a proof that does not hold.
"""

from credentials.dids.web import PREFIX, location
from credentials.encoding import JsonObject, compact_json
from credentials.errors import CredentialError
from credentials.openid4vc.key_proof import create_proof
from credentials.openid4vc.metadata import issuer_metadata_url, read_document
from credentials.openid4vc.nonce import parse_nonce_response
from schemas.messages import LANGUAGES
from wallet.holder.outside import FORM_TYPE, JSON_TYPE, Outside, answer_object
from wallet.holder.vault import Held

MAX_REASON = 300
"""Characters that are shown: one sentence of a stranger."""


def issuer_address(did: str) -> str | None:
    """The credential issuer's identifier behind a did:web; None for other identifiers."""
    if not did.startswith(PREFIX):
        return None
    origin, path = location(did.removeprefix(PREFIX))
    return "/".join([origin, *path])


def reason_for(held: Held, *, outside: Outside) -> dict[str, str] | None:
    """Language -> the reason in words; None where the issuer tells none, or not now."""
    try:
        return _asked(held, outside)
    except CredentialError:
        return None


def _asked(held: Held, outside: Outside) -> dict[str, str] | None:
    identifier = issuer_address(held.parsed().credential.issuer)
    if identifier is None:
        return None
    metadata = read_document(outside.http.get_body(issuer_metadata_url(identifier)))
    endpoint, nonces = metadata.get("status_reason_endpoint"), metadata.get("nonce_endpoint")
    if not isinstance(endpoint, str) or not isinstance(nonces, str):
        return None
    if not all(one.startswith(f"{identifier}/") for one in (endpoint, nonces)):
        return None  # an address of somebody else
    given = outside.http.post(nonces, body=b"", content_type=FORM_TYPE)
    proof = create_proof(
        held.signer(),
        audience=identifier,
        nonce=parse_nonce_response(answer_object(given)).c_nonce,
        at=outside.now(),
    )
    body = compact_json({"proof": proof})
    answer = answer_object(outside.http.post(endpoint, body=body, content_type=JSON_TYPE))
    return _own(answer, held.parsed().credential.credential_id)


def _own(answer: JsonObject, credential_id: str | None) -> dict[str, str] | None:
    """What was said about this proof and no other."""
    told = answer.get("credentials")
    for one in told if isinstance(told, list) else []:
        if isinstance(one, dict) and one.get("id") == credential_id:
            words = {language: one.get(f"reason_{language}") for language in LANGUAGES}
            return {
                language: word[:MAX_REASON]
                for language, word in words.items()
                if isinstance(word, str) and word.isprintable()
            }
    return None
