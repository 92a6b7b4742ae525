"""The recovery card: every slip of the pen is found, and named, before anything is tried."""

import random
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import CredentialError, RejectedError
from wallet.holder.events import CROCKFORD
from wallet.holder.recovery import auth, code_of, locator, new_code, secret_of, wrong_groups


@given(st.binary(min_size=20, max_size=20))
def test_a_code_comes_back_however_it_is_typed(secret: bytes) -> None:
    code = code_of(secret)
    assert len(code) == 44
    spelled = code.lower().replace("0", "o").replace("1", "l").replace("-", " ")
    assert secret_of(code) == secret_of(spelled) == secret


def test_codes_differ() -> None:
    assert new_code(entropy=secrets.token_bytes) != new_code(entropy=secrets.token_bytes)


def test_h098_one_wrong_character_names_its_group() -> None:
    chance = random.Random(98)  # noqa: S311 - a fixed choice of mistakes
    code = code_of(chance.randbytes(20))
    groups = code.split("-")
    for number, group in enumerate(groups, 1):
        place = chance.randrange(4)
        letter = chance.choice([each for each in CROCKFORD if each != group[place]])
        typed = "-".join(
            [*groups[: number - 1], group[:place] + letter + group[place + 1 :], *groups[number:]]
        )
        with pytest.raises(RejectedError, match="recovery_checksum"):
            secret_of(typed)
        assert number in wrong_groups(typed)


def test_h098_two_swapped_groups_are_both_named() -> None:
    groups = code_of(bytes(range(20))).split("-")
    groups[1], groups[6] = groups[6], groups[1]
    assert set(wrong_groups("-".join(groups))) >= {2, 7}


def test_what_the_service_is_told_is_not_the_secret() -> None:
    secret = secrets.token_bytes(20)
    told = {locator(secret), auth(secret)}
    assert len(told) == 2
    assert all(len(each) == 32 and secret not in each for each in told)


@given(st.text(max_size=60))
def test_any_text_is_a_code_or_our_error(text: str) -> None:
    wrong_groups(text)
    with pytest.raises(CredentialError):
        secret_of(text)
