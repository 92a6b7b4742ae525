"""Receiving: nothing before the PIN, verified before it is kept, and only with a yes."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from credentials.encoding import JsonValue, compact_json, parse_json_object
from credentials.errors import CredentialError, RejectedError, UnsupportedError
from credentials.keys import Algorithm
from tests.wallet.world import ISSUER, TRUST, World
from wallet.holder import receiving
from wallet.holder.events import EventType
from wallet.holder.keys import new_holder_key
from wallet.holder.passport import overview

FORMATS = ("dc+sd-jwt", "ldp_vc")


def issuer_state(world: World, offer_id: str) -> str:
    answer = world.clients[ISSUER].get(f"/api/offers/{offer_id}", headers=world.issuer_key())
    return str(answer.json()["state"])


def test_the_preview_says_who_gives_what_and_asks_nothing_personal(world: World) -> None:
    offer = world.offer()
    preview = receiving.read_offer(offer["link"], outside=world.outside)
    assert preview.giver.name == "Vakschool De Lasboog"
    assert preview.giver.listed
    assert preview.asks_pin
    assert preview.pin_length == 6
    assert preview.offered.type == "https://skillspass.example/types/heftruck/1"
    paths = [urlsplit(url).path for url in world.http.asked]
    assert not [path for path in paths if path in {"/token", "/nonce", "/credential"}]


def test_an_issuer_that_is_not_on_the_list_is_called_unknown(tmp_path: Path) -> None:
    world = World(tmp_path, listed=False)
    preview = receiving.read_offer(world.offer()["link"], outside=world.outside)
    assert not preview.giver.listed
    received = world.fetch(world.offer())
    assert received.problem is None
    assert not received.giver.listed


@pytest.mark.parametrize("format_id", FORMATS)
def test_a_credential_is_verified_then_kept_with_its_own_key(world: World, format_id: str) -> None:
    vault = world.vault()
    offer = world.offer(format_id=format_id)
    held = world.keep(vault, offer)
    assert held.parsed().holder == held.signer().public
    assert held.signer().public.algorithm is Algorithm.ES256  # as every browser has it
    passport = overview(vault.held(), at=world.clock())
    assert passport.name == "Jan Bakker"
    assert [line.skill for line in passport.skills] == ["heftruck", "veilig-werken"]
    assert passport.skills[0].level == 3
    assert passport.skills[0].sources[0].giver_name == "Vakschool De Lasboog"
    assert issuer_state(world, offer["id"]) == "accepted"


def test_two_copies_never_share_a_key(world: World) -> None:
    vault = world.vault()
    first, second = world.keep(vault, world.offer()), world.keep(vault, world.offer())
    assert first.signer().public != second.signer().public


@pytest.mark.parametrize(
    ("format_id", "supported", "chosen"),
    [
        ("dc+sd-jwt", (), Algorithm.ES256),
        ("ldp_vc", (), Algorithm.ES256),
        ("ldp_vc", ("EdDSA", "ES256"), Algorithm.ES256),
        ("ldp_vc", ("EdDSA",), Algorithm.EDDSA),
    ],
)
def test_a_key_is_one_that_browsers_have_where_the_issuer_takes_it(
    format_id: str, supported: tuple[str, ...], chosen: Algorithm
) -> None:
    assert new_holder_key(format_id, supported=supported).public.algorithm is chosen


def test_what_cannot_be_held_gets_no_key() -> None:
    with pytest.raises(UnsupportedError, match="format_unknown"):
        new_holder_key("mso_mdoc")
    with pytest.raises(UnsupportedError, match="alg_not_supported"):
        new_holder_key("ldp_vc", supported=("ES384",))


def test_a_wrong_pin_is_named_and_does_not_use_the_offer_up(world: World) -> None:
    offer = world.offer()
    wrong = "000000" if offer["tx_code"] != "000000" else "111111"
    with pytest.raises(RejectedError, match="pin_wrong"):
        world.fetch(offer, pin=wrong)
    assert world.fetch(offer).problem is None


def test_a_used_offer_is_not_given_again(world: World) -> None:
    offer = world.offer()
    preview = receiving.read_offer(offer["link"], outside=world.outside)
    receiving.fetch_credential(preview, pin=offer["tx_code"], outside=world.outside)
    with pytest.raises(RejectedError, match="code_used"):
        receiving.fetch_credential(preview, pin=offer["tx_code"], outside=world.outside)


def test_nothing_is_kept_without_a_yes_to_the_name(world: World) -> None:
    vault = world.vault()
    received = world.fetch(world.offer())
    with pytest.raises(RejectedError, match="holder_name_unconfirmed"):
        receiving.keep(received, vault, name_confirmed=False, outside=world.outside)
    assert vault.events == ()


def test_a_no_drops_the_credential_and_its_giver_hears_so(world: World) -> None:
    vault, offer = world.vault(), world.offer()
    receiving.refuse(world.fetch(offer), vault, outside=world.outside)
    assert vault.held() == ()
    assert [event.type for event in vault.events] == [EventType.CREDENTIAL_REFUSED]
    assert b"Bakker" not in compact_json([event.as_json() for event in vault.events])
    assert issuer_state(world, offer["id"]) == "refused"


def member(name: str, value: JsonValue) -> Callable[[bytes], bytes]:
    """Put another value into the JSON of an answer."""
    return lambda body: compact_json(parse_json_object(body) | {name: value})


METADATA = "/.well-known/openid-credential-issuer"
SERVER = "/.well-known/oauth-authorization-server"


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        (METADATA, "credential_issuer", "https://other.example"),
        (SERVER, "issuer", "https://other.example"),
    ],
)
def test_issuer_and_authorization_server_must_name_one_another(
    world: World, path: str, name: str, value: str
) -> None:
    outside = world.meddled({path: member(name, value)})
    with pytest.raises(CredentialError, match="issuer_metadata_invalid"):
        receiving.read_offer(world.offer()["link"], outside=outside)


def credential_changed(change: Callable[[str], str]) -> Callable[[bytes], bytes]:
    """Change the credential inside a response."""

    def changed(body: bytes) -> bytes:
        document = parse_json_object(body)
        entries = document["credentials"]
        assert isinstance(entries, list)
        assert isinstance(entries[0], dict)
        entries[0]["credential"] = change(str(entries[0]["credential"]))
        return compact_json(document)

    return changed


def with_other_signature(wire: str) -> str:
    head, _, rest = wire.partition("~")
    body, _, signature = head.rpartition(".")
    other = "A" if signature[0] != "A" else "B"
    return f"{body}.{other}{signature[1:]}~{rest}"


def test_a_forged_credential_is_shown_with_its_reason_and_never_kept(world: World) -> None:
    outside = world.meddled({"/credential": credential_changed(with_other_signature)})
    vault, offer = world.vault(), world.offer()
    preview = receiving.read_offer(offer["link"], outside=outside)
    received = receiving.fetch_credential(preview, pin=offer["tx_code"], outside=outside)
    assert received.problem == "signature_invalid"
    assert received.name is None, "nothing of a forged credential is shown"
    with pytest.raises(RejectedError, match="signature_invalid"):
        receiving.keep(received, vault, name_confirmed=True, outside=outside)
    assert vault.held() == ()


def test_somebody_elses_credential_is_not_kept(world: World) -> None:
    other = world.fetch(world.offer())
    outside = world.meddled({"/credential": credential_changed(lambda _: str(other.wire))})
    offer = world.offer()
    preview = receiving.read_offer(offer["link"], outside=outside)
    received = receiving.fetch_credential(preview, pin=offer["tx_code"], outside=outside)
    assert received.problem == "holder_key_mismatch"


def test_another_type_than_was_offered_is_not_kept(world: World) -> None:
    outside = world.meddled(
        {METADATA: lambda body: body.replace(b"/types/heftruck/1", b"/types/bhv/1")}
    )
    offer = world.offer()
    preview = receiving.read_offer(offer["link"], outside=outside)
    received = receiving.fetch_credential(preview, pin=offer["tx_code"], outside=outside)
    assert received.problem == "type_not_offered"


def test_an_issuer_that_delivers_no_credential_is_refused(world: World) -> None:
    outside = world.meddled({"/credential": lambda _: b'{"transaction_id":"x","interval":5}'})
    offer = world.offer()
    preview = receiving.read_offer(offer["link"], outside=outside)
    with pytest.raises(UnsupportedError, match="credential_deferred"):
        receiving.fetch_credential(preview, pin=offer["tx_code"], outside=outside)


def test_garbage_from_an_issuer_is_our_own_error(world: World) -> None:
    for path in (METADATA, SERVER, "/token", "/nonce", "/credential"):
        outside = world.meddled({path: lambda _: b"<html>"})
        offer = world.offer()
        with pytest.raises(CredentialError):
            receiving.fetch_credential(
                receiving.read_offer(offer["link"], outside=outside),
                pin=offer["tx_code"],
                outside=outside,
            )


def test_a_link_that_is_no_offer_is_refused(world: World) -> None:
    with pytest.raises(CredentialError, match="offer_link_invalid"):
        receiving.read_offer("just some words", outside=world.outside)


def test_an_offer_from_another_origin_than_its_issuer_is_refused(world: World) -> None:
    uri = parse_qs(urlsplit(world.offer()["link"]).query)["credential_offer_uri"][0]
    world.clients[TRUST] = world.clients[ISSUER]
    moved = uri.replace(ISSUER, TRUST)
    with pytest.raises(RejectedError, match="offer_invalid"):
        receiving.read_offer(moved, outside=world.outside)


def test_a_removed_proof_is_gone_and_its_events_stay(world: World) -> None:
    vault = world.vault()
    held = world.keep(vault, world.offer())
    vault.remove(held.id)
    assert vault.held() == ()
    assert vault.events[-1].type is EventType.CREDENTIAL_REMOVED
    with pytest.raises(RejectedError, match="proof_not_found"):
        vault.remove(held.id)
