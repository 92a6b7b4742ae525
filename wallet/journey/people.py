"""More fictional people for a class list, made from a seed in the list's own shape."""

import csv
import io
import random

SEED = 2026
"""Two runs with the same number of people meet the same people."""

FIRST_NUMBER = 90001
"""Trainee numbers of made people; the demo list stays below it."""

GIVEN = (
    "Aylin", "Bram", "Chantal", "Daan", "Elif", "Femke", "Gijs", "Hanneke", "Ilse", "Jeroen",
    "Karim", "Lotte", "Mehmet", "Nadia", "Oscar", "Paula", "Quinten", "Rosa", "Stijn", "Tess",
    "Umut", "Vera", "Wouter", "Xandra", "Yusuf", "Zoë",
)  # fmt: skip
"""Given names; none is a real person's on purpose."""

FAMILY = (
    ("", "Aalbers"), ("van den", "Broek"), ("", "Celik"), ("de", "Dreu"), ("", "Eikelboom"),
    ("", "Farouk"), ("van", "Gelder"), ("", "Haverkort"), ("", "Şimşek"), ("", "Jagersma"),
    ("", "Kowalczyk"), ("ten", "Lohuis"), ("", "Mulder"), ("", "Nieuwland"), ("", "Öztürk"),
    ("van der", "Plas"), ("", "Roelofs"), ("", "Schippers"), ("", "Tuinstra"), ("", "Veldkamp"),
)  # fmt: skip
"""Prefix and family name."""

RESULT, PASSED = "Resultaat", "behaald"
"""The column that decides who gets a proof, and its value for those who do."""


def passers(list_text: str) -> int:
    """How many rows of a class list passed."""
    return sum(row.get(RESULT) == PASSED for row in _rows(list_text))


def with_more_people(list_text: str, *, count: int) -> str:
    """The class list, lengthened until ``count`` people passed.

    A made person takes the course, dates and skills of a row that passed, and a name, number and
    address of their own. A list with enough people comes back unchanged.
    """
    rows = _rows(list_text)
    models = [row for row in rows if row.get(RESULT) == PASSED]
    missing = count - len(models)
    if missing <= 0 or not models:
        return list_text
    chance = random.Random(SEED)  # noqa: S311 - names for a demo, no secret
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(models[0]), delimiter=";", lineterminator="\r\n")
    for number in range(missing):
        writer.writerow(_person(chance.choice(models), FIRST_NUMBER + number, chance))
    end = "" if list_text.endswith("\n") else "\r\n"
    return list_text + end + out.getvalue()


def _rows(list_text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(list_text.removeprefix("\ufeff")), delimiter=";"))


def _person(model: dict[str, str], number: int, chance: random.Random) -> dict[str, str]:
    prefix, family = chance.choice(FAMILY)
    return model | {
        "Cursistnummer": str(number),
        "Voornaam": chance.choice(GIVEN),
        "Tussenvoegsel": prefix,
        "Achternaam": family,
        "E-mail privé": f"cursist{number}@thuis.example",
        "Opmerking": "",
    }
