"""The passport and its history as JSON, for programs on the command line."""

from collections.abc import Sequence

from credentials.encoding import JsonObject, JsonValue
from wallet.holder.history import Shown, shown_credential_json
from wallet.holder.passport import Card, Passport, SkillLine


def passport_json(passport: Passport) -> JsonObject:
    """The whole passport: name, proofs, skills."""
    proofs: list[JsonValue] = [_card(each) for each in passport.cards]
    skills: list[JsonValue] = [_skill(each) for each in passport.skills]
    return {"name": passport.name, "proofs": proofs, "skills": skills}


def history_json(entries: Sequence[Shown]) -> JsonObject:
    """What was shown to whom, newest first."""
    shown: list[JsonValue] = [
        {
            "at": entry.at.isoformat(),
            "name": entry.name,
            "host": entry.host,
            "answered": entry.answered,
            "credentials": [shown_credential_json(each) for each in entry.credentials],
        }
        for entry in entries
    ]
    return {"history": shown}


def _card(card: Card) -> JsonObject:
    return {
        "id": card.id,
        "type": card.credential.type,
        "title": {**card.titles},
        "grade": card.grade,
        "giver": {"id": card.giver.id, "name": card.giver.name, "listed": card.giver.listed},
        "issued_on": card.issued_on.isoformat(),
        "until": card.until.isoformat() if card.until else None,
        "standing": card.standing.value,
        "shown_whole": not card.selective,
    }


def _skill(line: SkillLine) -> JsonObject:
    sources: list[JsonValue] = [
        {
            "proof": source.card_id,
            "giver": source.giver_name,
            "issued_on": source.issued_on.isoformat(),
            "grade": source.grade,
            "level": source.level,
        }
        for source in line.sources
    ]
    return {
        "skill": line.skill,
        "label": {**line.labels},
        "level": line.level,
        "grade": line.grade,
        "sources": sources,
    }
