"""Bring an export of ours: proofs that hold, their keys, and what the log tells; nothing else."""

import secrets
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import JsonObject, canonical_json
from credentials.errors import CredentialError, MalformedError, RejectedError
from tests.conftest import NOW
from tests.wallet.test_checking import OUTSIDE
from tests.wallet.world import ISSUER, World
from wallet.holder import presenting
from wallet.holder.archive import pack
from wallet.holder.consent import LineKind
from wallet.holder.events import EventType
from wallet.holder.history import shown
from wallet.holder.importing import keep_import, read_import
from wallet.holder.portability import Secret, archive_of, seal_export, secret_from
from wallet.holder.recovery import code_of
from wallet.holder.vault import Vault

pytestmark = pytest.mark.usefixtures("light_argon")

CARD = Secret(recovery=bytes(range(20)))


def sealed(vault: Vault) -> str:
    """The export of a vault."""
    return seal_export(archive_of(vault, {}), CARD, entropy=secrets.token_bytes)


def file_of(log: object) -> str:
    """An export whose log is anything."""
    archive = pack({"log.json": canonical_json(log)})  # type: ignore[arg-type] # JSON
    return seal_export(archive, CARD, entropy=secrets.token_bytes)


def show(world: World, vault: Vault) -> None:
    """Answer a question from a passport, with all that may be picked."""
    link = world.ask("skills")["link"]
    asked = presenting.read_request(link, held=vault.held(), outside=world.outside)
    ((option,),) = asked.groups
    picked = frozenset(line.path for line in option.lines if line.kind is LineKind.PICK)
    presenting.answer(asked, [presenting.Choice(option, picked)], vault, outside=world.outside)


def lived(world: World) -> Vault:
    """A passport with a proof that was shown, words of the worker's own, and a share card."""
    vault = world.vault()
    world.keep(vault, world.offer())
    show(world, vault)
    vault.append(EventType.CLAIM_WRITTEN, {"text": "ik kan lassen"})
    vault.append(EventType.SHARE_MADE, {"share": "s"})
    vault.append(EventType.SLOT_ADDED, {"kind": "rec"})
    return vault


def types_in(vault: Vault) -> list[EventType]:
    return [event.type for event in vault.events]


def test_another_passport_takes_the_proofs_their_keys_and_the_log(world: World) -> None:
    old, new = lived(world), world.vault()
    new.append(EventType.SETTINGS, {"language": "en"})
    world.clock.turn(days=3)
    found = read_import(sealed(old), CARD, new, outside=world.outside)
    assert [(each.problem, each.keepable, each.known) for each in found.brought] == [
        (None, True, False)
    ]
    assert [event.data for event in found.own] == [{"text": "ik kan lassen"}]
    keep_import(found, new)
    assert [held.copies for held in new.held()] == [held.copies for held in old.held()]
    assert shown(new.events) == shown(old.events)
    assert shown(new.events)[0].at == NOW
    (share,) = (event for event in new.events if event.type is EventType.SHARE_MADE)
    assert share.data == {"share": "s", "elsewhere": True}
    assert EventType.SLOT_ADDED not in types_in(new)
    assert {event.device for event in new.events} == {new.events[0].device}
    Vault(new.events, clock=world.clock, entropy=secrets.token_bytes)  # the chain holds


def test_nothing_comes_twice(world: World) -> None:
    old, new = lived(world), world.vault()
    keep_import(read_import(sealed(old), CARD, new, outside=world.outside), new)
    before = new.events
    again = read_import(sealed(old), CARD, new, outside=world.outside)
    assert [each.known for each in again.brought] == [True]
    assert again.own == ()
    keep_import(again, new)
    assert new.events == before


def test_a_shown_proof_goes_on_from_there(world: World) -> None:
    new = world.vault()
    keep_import(read_import(sealed(lived(world)), CARD, new, outside=world.outside), new)
    show(world, new)
    assert len(shown(new.events)) == 2


def bent(vault: Vault, name: EventType, change: Mapping[str, object]) -> str:
    """The export of a log in which one kind of event says something else; its chain holds."""
    other = Vault((), clock=lambda: NOW, entropy=secrets.token_bytes)
    for event in vault.events:
        data: JsonObject = {**event.data}
        if event.type is name:
            data |= change  # type: ignore[arg-type] # JSON
        other.append(event.type, data, ulid=event.ulid)
    return file_of([event.as_json() for event in other.events])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"format": "other"}, "format_unknown"),
        ({"wire": "x"}, "token_malformed"),
        ({"key": "no"}, None),
    ],
    ids=["format", "wire", "key"],
)
def test_what_fails_its_check_is_told_and_never_kept(
    world: World, change: dict[str, object], problem: str | None
) -> None:
    file, new = bent(lived(world), EventType.CREDENTIAL_ADDED, change), world.vault()
    if problem is None:
        with pytest.raises(MalformedError, match="export_invalid"):
            read_import(file, CARD, new, outside=world.outside)
        return
    found = read_import(file, CARD, new, outside=world.outside)
    assert [(each.problem, each.keepable) for each in found.brought] == [(problem, False)]
    keep_import(found, new)
    assert new.held() == ()
    assert EventType.REQUEST_ANSWERED in types_in(new), "the log comes along all the same"


def test_a_forged_proof_is_not_kept_and_one_without_network_is(world: World) -> None:
    old = lived(world)
    wire = str(old.held()[0].wire)
    head, _, rest = wire.partition(".")
    payload, _, signature = rest.partition(".")
    letter = "A" if signature[0] != "A" else "B"
    forged = f"{head}.{payload}.{letter}{signature[1:]}"
    file = bent(old, EventType.CREDENTIAL_ADDED, {"wire": forged, "copies": []})
    (found,) = read_import(file, CARD, world.vault(), outside=world.outside).brought
    assert (found.problem, found.keepable) == ("signature_invalid", False)
    alone = replace(world.outside, http=OUTSIDE.http, trust=OUTSIDE.trust)
    (found,) = read_import(sealed(old), CARD, world.vault(), outside=alone).brought
    assert found.keepable, "what cannot be asked now may be kept as it is"


def test_a_withdrawn_proof_is_kept_and_told(world: World) -> None:
    old, offer = world.vault(), world.offer()
    world.keep(old, offer)
    issuer, key = world.clients[ISSUER], world.issuer_key()
    issued = issuer.get(f"/api/offers/{offer['id']}", headers=key).json()["issued_id"]
    withdrawn = {"status": "revoked", "reason": "mistake"}
    issuer.post(f"/api/issued/{issued}/status", json=withdrawn, headers=key)
    (found,) = read_import(sealed(old), CARD, world.vault(), outside=world.outside).brought
    assert (found.problem, found.keepable) == ("revoked", True)


def test_what_a_person_types_is_a_card_or_a_sentence() -> None:
    assert secret_from(code_of(bytes(range(20)))).recovery == CARD.recovery
    assert secret_from("drie natte fietsen") == Secret(passphrase="drie natte fietsen")
    with pytest.raises(RejectedError, match="export_not_opened"):
        read_import(file_of([]), secret_from("x"), world_less(), outside=OUTSIDE)


def world_less() -> Vault:
    """An empty vault."""
    return Vault((), clock=lambda: NOW, entropy=secrets.token_bytes)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"id": "../x", "ending": "json", "file": "e30"},
        {"id": "x", "ending": "json", "file": "+"},
    ],
    ids=["bare", "path", "octets"],
)
def test_a_file_of_others_without_its_fields_is_refused(data: JsonObject) -> None:
    other = world_less()
    other.append(EventType.FOREIGN_ADDED, data)
    with pytest.raises(MalformedError, match="export_invalid"):
        read_import(sealed_log(other), CARD, world_less(), outside=OUTSIDE)


def sealed_log(vault: Vault) -> str:
    """The export of a log alone."""
    return file_of([event.as_json() for event in vault.events])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["ulid", "device", "lamport", "type", "data", "prev", "id", "key"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_log_is_read_or_refused_by_us(log: object) -> None:
    try:
        found = read_import(file_of(log), CARD, world_less(), outside=OUTSIDE)
    except CredentialError:
        return
    assert found.brought == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(EventType),
            st.dictionaries(
                st.sampled_from(
                    [
                        "id",
                        "thumbprint",
                        "jwk",
                        "format",
                        "wire",
                        "key",
                        "giver",
                        "copies",
                        "file",
                        "ending",
                    ]
                ),
                JSON,
                max_size=6,
            ),
        ),
        max_size=4,
    )
)
def test_any_events_are_read_or_refused_by_us(events: list[tuple[EventType, JsonObject]]) -> None:
    other = world_less()
    for type_, data in events:
        other.append(type_, data)
    try:
        found = read_import(sealed_log(other), CARD, world_less(), outside=OUTSIDE)
        keep_import(found, world_less())
    except CredentialError:
        return
    assert not any(each.keepable for each in found.brought)
