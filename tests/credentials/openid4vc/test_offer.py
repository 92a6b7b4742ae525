"""Credential offers and their links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import JsonObject
from credentials.errors import CredentialError, MalformedError
from credentials.openid4vc.message import ProtocolError, write_message
from credentials.openid4vc.offer import (
    MAX_OFFER_BYTES,
    TxCode,
    create_offer,
    offer_link,
    parse_offer,
    parse_offer_link,
)

ISSUER = "https://issuer.skillspass.example"
OFFER_URI = f"{ISSUER}/offers/Zm9v"


def test_an_offer_survives_the_wire() -> None:
    offer = create_offer(
        ISSUER,
        ["heftruck.dc+sd-jwt"],
        pre_authorized_code="code",
        tx_code=TxCode(length=6, description="De code van je trainer"),
    )
    read = parse_offer(write_message(offer))
    assert read == offer
    assert read.configuration_ids == ("heftruck.dc+sd-jwt",)
    assert read.pre_authorized_code == "code"
    assert read.tx_code == TxCode(length=6, description="De code van je trainer")


def test_a_code_never_shows_in_a_trace() -> None:
    offer = create_offer(ISSUER, ["a"], pre_authorized_code="geheim-123")
    assert "geheim-123" not in repr(offer)


def test_an_offer_without_transaction_code_asks_none() -> None:
    offer = create_offer(ISSUER, ["a"], pre_authorized_code="code")
    assert parse_offer(write_message(offer)).tx_code is None


@pytest.mark.parametrize(
    "change",
    [
        {"credential_issuer": "http://issuer.skillspass.example"},
        {"credential_issuer": "https://issuer.example/#part"},
        {"credential_issuer": "https://user@issuer.example"},
        {"credential_configuration_ids": []},
        {"credential_configuration_ids": ["a", "a"]},
        {"credential_configuration_ids": "a"},
        {"grants": {"urn:ietf:params:oauth:grant-type:pre-authorized_code": {}}},
        {"grants": []},
    ],
)
def test_an_unsound_offer_is_refused(change: JsonObject) -> None:
    sound = write_message(create_offer(ISSUER, ["a"], pre_authorized_code="code"))
    with pytest.raises(ProtocolError) as refusal:
        parse_offer(sound | change)
    assert refusal.value.code == "offer_invalid"


@pytest.mark.parametrize(
    "link",
    [
        offer_link("https://wallet.skillspass.example/receive", OFFER_URI),
        offer_link("http://localhost:8002/receive", OFFER_URI),
        offer_link("openid-credential-offer://", OFFER_URI),
        offer_link("haip-vci://", OFFER_URI),
        f"https://wallet.skillspass.example/o#{OFFER_URI}",
        f"https://wallet.skillspass.example/o#credential_offer_uri={OFFER_URI}",
        OFFER_URI,
        f"  {OFFER_URI}\n",
    ],
)
def test_every_spelling_of_a_link_leads_to_the_offer(link: str) -> None:
    assert parse_offer_link(link).uri == OFFER_URI


def test_an_offer_inside_the_link_is_read() -> None:
    link = (
        "openid-credential-offer://?credential_offer=%7B%22credential_issuer%22:%22https://"
        "issuer.skillspass.example%22,%22credential_configuration_ids%22:%5B%22a%22%5D%7D"
    )
    found = parse_offer_link(link)
    assert found.uri is None
    assert found.offer is not None
    assert found.offer.credential_issuer == ISSUER


@pytest.mark.parametrize(
    "link",
    [
        "",
        "hallo",
        "http://issuer.skillspass.example/offers/1",
        "javascript:alert(1)",
        "openid-credential-offer://?credential_offer_uri=http://issuer.skillspass.example/o",
        "openid-credential-offer://?credential_offer_uri=file:///etc/passwd",
        f"openid-credential-offer://?credential_offer_uri={OFFER_URI}&credential_offer=%7B%7D",
        f"openid-credential-offer://?credential_offer_uri={OFFER_URI}&credential_offer_uri=x",
        "https://user:secret@issuer.skillspass.example/offers/1",
        "https://[broken",
        "https://a/" + "x" * MAX_OFFER_BYTES,
    ],
)
def test_a_link_without_one_sound_offer_is_refused(link: str) -> None:
    with pytest.raises(MalformedError) as refusal:
        parse_offer_link(link)
    assert refusal.value.code == "offer_link_invalid"


@given(st.text(max_size=200))
def test_any_text_gives_a_reference_or_our_error(text: str) -> None:
    try:
        found = parse_offer_link(text)
    except CredentialError:
        return
    assert (found.uri is None) != (found.offer is None)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["credential_issuer", "credential_configuration_ids", "grants", "tx_code"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=10,
    ).filter(lambda value: isinstance(value, dict))
)
def test_any_object_gives_an_offer_or_our_error(document: dict[str, object]) -> None:
    try:
        offer = parse_offer(document)  # type: ignore[arg-type]  # hypothesis cannot type JSON
    except CredentialError:
        return
    assert offer.configuration_ids
