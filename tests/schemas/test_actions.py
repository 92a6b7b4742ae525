"""What can be done about a gap: each gap has an action, each action its next step and who pays."""

from schemas.files import Entry, read_entry
from skills.framework import metalektro
from skills.profiles import profiles
from tests.house.sources import ROOT

ACTIONS = ROOT / "schemas" / "skills" / "actions.yaml"
GAPS = {"missing", "level", "proof", "certificate"}
KINDS = {"hard", "soft", "transversal"}
TEXTS = ("label", "next", "pays", "proof")
MOST_WORDS = 15


def actions() -> tuple[Entry, ...]:
    """The actions as they are written."""
    return read_entry(ACTIONS).entries("actions", key="id")


def test_every_gap_of_every_skill_has_an_action() -> None:
    kinds = {str(skill.kind) for skill in metalektro().skills.values()}
    assert kinds <= KINDS
    for gap in GAPS:
        some = [each for each in actions() if gap in each.texts("gaps")]
        for kind in kinds:
            assert any(kind in (each.texts("kinds") or (kind,)) for each in some), (gap, kind)


def test_an_action_has_its_texts_and_a_usual_time() -> None:
    for each in actions():
        assert set(each.texts("gaps")) <= GAPS
        assert set(each.texts("kinds")) <= KINDS
        assert 0 < each.number("days") <= 366
        for name in TEXTS:
            both = [each.text(f"{name}_{language}") for language in ("nl", "en")]
            sentences = [part for text in both for part in text.rstrip(".").split(". ")]
            assert max(len(part.split()) for part in sentences) <= MOST_WORDS, (each.id, name)


def test_nothing_that_changes_or_was_not_confirmed_is_told() -> None:
    told = " ".join(each.text(f"{name}_nl") for each in actions() for name in TEXTS)
    assert not any(word in told for word in ("STAP", "euro", "€"))


def test_lighter_work_is_work_that_is_known() -> None:
    lighter = read_entry(ACTIONS).texts("lighter")
    assert set(lighter) <= set(profiles())
    assert "kwaliteitscontroleur" in lighter
