"""Attempts that must be refused: an attacker with a real wallet, against a real verifier.

Each attempt makes presentations for a real request and changes what an attacker can change: the
bytes, the request they answer, or the key that signs. They are encrypted and posted like any other.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta

from credentials.dids.key import did_key, method_id
from credentials.encoding import JsonObject, b64url_decode, b64url_encode, compact_json, parse_json
from credentials.errors import MalformedError
from credentials.formats import FORMATS
from credentials.formats.key_binding import bind
from credentials.keys import Algorithm, Signer, SoftwareSigner
from credentials.model import Binding, Credential, Validity, Wire
from schemas import catalog
from wallet.holder.outside import Outside
from wallet.holder.presenting import Asked
from wallet.holder.vault import Held

SD_JWT, LDP_VC = "dc+sd-jwt", "ldp_vc"

ONE_SKILL = frozenset([("skills", 0)])

ELSEWHERE = "decentralized_identifier:did:web:elsewhere.example"


@dataclass(frozen=True, slots=True)
class Attacker:
    """What the attacker has: somebody's proofs with their keys, and the world outside."""

    sd_jwt: Held
    ldp_vc: Held
    outside: Outside


Attempt = Callable[[Attacker, Asked], dict[str, list[Wire]]]
"""Makes the presentations of one attempt, by credential query."""


def forged(attacker: Attacker, asked: Asked) -> dict[str, list[Wire]]:
    """Another signature of the issuer."""
    issuer_jwt, _, rest = str(attacker.sd_jwt.wire).partition("~")
    body, _, signature = issuer_jwt.rpartition(".")
    octets = bytearray(b64url_decode(signature))
    octets[0] ^= 1
    wire = f"{body}.{b64url_encode(bytes(octets))}~{rest}"
    return _answer(asked, SD_JWT, _shown(attacker, asked, SD_JWT, wire=wire))


def altered_sd_jwt(attacker: Attacker, asked: Asked) -> dict[str, list[Wire]]:
    """A higher level in one disclosure, bound anew with the holder's own key."""
    shown = str(_shown(attacker, asked, SD_JWT))
    issuer_jwt, *disclosures, _ = shown.split("~")
    without = "~".join([issuer_jwt, *map(_with_other_level, disclosures), ""])
    wire = bind(without, attacker.sd_jwt.signer(), _binding(asked), at=attacker.outside.now())
    return _answer(asked, SD_JWT, wire)


def altered_ldp_vc(attacker: Attacker, asked: Asked) -> dict[str, list[Wire]]:
    """Another name in the credential, presented with the holder's own key."""
    document = deepcopy(attacker.ldp_vc.wire)
    if not isinstance(document, dict) or not isinstance(document["credentialSubject"], dict):
        raise MalformedError("format_unknown", "expected a JSON-LD credential")
    document["credentialSubject"]["given_name"] = "Iemand Anders"
    return _answer(asked, LDP_VC, _shown(attacker, asked, LDP_VC, wire=document))


def honest_sd_jwt(attacker: Attacker, asked: Asked) -> dict[str, list[Wire]]:
    """Nothing changed: the credential itself is what must be refused."""
    return _answer(asked, SD_JWT, _shown(attacker, asked, SD_JWT))


def wrong_nonce(attacker: Attacker, asked: Asked) -> dict[str, list[Wire]]:
    """Made for another request of the same verifier."""
    binding = Binding(asked.request.client_id, b64url_encode(attacker.outside.entropy(16)))
    return _answer(asked, SD_JWT, _shown(attacker, asked, SD_JWT, binding=binding))


def wrong_audience(attacker: Attacker, asked: Asked) -> dict[str, list[Wire]]:
    """Made for another verifier, and passed on."""
    binding = Binding(ELSEWHERE, asked.request.nonce)
    return _answer(asked, SD_JWT, _shown(attacker, asked, SD_JWT, binding=binding))


def other_holder(attacker: Attacker, asked: Asked) -> dict[str, list[Wire]]:
    """Somebody else's proof, signed with the attacker's own key."""
    thief = SoftwareSigner.generate(Algorithm.ES256)
    return _answer(asked, SD_JWT, _shown(attacker, asked, SD_JWT, signer=thief))


def unknown_issuer(attacker: Attacker, asked: Asked) -> dict[str, list[Wire]]:
    """A proof of the attacker's own making: sound, but by nobody that the sector knows."""
    wire, own = own_making(attacker, Validity())
    return _answer(asked, SD_JWT, _shown(attacker, asked, SD_JWT, wire=wire, signer=own))


def own_making(attacker: Attacker, validity: Validity) -> tuple[Wire, SoftwareSigner]:
    """A sound proof that names its own maker's did:key as issuer, and its holder's key."""
    maker, own = (SoftwareSigner.generate(Algorithm.ES256) for _ in range(2))
    did = did_key(maker.public)
    named = SoftwareSigner.from_private_jwk({**maker.private_jwk(), "kid": method_id(did)})
    model = attacker.sd_jwt.parsed().credential
    wire = FORMATS[SD_JWT].issue(
        Credential(
            type=model.type,
            issuer=did,
            claims=model.claims,
            issued_at=validity.valid_from or attacker.outside.now() - timedelta(hours=1),
            validity=validity,
        ),
        named,
        holder=own.public,
        disclosable=_disclosable(model.type),
        entropy=attacker.outside.entropy,
    )
    return wire, own


def undefined_term(attacker: Attacker, asked: Asked) -> dict[str, list[Wire]]:
    """A word in the credential that its contexts do not define."""
    document = deepcopy(_shown(attacker, asked, LDP_VC))
    inner = document["verifiableCredential"] if isinstance(document, dict) else None
    credential = inner[0] if isinstance(inner, list) else None
    subject = credential.get("credentialSubject") if isinstance(credential, dict) else None
    if not isinstance(subject, dict):
        raise MalformedError("format_unknown", "expected a JSON-LD presentation")
    subject["meesterlasser"] = True
    return _answer(asked, LDP_VC, document)


def _shown(
    attacker: Attacker,
    asked: Asked,
    format_id: str,
    *,
    wire: Wire | None = None,
    signer: Signer | None = None,
    binding: Binding | None = None,
) -> Wire:
    held = attacker.sd_jwt if format_id == SD_JWT else attacker.ldp_vc
    return FORMATS[format_id].present(
        held.wire if wire is None else wire,
        signer or held.signer(),
        binding or _binding(asked),
        disclose=ONE_SKILL,
        at=attacker.outside.now(),
    )


def _binding(asked: Asked) -> Binding:
    return Binding(asked.request.client_id, asked.request.nonce)


def _answer(asked: Asked, format_id: str, wire: Wire) -> dict[str, list[Wire]]:
    """Under the first credential query of this format."""
    queries = asked.request.query.credentials
    return {next(query.id for query in queries if query.format == format_id): [wire]}


def _with_other_level(disclosure: str) -> str:
    """One level more where the disclosure is a skill; any other disclosure as it was."""
    opened = parse_json(b64url_decode(disclosure))
    item = opened[-1] if isinstance(opened, list) else None
    if not isinstance(opened, list) or not isinstance(item, dict) or "level" not in item:
        return disclosure
    level = item["level"]
    raised: JsonObject = {**item, "level": level + 1 if isinstance(level, int) else 4}
    return b64url_encode(compact_json([*opened[:-1], raised]))


def _disclosable(type_url: str) -> frozenset[tuple[str | int | None, ...]]:
    known = catalog.by_url(type_url)
    return known.disclosable() if known else frozenset()
