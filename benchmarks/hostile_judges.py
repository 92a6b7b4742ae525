"""One input before one library, run as a child, since some libraries never answer.

``python -m benchmarks.hostile_judges NAME`` reads an ``Input`` as JSON and prints one object:
``accepted``, and ``word``: our code, or the kind of error of a peer.
"""
# ruff: noqa: PLC0415 - each child loads the library that it is about, and no other

import asyncio
import hashlib
import json
import os
import resource
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypedDict

from credentials import dids
from credentials.encoding import JsonObject
from credentials.errors import CredentialError
from credentials.formats import FORMATS
from credentials.formats.base import verify, verify_presentation
from credentials.jose import decrypt_compact
from credentials.keys import PublicKey, public_key_from_jwk
from credentials.model import Binding, KeyReference
from credentials.multibase import multibase_decode
from credentials.status import bitstring_status_list

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""When everything is judged, by those who look at the time."""

CPU_SECONDS = 5
"""An honest input takes a child a second, most of it for its imports."""

MEMORY_BYTES = 2 * 1024**3
"""Address space of a child: many times what an honest input needs."""


class Input(TypedDict):
    """What is handed over.

    Attributes:
        door: ``sd-jwt``, ``ldp_vc`` (text of JSON), ``jwe`` or ``status``.
        key: the issuer's public JWK, or the private one that decrypts; empty where a DID says it.
        audience: of the request; empty where no presentation is expected.
        nonce: likewise.
    """

    door: str
    wire: str
    key: JsonObject
    audience: str
    nonce: str


class Answer(TypedDict):
    """What a library made of it."""

    accepted: bool
    word: str


class RefusedError(Exception):
    """A library says no in a value and raises nothing."""


def ours(given: Input) -> None:
    """The kernel, with every check of the format.

    Raises:
        CredentialError: it is refused.
    """
    wire = given["wire"]
    if given["door"] == "jwe":
        decrypt_compact(wire, given["key"])
    elif given["door"] == "status":
        bitstring_status_list.decode(wire)
    elif given["door"] == "ldp_vc":
        verify(FORMATS["ldp_vc"], wire, _of_did, at=AT)
    else:
        key = public_key_from_jwk(given["key"])
        if given["nonce"]:
            expected = Binding(given["audience"], given["nonce"])
            verify_presentation(
                FORMATS["dc+sd-jwt"], wire, lambda _reference: key, expected=expected, at=AT
            )
        else:
            verify(FORMATS["dc+sd-jwt"], wire, lambda _reference: key, at=AT)


def sd_jwt(given: Input) -> None:
    """The reference library for SD-JWT, as its readme shows."""
    from jwcrypto.jwk import JWK
    from sd_jwt.verifier import SDJWTVerifier

    key = JWK(**given["key"])
    SDJWTVerifier(
        given["wire"],
        lambda _issuer, _header: key,
        given["audience"] or None,
        given["nonce"] or None,
    ).get_verified_payload()


def jwcrypto(given: Input) -> None:
    """The issuer's signature alone, or the decryption."""
    from jwcrypto.jwe import JWE
    from jwcrypto.jwk import JWK
    from jwcrypto.jws import JWS

    key = JWK(**given["key"])
    if given["door"] == "jwe":
        sealed = JWE()
        sealed.deserialize(given["wire"], key)
        return
    signed = JWS()
    signed.deserialize(given["wire"].partition("~")[0])
    signed.verify(key)


def pyld(given: Input) -> None:
    """PyLD, and then the signature over its statements: Ed25519Signature2020 in ten lines."""
    document = json.loads(given["wire"])
    proof = document.pop("proof")
    signature = multibase_decode(proof.pop("proofValue"))
    key = _of_did(KeyReference(document["issuer"], proof["verificationMethod"]))
    key.verify(signature, pyld_data(document, proof))


def pyld_data(document: JsonObject, options: JsonObject) -> bytes:
    """What such a proof signs, over PyLD with our copies of the contexts."""
    from pyld import jsonld

    from schemas import contexts

    def load(url: str, _options: object) -> dict[str, object]:
        return {"contextUrl": None, "documentUrl": url, "document": contexts.load(url)}

    settings = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "documentLoader": load,
    }
    parts = ({"@context": document["@context"], **options}, document)
    return b"".join(
        hashlib.sha256(jsonld.normalize(part, settings).encode()).digest() for part in parts
    )


def didkit(given: Input) -> None:
    """Didkit's check of a credential of data model 1.1.

    Raises:
        RefusedError: it reports an error, or did not check the proof.
    """
    import didkit as library

    asked = {"checks": ["proof"], "proofPurpose": "assertionMethod"}

    async def answer() -> str:
        return str(await library.verify_credential(given["wire"], json.dumps(asked)))

    said = json.loads(asyncio.run(answer()))
    if said["errors"] or said["checks"] != ["proof"]:
        raise RefusedError


def _of_did(reference: KeyReference) -> PublicKey:
    """The key of a did:key, which needs no connection."""

    def no_fetch(url: str) -> bytes:
        raise AssertionError(url)

    return dids.resolve(reference.issuer, no_fetch).key(reference.key_id)


JUDGES: Mapping[str, Callable[[Input], None]] = MappingProxyType(
    {"ours": ours, "sd-jwt": sd_jwt, "jwcrypto": jwcrypto, "PyLD": pyld, "didkit": didkit}
)


def judged(name: str, given: Input) -> Answer:
    """Ask one library, in this process."""
    try:
        JUDGES[name](given)
    except CredentialError as error:
        return {"accepted": False, "word": error.code}
    except RefusedError:
        return {"accepted": False, "word": ""}
    except Exception as error:  # noqa: BLE001 - of a peer, anything is an answer
        return {"accepted": False, "word": type(error).__name__}
    return {"accepted": True, "word": ""}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(json.dumps(judged(sys.argv[1], json.load(sys.stdin))), flush=True)
    os._exit(0)  # the threads of didkit do not always stop
