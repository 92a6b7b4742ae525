"""Passports of fictional people, as the keeper tells them to the screens."""

from copy import deepcopy
from typing import Any

from service.qr import qr_rows

LINK = "https://deel.skillspass.example/s/kQ7mZ2vT9xWqLr4nB8sYcA#Jm3vR8kTq2WxZ5nB7cLdYf4gHs6pQeUa1oKiMzXvTbE"
NAME = "Ahmet Yılmaz"  # noqa: RUF001 - so he writes it
GIVERS = {
    "school": {"name": "Vakschool De Lasboog", "host": "lasboog.example", "known": True},
    "centre": {"name": "Examencentrum Oost", "host": "examenoost.example", "known": True},
    "club": {"name": "Sportvereniging De Vecht", "host": "devecht.example", "known": False},
}


def card(name: str, titles: tuple[str, str], giver: str, **more: object) -> dict[str, Any]:
    """A proof as the passport lists it."""
    return {
        "id": name,
        "title_nl": titles[0],
        "title_en": titles[1],
        "issuer": GIVERS[giver],
        "received": "2026-11-02T09:00:00Z",
        "from": "2024-06-14",
        "until": None,
        "standing": "valid",
        "reason": None,
        "checked": "2026-11-23T11:02:00Z",
        "icon": "",
        "grade": "accredited",
        "format": "dc+sd-jwt",
        "copies": 5,
        "older": False,
        "device_only": False,
        **more,
    }


def line(label: tuple[str, str], value: tuple[str, str]) -> dict[str, Any]:
    """A line on a proof."""
    both = {"value_nl": value[0], "value_en": value[1]}
    return {"nl": label[0], "en": label[1], **both, "content": True}


def skill(label: tuple[str, str], level: int, grade: str) -> dict[str, Any]:
    """A skill on a proof."""
    return {"label_nl": label[0], "label_en": label[1], "level": level, "grade": grade}


def entry(name: str, at: str, kind: str, texts: tuple[str, str], **more: object) -> dict[str, Any]:
    """A line of the log."""
    return {
        "id": name,
        "at": at,
        "type": kind,
        "nl": texts[0],
        "en": texts[1],
        "who": None,
        "lines_nl": [],
        "lines_en": [],
        "erasable": False,
        **more,
    }


CNC = card(
    "cnc",
    ("Vakcertificaat CNC-frezen", "Certificate CNC milling"),
    "school",
    icon="cog",
    grade="assessed",
)
VCA = card(
    "vca",
    ("VCA Basisveiligheid", "VCA Basic Safety"),
    "centre",
    icon="hard-hat",
    until="2031-03-09",
    **{"from": "2021-03-09"},
)
BHV = card(
    "bhv",
    ("BHV-certificaat", "Emergency response certificate"),
    "club",
    icon="heart-pulse",
    standing="ending",
    until="2027-02-01",
    grade="assessed",
)
MAG = card(
    "mag",
    ("Lascertificaat MAG (ISO 9606-1)", "Welder qualification MAG (ISO 9606-1)"),
    "school",
    icon="flame",
    standing="revoked",
    reason="de lasproef is overgedaan",
)
LIFT = card(
    "lift",
    ("Heftruckcertificaat", "Fork lift certificate"),
    "centre",
    icon="forklift",
    standing="suspended",
    reason="de herhaling is nog niet gedaan",
    device_only=True,
)

SHARES = [
    {
        "id": "s1",
        "made": "2026-11-21T12:00:00Z",
        "until": "2026-11-28T12:00:00Z",
        "views": 3,
        "max_views": None,
        "coded": True,
        "titles_nl": [CNC["title_nl"], VCA["title_nl"]],
        "titles_en": [CNC["title_en"], VCA["title_en"]],
        "last": "2026-11-22T13:10:00Z",
        "names": [{"at": "2026-11-22T13:10:00Z", "name": "Precisie Techniek Oost"}],
        "open": True,
    },
    {
        "id": "s2",
        "made": "2026-10-02T12:00:00Z",
        "until": "2026-10-09T12:00:00Z",
        "views": 1,
        "max_views": 3,
        "coded": False,
        "titles_nl": [BHV["title_nl"]],
        "titles_en": [BHV["title_en"]],
        "last": "2026-10-03T08:20:00Z",
        "names": [],
        "open": False,
    },
]

LOG = [
    entry(
        "e5",
        "2026-11-22T13:10:00Z",
        "share_opened",
        ("Deelkaart bekeken", "Share card looked at"),
        who="Precisie Techniek Oost",
    ),
    entry(
        "e4",
        "2026-11-21T12:00:00Z",
        "share_made",
        ("Deelkaart gemaakt", "Share card made"),
        lines_nl=[CNC["title_nl"], VCA["title_nl"]],
        lines_en=[CNC["title_en"], VCA["title_en"]],
    ),
    entry(
        "e3",
        "2026-11-12T08:30:00Z",
        "request_answered",
        ("Laten zien", "Shown"),
        who="Poort Ede",
        lines_nl=["VCA: geldig, ja of nee"],
        lines_en=["VCA: valid, yes or no"],
        erasable=True,
    ),
    entry(
        "e2",
        "2026-11-03T15:45:00Z",
        "request_refused",
        ("Nee gezegd", "Said no"),
        who="onbekende vrager",
    ),
    entry(
        "e1",
        "2026-11-02T09:00:00Z",
        "credential_added",
        ("Bewijs bewaard", "Proof kept"),
        who="Vakschool De Lasboog",
        lines_nl=[CNC["title_nl"]],
        lines_en=[CNC["title_en"]],
    ),
]

SKILLS = [
    skill(("CNC-frezen", "CNC milling"), 2, "assessed"),
    skill(
        ("Werkstuk opspannen en nulpunt zetten", "Clamping a work piece and setting zero"),
        3,
        "assessed",
    ),
    skill(
        ("Meten met schuifmaat en micrometer", "Measuring with calliper and micrometer"),
        3,
        "assessed",
    ),
    skill(("Technische tekening lezen", "Reading technical drawings"), 4, "manager"),
]
LINES = [
    line(("nummer van het bewijs", "document number"), ("CF-2024-0117", "CF-2024-0117")),
    line(("datum van de toets", "date of the test"), ("14 juni 2024", "14 June 2024")),
]
CODE = qr_rows(LINK)
SIZE = len(CODE)
PATH = "".join(
    f"M{x} {y}h1v1h-1z" for y, row in enumerate(CODE) for x, dark in enumerate(row) if dark == "1"
)

WAYS = {
    "slots": [
        {"id": "p", "kind": "prf", "at": "2026-11-02T09:05:00Z", "this": True},
        {"id": "r", "kind": "rec", "at": "2026-11-02T09:06:00Z", "this": False},
    ],
    "passkeys": [
        {"id": "k", "at": "2026-11-02T09:05:00Z", "seen": "2026-11-23T11:00:00Z", "this": True}
    ],
    "logins": [
        {"id": "l", "device": "Telefoon, Chrome", "seen": "2026-11-23T11:00:00Z", "this": True},
        {"id": "m", "device": "Computer, Firefox", "seen": "2026-11-19T19:20:00Z", "this": False},
    ],
}


def scene(screen: str = "passport", name: str = "", **changed: bool | str) -> dict[str, Any]:
    """Ahmet's passport, open at a screen; ``changed`` are members of its state."""
    state = {
        "state": "open",
        "language": "nl",
        "safe": True,
        "offline": False,
        "update": False,
        "screen": {"name": screen, "id": name},
        **changed,
    }
    cards = [CNC, VCA, BHV]
    detail = {"lines": LINES, "skills": SKILLS, "shown": LOG[2:3]}
    return deepcopy(
        {
            "state": state,
            "list": {"cards": cards, "name": NAME, "shares": SHARES, "notices": []},
            "card": {one["id"]: {**one, **detail} for one in [*cards, MAG, LIFT]},
            "log": LOG,
            "slots": WAYS,
            "qr": {"s1": {**SHARES[0], "svg": PATH, "size": SIZE, "link": LINK}},
            "scan": {
                "text": "https://wallet.skillspass.example/o#https://lasboog.example/offers/1"
            },
            "receive": {"done": True, "id": "cnc"},
            "share": {"done": True, "id": "s1"},
        }
    )


def troubled() -> dict[str, Any]:
    """A passport with everything that can be wrong."""
    found = scene(safe=False)
    found["list"]["cards"] += [MAG, LIFT]
    found["list"]["notices"] = [
        {"kind": "unsafe", "id": None},
        {"kind": "withdrawn", "id": "mag"},
        {"kind": "ending", "id": "bhv"},
    ]
    return found


def empty(**changed: bool | str) -> dict[str, Any]:
    """A passport with nothing in it."""
    found = scene()
    found["state"] |= changed
    found["list"] = {"cards": [], "name": "", "shares": [], "notices": []}
    return found


SCENES = {
    "start": empty(state="new", safe=False),
    "locked": empty(state="locked"),
    "empty": empty(safe=False),
    "passport": scene(),
    "troubled": troubled(),
    "card": scene("card", "cnc"),
    "withdrawn": {**troubled(), "state": scene("card", "mag")["state"]},
    "add": scene("add"),
    "show": scene("show"),
    "shares": scene("shares"),
    "share": scene("share", "s1"),
    "log": scene("log"),
    "settings": scene("settings"),
    "safe": scene("safe"),
    "unsafe": {**scene("safe", safe=False), "slots": {**WAYS, "slots": WAYS["slots"][:1]}},
    "devices": scene("devices"),
    "take": scene("take"),
    "wipe": scene("wipe"),
    "about": scene("about"),
    "help": scene("help"),
    "offline": scene(offline=True),
}
"""Every screen, and the states in which one looks different."""
