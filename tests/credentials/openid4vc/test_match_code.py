"""The number to read aloud."""

from credentials.openid4vc.match_code import match_code


def test_the_number_has_four_digits_and_depends_on_nonce_and_answer() -> None:
    first = match_code("n-1", {"a": ["x~"], "b": [{"type": "VerifiablePresentation"}]})
    again = match_code("n-1", {"b": [{"type": "VerifiablePresentation"}], "a": ["x~"]})
    assert first == again
    assert len(first) == 4
    assert first.isdigit()
    others = {match_code(f"n-{number}", {"a": ["x~"]}) for number in range(50)}
    others |= {match_code("n-1", {"a": [f"{number}~"]}) for number in range(50)}
    assert len(others) > 90
