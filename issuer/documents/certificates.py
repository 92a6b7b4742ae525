"""The certificate on paper: one page to hold, and the credential itself inside the file.

PDF/A-3a (ISO 19005-3) with the credential as associated file, and PDF/UA-1 (ISO 14289-1). Paper
never says "still valid"; who wants to know scans the code and gives the file to a reader's check.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from credentials.encoding import JsonObject, JsonValue
from credentials.model import Wire
from issuer.documents import facts
from schemas.credential_types import CredentialType
from schemas.messages import sentence
from service.certificate_files import locator
from service.dates import in_words, local_day
from service.qr import qr_rows
from service.typesetting import NOTO, document, pictures

LAYOUTS = Path(__file__).parent

MEDIA_TYPES = {"ldp_vc": ("application/vc", "json"), "dc+sd-jwt": ("application/dc+sd-jwt", "txt")}
"""Media type and ending of what is attached, by credential format."""

SCREEN_PIXELS = 110
"""An inch of the picture: two pixels of a page that is shown at half its size."""

_TEXTS = (
    *("of", "number", "facts", "validity", "signed", "strength", "how", "how_2", "how_3"),
    *("how_4", "sample", "unprinted"),
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """One issued credential, as it goes on paper.

    Attributes:
        kind: its type.
        claims: what was signed about the person.
        issuer: the name people read.
        issued_by: the issuer's https origin.
        issued_at: when it was signed.
        credential_id: ``urn:uuid``.
        format: ``ldp_vc`` or ``dc+sd-jwt``.
        wire: the credential itself.
        check_at: origin of the verifier that the code leads to.
        language: ``nl`` or ``en``.
        sample: the people are fictional, and the paper says so.
    """

    kind: CredentialType
    claims: JsonObject
    issuer: str
    issued_by: str
    issued_at: datetime
    credential_id: str
    format: str
    wire: Wire
    check_at: str
    language: str
    sample: bool = False

    @property
    def holder(self) -> str:
        """The person's whole name; empty where the type holds none."""
        parts = (self.claims.get("given_name"), self.claims.get("family_name"))
        return " ".join(part for part in parts if isinstance(part, str))

    @property
    def check_link(self) -> str:
        """Where the code leads: a verifier's page that takes the file, and which paper it was."""
        return f"{self.check_at}/check?paper={locator(self.credential_id)}"


def short_number(credential_id: str) -> str:
    """What stands on paper as its number where the type has none: ``6F96-19FF``."""
    digits = credential_id.removeprefix("urn:uuid:").upper()
    return f"{digits[:4]}-{digits[4:8]}"


def certificate_pdf(made: Certificate, *, other_fonts: tuple[Path, ...] = NOTO) -> bytes:
    """Set a certificate; the same credential gives the same file.

    Raises:
        KeyError: a format other than those in ``MEDIA_TYPES``.
        RejectedError: ``qr_too_large``: the verifier's address is too long for a code.
    """
    return document(
        LAYOUTS / "certificate.typ",
        _data(made),
        attached=as_text(made.wire),
        other_fonts=other_fonts,
    )


def certificate_picture(made: Certificate) -> bytes:
    """Its first page as PNG, to look at before it is printed.

    Raises:
        RejectedError: ``qr_too_large``, as for the file.
    """
    return pictures(LAYOUTS / "certificate.typ", _data(made), pixels_per_inch=SCREEN_PIXELS)[0]


def as_text(wire: Wire) -> str:
    """A credential as the text that travels in a file."""
    if isinstance(wire, str):
        return wire
    return json.dumps(wire, ensure_ascii=False, indent=1)


def _data(made: Certificate) -> JsonObject:
    """Everything the layout needs: what it prints, and what it says about the attached file."""
    media_type, ending = MEDIA_TYPES[made.format]
    file_name = f"{sentence('document.file', made.language)}.{ending}"
    return {
        **_page(made, file_name),
        "attach": {
            "name": file_name,
            "mime": media_type,
            "about": sentence("document.attached", made.language),
        },
    }


def _page(made: Certificate, file_name: str) -> JsonObject:
    """Everything the layout prints."""
    language = made.language

    def say(key: str, **values: object) -> str:
        return sentence(f"document.{key}", language, **values)

    given = str(made.claims.get("given_name") or made.holder)
    title, scheme = _titles(made.kind.title(language))
    happened = facts.milestone(made.claims)
    number = made.claims.get("document_number") or short_number(made.credential_id)
    site = urlsplit(made.check_at).netloc
    texts: JsonObject = {key: say(key) for key in _TEXTS}
    return {
        "lang": language,
        "text": {
            **texts,
            "skills": _around(say("skills", name="\n") if given else say("skills_nameless")),
            "how_1": _around(say("how_1", site="\n")),
            "old": say("old", file=file_name),
            "qr": say("qr", site=site),
            "page": _around(say("page", page="\n", total="\n")),
        },
        "sample": made.sample,
        "issuer": {
            "name": made.issuer,
            "short": initials(made.issuer),
            "site": urlsplit(made.issued_by).netloc,
        },
        "number": str(number),
        "holder": made.holder,
        "given": given,
        "title": title,
        "scheme": scheme,
        "done": _around(say(f"done.{happened[0]}", name="\n", day=in_words(happened[1], language)))
        if happened is not None
        else [],
        "facts": facts.facts(made.kind, made.claims, language),
        "skills": facts.skills(made.claims, language),
        "steps": facts.steps(made.kind, made.claims, issued_at=made.issued_at, language=language),
        "grade": made.kind.evidence_grade,
        "grade_words": say(f"grade.{made.kind.evidence_grade}"),
        "issued": local_day(made.issued_at).isoformat(),
        "issued_words": say("on", day=in_words(made.issued_at, language)),
        "check": {"rows": [*qr_rows(made.check_link)], "site": site},
    }


def initials(name: str) -> str:
    """Two letters for the mark of an organisation."""
    words = [word for word in name.split() if word[0].isalnum() and word[0].isupper()]
    return "".join(word[0] for word in (words or name.split())[:2]).upper()


def _titles(title: str) -> tuple[str, str]:
    """The name of a type and what stands in brackets behind it."""
    name, bracket, rest = title.partition(" (")
    return (name, rest.removesuffix(")")) if bracket else (title, "")


def _around(text: str) -> list[JsonValue]:
    """The pieces of a sentence around what the layout fills in itself."""
    return [*text.split("\n")]
