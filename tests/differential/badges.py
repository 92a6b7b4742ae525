"""An Open Badge with as many skills as asked: a document from outside, for tests and benchmarks."""

from credentials.encoding import JsonObject, JsonValue

OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"

_SKILLS = (
    ("Machinebankwerken", "http://data.europa.eu/esco/skill/5ce59ff8", "niveau 3"),
    ("CNC-draaien", "https://linkeddata.competentnl.nl/id/human-capability/8f2b6a51", "niveau 2"),
    ("TIG-lassen", "http://data.europa.eu/esco/skill/0d4a0b0e", "niveau 3"),
    (
        "Tekening lezen",
        "https://linkeddata.competentnl.nl/id/human-capability/1c7c6d1e",
        "niveau 2",
    ),
    ("Veilig werken", "http://data.europa.eu/esco/skill/77a1b9c3", "basis"),
    ("Meten", "https://linkeddata.competentnl.nl/id/human-capability/5b1d7f7e", "niveau 4"),
)


def badge(skills: int = 6, *, issuer: str = "did:web:issuer.skillspass.example") -> JsonObject:
    """An achievement with alignments: 46 statements and 7 blank nodes with six skills."""
    alignments: list[JsonValue] = []
    for number in range(skills):
        name, url, code = _SKILLS[number % len(_SKILLS)]
        alignments.append(
            {
                "type": ["Alignment"],
                "targetName": name,
                "targetUrl": f"{url}-{number}",
                "targetCode": code,
            }
        )
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2", OPEN_BADGES],
        "id": "urn:uuid:7b3e9a52-0c0f-4a6f-9b0e-000000000001",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Certificaat allround verspaner",
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Vakschool Metalektro Zuid"},
        "validFrom": "2026-11-01T09:00:00Z",
        "validUntil": "2031-11-01T09:00:00Z",
        "credentialSubject": {
            "id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://opleidingen.example.nl/achievements/allround-verspaner",
                "type": ["Achievement"],
                "name": "Allround verspaner",
                "description": 'Met goed gevolg afgerond "op de werkvloer".',
                "criteria": {"narrative": "Praktijktoets van 16 uur, twee assessoren."},
                "alignment": alignments,
            },
        },
    }
