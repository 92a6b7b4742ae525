"""Open Badges 3.0 of what was issued: the document, its proof, and the picture that carries it.

For platforms outside: the same fact as the certificate, in the words of 1EdTech, under the
issuer's key and with the same place in the status list, so that withdrawing one withdraws both.
"""

from dataclasses import dataclass
from datetime import datetime

from credentials.badge_images import bake_png, bake_svg
from credentials.badges import OPEN_BADGES_CONTEXT, check_badge
from credentials.cryptosuites import EDDSA_RDFC_2022, ProofOptions
from credentials.data_model import CREDENTIAL, V2_CONTEXT, format_time
from credentials.encoding import JsonObject, JsonValue
from credentials.formats.vcdm import ASSERTION, status_entries
from credentials.keys import Signer
from credentials.model import StatusReference, Validity
from issuer.documents.badge_pictures import Face, badge_png, badge_svg
from issuer.documents.facts import milestone
from schemas.credential_types import CredentialType
from schemas.messages import sentence

BADGE = "OpenBadgeCredential"
"""The type of a badge beside ``VerifiableCredential`` (Open Badges 3.0, appendix B.1.1)."""

_KINDS = {"accredited": "Certification", "assessed": "Assessment"}
_OTHER_KIND = "Achievement"
_MAX_LEVEL = 4


@dataclass(frozen=True, slots=True)
class Badge:
    """What one badge says.

    Attributes:
        badge_id: ``urn:uuid``, of the badge alone.
        kind: the type of the certificate.
        claims: what was signed about the person.
        did: the issuer's.
        issuer: the name people read.
        issued_by: the issuer's https origin.
        status: its bitstring statuses, those of the certificate.
        language: ``nl`` or ``en``.
    """

    badge_id: str
    kind: CredentialType
    claims: JsonObject
    did: str
    issuer: str
    issued_by: str
    issued_at: datetime
    validity: Validity
    status: tuple[StatusReference, ...]
    language: str

    @property
    def title(self) -> str:
        """What people read on it."""
        return self.kind.title(self.language)


def sign_badge(badge: Badge, signer: Signer) -> JsonObject:
    """The badge with its eddsa-rdfc-2022 proof; the same badge gives the same document.

    Args:
        badge: what it says.
        signer: the issuer's Ed25519 key, its public half under the full DID URL.

    Raises:
        ValueError: the key has no id, or a status is no bitstring status.
        UnsupportedError: ``cryptosuite_not_allowed`` for another kind of key.
        MalformedError: ``badge_malformed``: it would not be a badge.
    """
    if signer.public.key_id is None:
        raise ValueError("the issuer's key needs its full DID URL")
    document = _document(badge)
    options = ProofOptions(
        verification_method=signer.public.key_id,
        purpose=ASSERTION,
        created=format_time(badge.issued_at),
    )
    signed = {**document, "proof": EDDSA_RDFC_2022.sign(document, options, signer)}
    check_badge(signed)
    return signed


def baked_svg(signed: JsonObject, face: Face) -> bytes:
    """The picture with the badge inside, as SVG (Open Badges 3.0, section 5.3.2)."""
    return bake_svg(badge_svg(face), signed)


def baked_png(signed: JsonObject, face: Face) -> bytes:
    """The picture with the badge inside, as PNG (Open Badges 3.0, section 5.3.1)."""
    return bake_png(badge_png(badge_svg(face)), signed)


def _document(badge: Badge) -> JsonObject:
    document: JsonObject = {
        "@context": [V2_CONTEXT, OPEN_BADGES_CONTEXT],
        "id": badge.badge_id,
        "type": [CREDENTIAL, BADGE],
        "name": badge.title,
        "issuer": {
            "id": badge.did,
            "type": ["Profile"],
            "name": badge.issuer,
            "url": badge.issued_by,
        },
        "validFrom": format_time(badge.validity.valid_from or badge.issued_at),
        "credentialSubject": _subject(badge),
    }
    if badge.validity.valid_until is not None:
        document["validUntil"] = format_time(badge.validity.valid_until)
    if badge.status:
        document["credentialStatus"] = status_entries(badge.status)
    return document


def _subject(badge: Badge) -> JsonObject:
    """The person by name, since there is no key; what was achieved; how well."""
    skills = _skills(badge.claims)
    subject: JsonObject = {"type": ["AchievementSubject"], "achievement": _achievement(badge)}
    name = " ".join(
        str(badge.claims[path]) for path in ("given_name", "family_name") if path in badge.claims
    )
    subject["identifier"] = [
        {
            "type": "IdentityObject",
            "hashed": False,
            "identityHash": name or badge.badge_id,
            "identityType": "name" if name else "identifier",
        }
    ]
    if skills:
        subject["result"] = [
            {
                "type": ["Result"],
                "resultDescription": _result_id(badge, skill),
                "value": str(skill["level"]),
            }
            for skill in skills
        ]
    number = badge.claims.get("document_number")
    if isinstance(number, str):
        subject["licenseNumber"] = number
    happened = milestone(badge.claims)
    if happened is not None:
        subject["activityEndDate"] = f"{happened[1].isoformat()}T00:00:00Z"
    return subject


def _achievement(badge: Badge) -> JsonObject:
    kind, language = badge.kind, badge.language
    grade = sentence(f"document.grade.{kind.evidence_grade}", language)
    achievement: JsonObject = {
        "id": kind.url,
        "type": ["Achievement"],
        "achievementType": _KINDS.get(kind.evidence_grade, _OTHER_KIND),
        "name": badge.title,
        "description": sentence(
            "badge.description", language, title=badge.title, issuer=badge.issuer
        ),
        "criteria": {"narrative": sentence("badge.criteria", language, grade=grade)},
        "inLanguage": language,
    }
    skills = _skills(badge.claims)
    links = [link for skill in skills for link in _alignment(skill, language)]
    if links:
        achievement["alignment"] = [*links]
    if skills:
        achievement["resultDescription"] = [
            {
                "id": _result_id(badge, skill),
                "type": ["ResultDescription"],
                "name": str(skill[f"label_{language}"]),
                "resultType": "PerformanceLevel",
                "valueMin": "1",
                "valueMax": str(_MAX_LEVEL),
            }
            for skill in skills
        ]
    return achievement


def _skills(claims: JsonObject) -> list[JsonObject]:
    stated = claims.get("skills")
    return [one for one in stated if isinstance(one, dict)] if isinstance(stated, list) else []


def _alignment(skill: JsonObject, language: str) -> list[JsonObject]:
    """The same skill in other schemes, by their own address."""
    links = skill.get("alignment")
    return [
        {
            "type": ["Alignment"],
            "targetName": str(link["label"]),
            "targetUrl": str(link["uri"]),
            "targetFramework": str(link["scheme"]),
            "targetDescription": str(skill[f"label_{language}"]),
        }
        for link in (links if isinstance(links, list) else [])
        if isinstance(link, dict)
    ]


def _result_id(badge: Badge, skill: JsonObject) -> JsonValue:
    return f"{badge.kind.url}#{skill['skill']}"
