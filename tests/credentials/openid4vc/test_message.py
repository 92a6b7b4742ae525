"""What all messages share: addresses in one spelling."""

import pytest

from credentials.openid4vc.message import is_https_url, origin


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://Issuer.Example/a?b", "https://issuer.example"),
        ("https://issuer.example:443/", "https://issuer.example"),
        ("https://issuer.example:8443/", "https://issuer.example:8443"),
        ("https://[2001:DB8::1]/a", "https://[2001:db8::1]"),
        ("https://[2001:db8::1]:8443/a", "https://[2001:db8::1]:8443"),
    ],
)
def test_an_origin_has_one_spelling_and_is_an_address_itself(url: str, expected: str) -> None:
    assert origin(url) == expected
    assert is_https_url(origin(url))
