"""Skills from what people say: measured on labelled sentences, silent where no skill is named."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.files import Entry, read_entry
from schemas.messages import known
from skills.framework import metalektro
from skills.profiles import profiles
from skills.suggestions import LIMIT, faults, of_certificates, of_job, suggest

CASES = Path(__file__).parents[1] / "cases"
SENTENCES = read_entry(CASES / "skills_sentences.yaml")
UNSEEN = read_entry(CASES / "skills_sentences_unseen.yaml")
FIRST = 3
LEAST_RECALL = 0.85


def labelled(half: str) -> tuple[Entry, ...]:
    return SENTENCES.entries(half, key="text")


def found(sentences: Iterable[Entry]) -> Iterator[bool]:
    """For each wanted skill of these sentences whether it is among the first three."""
    for each in sentences:
        first = {one.skill for one in suggest(each.text("text"))[:FIRST]}
        for want in each.texts("want"):
            yield bool(first & set(want.split("|")))


@pytest.mark.parametrize("half", ["held_out", "tuned", "fresh"])
def test_the_wanted_skill_is_among_the_first_three(half: str) -> None:
    hits = list(found(labelled(half)))
    assert len(hits) >= 60
    assert sum(hits) / len(hits) >= LEAST_RECALL


def test_it_holds_for_sentences_that_nobody_tuned_on() -> None:
    sentences = UNSEEN.entries("unseen", key="text")
    hits, silent = list(found(sentences)), UNSEEN.texts("unseen_silent")
    assert (len(sentences), len(silent)) == (40, 12)
    assert sum(hits) / len(hits) >= LEAST_RECALL
    assert [text for text in silent if suggest(text)] == []
    wanted = {
        skill for each in sentences for want in each.texts("want") for skill in want.split("|")
    }
    assert wanted <= metalektro().skills.keys()
    assert not {each.text("text") for each in sentences} & {
        each.text("text") for half in ("held_out", "tuned", "fresh") for each in labelled(half)
    }


@pytest.mark.parametrize("half", ["held_out_silent", "tuned_silent", "fresh_silent"])
def test_a_sentence_without_a_skill_gives_nothing(half: str) -> None:
    spoken = SENTENCES.texts(half)
    assert len(spoken) >= 10
    assert [text for text in spoken if suggest(text)] == []


def test_the_set_is_large_and_its_labels_exist() -> None:
    both = [*labelled("held_out"), *labelled("tuned")]
    assert len(both) >= 120
    texts = [each.text("text") for each in both]
    assert len(set(texts)) == len(texts)
    wanted = {skill for each in both for want in each.texts("want") for skill in want.split("|")}
    assert wanted <= metalektro().skills.keys()
    assert len(wanted) > 120


def test_the_reason_is_what_was_written() -> None:
    first = suggest("ik las al 20 jaar plaatwerk")[0]
    assert (first.skill, first.because, first.told) == ("las-mag", "words", ("las", "plaatwerk"))


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("ik zit op de hefrtuck", "heftruck"),
        ("freqentieregelaar aansluiten", "motor-aansluiten"),
        ("hydroliekslangen", "hydrauliek"),
    ],
)
def test_a_typing_fault_does_not_matter(text: str, skill: str) -> None:
    assert skill in {each.skill for each in suggest(text)}


def test_a_verb_written_apart_is_found() -> None:
    for text in ("ik lijn de pompen uit", "pompen uit te lijnen", "uitgelijnde pompen"):
        assert suggest(text)[0].skill == "uitlijnen"


def test_own_examples_lead_to_their_own_skill() -> None:
    skills = metalektro().skills.values()
    missed = [
        skill.id
        for skill in skills
        if skill.id not in {each.skill for each in suggest(skill.example_nl)[:FIRST]}
    ]
    assert len(missed) / len(skills) < 0.15


def test_labels_and_everyday_words_lead_to_their_own_skill() -> None:
    for skill in metalektro().skills.values():
        for text in (skill.label_nl, *skill.alt_nl):
            assert skill.id in {each.skill for each in suggest(text)}, text


def test_a_job_proposes_its_skills_and_a_certificate_what_it_proves() -> None:
    welder = profiles()["lasser-mag"]
    jobs = of_job(welder)
    assert jobs[0].skill == "las-mag"
    assert len(jobs) == len(welder.required) + len(welder.optional)
    assert jobs[0].told == ("Lasser MIG/MAG",)
    assert {each.skill for each in of_certificates(["bhv"])} == {"bhv"}
    assert of_certificates([]) == ()


def test_every_reason_has_a_sentence() -> None:
    for because in ("words", "job", "certificate", "none"):
        assert known(f"skills.suggested.{because}")


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("las", "las", 0), ("last", "las", 1), ("hefruck", "heftruck", 1), ("ab", "ba", 1)],
)
def test_letters_are_counted(one: str, other: str, count: int) -> None:
    assert faults(one, other, 2) == faults(other, one, 2) == count
    assert faults("lassen", "draaien", 1) == 2


@given(st.text(max_size=300))
def test_any_text_gives_at_most_six_known_skills(text: str) -> None:
    given_back = suggest(text)
    assert len(given_back) <= LIMIT
    assert {each.skill for each in given_back} <= metalektro().skills.keys()
    assert len({each.skill for each in given_back}) == len(given_back)
    assert all(each.told for each in given_back)
