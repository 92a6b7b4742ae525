"""Skills and levels in the row of a class list, into the statements of a credential."""

from issuer.class_list_faults import Action, Problem, Words, echo
from issuer.class_list_reading import Reading
from issuer.class_list_text import repaired
from issuer.class_list_values import count_words, read_level
from schemas.files import JsonObject
from schemas.messages import LANGUAGES
from skills.framework import Skill

_OR = {"nl": "of", "en": "or"}


def read_skills(reading: Reading) -> list[JsonObject]:
    """The statements of every pair of skill and level that is filled in; faults are noted."""
    found: dict[str, int] = {}
    for skill_column, level_column in reading.plan.pairs:
        label, written = reading.cell(skill_column), reading.cell(level_column)
        if label is None or written is None or not (label or written):
            continue
        skill = _skill(reading, skill_column, label)
        level = None
        if not written:
            reading.add(level_column, Problem("level_missing"))
        else:
            read = read_level(written)
            level = read.value
            if read.problem is not None:
                reading.add(level_column, read.problem)
        if skill is None or level is None:
            continue
        if skill.id in found:
            reading.add(skill_column, Problem("skill_twice", words={"written": echo(label)}))
        found[skill.id] = level
    statement = reading.plan.statement
    return [statement(skill_id, level) for skill_id, level in found.items()]


def _skill(reading: Reading, column: str, label: str) -> Skill | None:
    if not label:
        reading.add(column, Problem("skill_missing"))
        return None
    found = reading.plan.framework.find(label) or reading.plan.framework.find(repaired(label))
    if len(found) == 1:
        return found[0]
    words: Words = {"written": echo(label)}
    if not found:
        reading.add(column, Problem("skill_unknown", words=words))
        return None
    words = {
        **words,
        "count": count_words(len(found)),
        "choices": {language: _choices(found, language) for language in LANGUAGES},
    }
    reading.add(column, Problem("skill_ambiguous", Action.ROW_HELD, words=words))
    return None


def _choices(skills: tuple[Skill, ...], language: str) -> str:
    labels = [_inside(skill.label(language), language) for skill in skills]
    return f"{', '.join(labels[:-1])} {_OR[language]} {labels[-1]}"


def _inside(label: str, language: str) -> str:
    """A label inside an English sentence: small letter, unless the word is an abbreviation."""
    first = label.split(maxsplit=1)[0]
    ordinary = first[1:] == first[1:].lower() and len(first) > 1
    return label[0].lower() + label[1:] if language == "en" and ordinary else label
