"""Certificates and cards to set in tests; people and firms are fictional."""

from datetime import UTC, datetime

from credentials.encoding import JsonObject
from issuer.documents.cards import ClaimCard, ClaimSheet
from issuer.documents.certificates import Certificate
from schemas import catalog
from skills.framework import statement

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
ID = "urn:uuid:6f9619ff-8b86-4011-b42d-00c04fc964ff"
CHECK_AT = "https://kijk.skillspass.example"

WELDER: JsonObject = {
    "given_name": "Ahmet",
    "family_name": "Yılmaz",  # noqa: RUF001 - his name
    "document_number": "LM-26001",
    "date_of_test": "2026-11-09",
    "process": "135",
    "product_type": "P",
    "joint": "FW",
    "material_group": "FM1",
    "thickness": "3-12",
    "position": ["PA", "PB", "PF"],
    "route": "b",
    "skills": [statement("las-mag", 2), statement("las-wps", 3)],
}


def certificate(
    type_id: str = "lascertificaat-mag",
    claims: JsonObject | None = None,
    *,
    language: str = "nl",
    issuer: str = "Vakschool De Lasboog",
    wire: JsonObject | str = "eyJ0eXAiOiJkYytzZC1qd3QifQ.e30.c2ln~",
) -> Certificate:
    """A certificate of one type; by default a welder's."""
    return Certificate(
        kind=catalog.credential_type(type_id),
        claims=WELDER if claims is None else claims,
        issuer=issuer,
        issued_by="https://lasboog.example",
        issued_at=AT,
        credential_id=ID,
        format="ldp_vc" if isinstance(wire, dict) else "dc+sd-jwt",
        wire=wire,
        check_at=CHECK_AT,
        language=language,
        sample=True,
    )


def sheet(*people: str, language: str = "nl") -> ClaimSheet:
    """Cards for these people, numbered in the link and the PIN."""
    return ClaimSheet(
        cards=tuple(
            ClaimCard(
                number=number,
                person=person,
                title="Vakcertificaat CNC-frezen",
                link=f"https://paspoort.example/receive?credential_offer_uri={number:08}",
                pin=f"{731000 + number}",
                until=datetime(2026, 12, 21, tzinfo=UTC),
            )
            for number, person in enumerate(people, 1)
        ),
        group="klas CNC-26",
        issuer="Vakschool De Lasboog",
        printed_at=AT,
        language=language,
        sample=True,
    )
