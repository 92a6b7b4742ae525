"""No character of what travels can be changed: the strict tamper test of every format.

Each character of a signature is replaced by every other one of its alphabet, each character
elsewhere by three others. Only our own errors may come out of it, and nothing may be accepted.
A check of BBS costs as much as ten others, so there one change of many stands for all.
"""

import json
import re
from collections.abc import Iterator
from itertools import islice

import pytest

from credentials.bbs_keys import PairingAlgorithm
from credentials.errors import CredentialError
from credentials.model import Wire
from tests.formats.conftest import Sample

BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))

TEXT_SIGNATURE = re.compile(r"\.([A-Za-z0-9_-]+)(?=~|$)")
"""The third part of a JWT: the issuer's before the first ``~``, the holder's at the end.

In a presentation that is one JWT the credential with its signature lies inside the payload.
"""

JSON_SIGNATURE = re.compile(r'"proofValue":"(z[^"]+)"')
PARTIAL_SIGNATURE = re.compile(r'"proofValue":"(u[^"]+)"')
"""A derived proof: a thousand characters, so that each is replaced by three others only, and the
last one, which may have spare bits, by all."""


def travelling(wire: Wire) -> str:
    """The text itself, or the document as JSON without insignificant white space."""
    return wire if isinstance(wire, str) else json.dumps(wire, separators=(",", ":"))


def mutations(text: str) -> Iterator[tuple[int, str]]:
    """Every position with every character to put there."""
    is_json = text.startswith("{")
    pattern, alphabet = (JSON_SIGNATURE, BASE58) if is_json else (TEXT_SIGNATURE, BASE64URL)
    elsewhere = PRINTABLE if is_json else BASE64URL + ".~="
    signatures = [range(*match.span(1)) for match in pattern.finditer(text)]
    partial = [range(*match.span(1)) for match in PARTIAL_SIGNATURE.finditer(text)]
    assert len(signatures) + len(partial) == (2 if is_json or "~" in text else 1)
    for position, character in enumerate(text):
        if any(position in signature for signature in signatures):
            yield from ((position, other) for other in alphabet if other != character)
        elif any(position == signature[-1] for signature in partial):
            yield from ((position, other) for other in BASE64URL if other != character)
        else:
            yield from ((position, other) for other in others(character, elsewhere))


def others(character: str, alphabet: str) -> set[str]:
    """Three other characters: the next one, one far away, and one of another kind."""
    place = alphabet.find(character)
    return {alphabet[(place + step) % len(alphabet)] for step in (1, 13, 29)} - {character}


def accepted(sample: Sample, text: str) -> bool:
    """Whether the altered presentation passes every check; other errors than ours rise."""
    try:
        sample.accepted(text)
    except CredentialError:
        return False
    return True


def test_the_untouched_presentation_is_accepted(sample: Sample) -> None:
    assert accepted(sample, travelling(sample.presented()))


def step_of(sample: Sample) -> int:
    """How many changes one stands for; a prime, so that all three kinds of change occur."""
    return 23 if sample.issuer.public.algorithm is PairingAlgorithm.BBS else 1


@pytest.mark.timeout(600)
def test_no_changed_character_is_accepted(sample: Sample) -> None:
    text = travelling(sample.presented())
    tried = 0
    passed = []
    step = step_of(sample)
    for position, character in islice(mutations(text), 0, None, step):
        tried += 1
        if accepted(sample, text[:position] + character + text[position + 1 :]):
            passed.append((position, text[position], character))
    assert passed == []
    assert tried * step > 3 * len(text)


def test_no_character_can_be_left_out_or_doubled(sample: Sample) -> None:
    text = travelling(sample.presented())
    for position, character in islice(enumerate(text), 0, None, step_of(sample)):
        shorter = text[:position] + text[position + 1 :]
        longer = text[:position] + 2 * character + text[position + 1 :]
        assert not accepted(sample, shorter), position
        assert not accepted(sample, longer), position


def test_white_space_between_members_says_nothing_and_elsewhere_is_refused(
    sample: Sample,
) -> None:
    wire = sample.presented()
    if isinstance(wire, dict):
        assert accepted(sample, json.dumps(wire, indent=1))
    else:
        separators = (wire.find(separator) for separator in ".~")
        for place in {0, len(wire), *separators} - {-1}:
            assert not accepted(sample, f"{wire[:place]} {wire[place:]}")
