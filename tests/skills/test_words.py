"""Dutch words: one stem for all forms, compounds apart, and what a sentence does not claim."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import catalog
from schemas.files import DataFileError, Entry
from skills.framework import metalektro
from skills.words import MAX_TEXT, atoms, claimed, fold, lexicon, load, sentences, stem

KNOWN = lexicon()


@pytest.mark.parametrize(
    "forms",
    [
        ("lassen", "las", "gelast", "lasser", "lassers"),
        ("frezen", "frees", "freest", "gefreesd", "frezer"),
        ("draaien", "draai", "draait", "gedraaid", "draaide", "draaier"),
        ("slijpen", "slijp", "slijpt", "geslepen"),
        ("monteren", "monteer", "monteert", "gemonteerd", "monteur"),
        ("controleren", "controleer", "gecontroleerd", "kontroleren"),
        ("uitlijnen", "uitgelijnd", "uitleinen"),
        ("matrijs", "matrijzen"),
        ("aluminium", "alluminium", "alu"),
        ("platen", "plaat", "plaatjes"),
    ],
    ids=lambda forms: forms[0],
)
def test_all_forms_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(form, KNOWN) for form in forms}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("last", "lassen"), ("lager", "lagen"), ("kanten", "kantine"), ("meter", "meten")],
)
def test_words_that_only_look_alike_stay_apart(one: str, other: str) -> None:
    assert stem(one, KNOWN) != stem(other, KNOWN)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("lasrobot", ("lassen", "robot")),
        ("plasmasnijder", ("plasma", "snijden")),
        ("draaibank", ("draaien", "bank")),
        ("besturingskasten", ("besturen", "kast")),
        ("heftruck", ("heftruck",)),
        ("werkbank", ("werkbank",)),
    ],
)
def test_a_compound_is_taken_apart(word: str, parts: tuple[str, ...]) -> None:
    assert atoms(word, KNOWN) == tuple(stem(part, KNOWN) for part in parts)


def test_a_key_is_plain() -> None:
    assert fold("BHV'er") == "bhver"
    assert fold("Schema's") == "schema"
    assert fold("Coördinaten") == "coordinaten"
    assert [[each.key for each in one] for one in sentences("Ik las. En jij?")] == [
        ["ik", "las"],
        ["en", "jij"],
    ]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Ik kan lassen, maar frezen kan ik niet.", "ik kan lassen"),
        ("Lassen, dat kan ik niet.", ""),
        ("Niet alleen lassen maar ook draaien.", "niet alleen lassen maar ook draaien"),
        ("Als het niet veilig is stop ik", "als het niet veilig is stop ik"),
        ("Ik kan niet lassen en ik kan wel frezen", "en ik kan wel frezen"),
        ("Ik wil graag leren lassen", ""),
        ("Mijn broer last en ik frees", "en ik frees"),
        ("Hij kan goed lassen", ""),
        ("Ik heb last van mijn rug", "ik heb mijn rug"),
    ],
)
def test_what_is_denied_wished_or_anothers_is_left_out(text: str, kept: str) -> None:
    (tokens,) = sentences(text)
    left = [token.key for clause in claimed(tokens, KNOWN) for token in clause]
    joined = " ".join(left)
    assert joined == kept or joined == kept.removeprefix("en ")


@given(st.text(max_size=200))
def test_any_text_gives_plain_keys(text: str) -> None:
    for tokens in sentences(text):
        for token in tokens:
            assert token.key.isascii()
            assert all(part.isascii() for part in atoms(token.key, KNOWN))
        claimed(tokens, KNOWN)


def test_a_long_text_is_read_in_part() -> None:
    assert sum(len(each) for each in sentences("las " * MAX_TEXT)) == MAX_TEXT // 4


def test_the_words_are_of_skills_that_exist() -> None:
    assert KNOWN.words.keys() == metalektro().skills.keys()
    assert set(KNOWN.usual) <= metalektro().skills.keys()


def test_an_unknown_list_is_refused() -> None:
    fields = deepcopy(dict(catalog.words().fields))
    fields["wrods"] = []
    with pytest.raises(DataFileError, match=r"words\.yaml"):
        load(Entry("words.yaml", "", fields))
