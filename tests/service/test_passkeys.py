"""A passkey signs its owner in, once for each question, in the browser that was asked."""

import io
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import registry
from sqlmodel import SQLModel, select

from credentials.encoding import b64url_decode, b64url_encode
from credentials.errors import CredentialError, MalformedError, RejectedError
from service.database import Database
from service.log import configure_log, get_log
from service.passkey_answers import (
    Answer,
    read_answer,
    verify_registration,
    verify_use,
)
from service.passkeys import (
    ALGORITHMS,
    CHALLENGE_LIFE,
    MAX_PASSKEYS,
    Owner,
    Party,
    Passkey,
    PasskeyChallenge,
    Passkeys,
)
from tests.service.authenticator import PRESENT, VERIFIED, SoftAuthenticator
from tests.service.moments import StandingClock

HOST = "issuer.example"
ORIGIN = f"https://{HOST}"
BROWSER = "the form cookie of this browser"
ADA = Owner("member-1", "Ada de Vries")


class Table(SQLModel, registry=registry()):
    """Base of the tables of these tests."""


class PasskeyRow(Table, Passkey, table=True):
    __tablename__: ClassVar[str] = "passkey"


class ChallengeRow(Table, PasskeyChallenge, table=True):
    __tablename__: ClassVar[str] = "passkey_challenge"


@dataclass
class World:
    """A service with passkeys, and the doors a browser would use."""

    database: Database
    clock: StandingClock
    passkeys: Passkeys

    def options_to_register(self, owner: Owner = ADA, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - handed on
        with self.database.transaction() as session:
            return self.passkeys.begin_registration(
                session, owner, **{"browser": BROWSER, **values}
            )

    def options_to_use(self, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - handed on
        with self.database.transaction() as session:
            return self.passkeys.begin_use(session, **{"browser": BROWSER, **values})

    def register(self, answer: object, browser: str = BROWSER) -> Passkey:
        with self.database.transaction() as session:
            return self.passkeys.finish_registration(session, json.dumps(answer), browser=browser)

    def use(self, answer: object, browser: str = BROWSER) -> Passkey:
        with self.database.transaction() as session:
            return self.passkeys.finish_use(session, json.dumps(answer), browser=browser)

    def registered(self, owner: Owner = ADA, **values: Any) -> SoftAuthenticator:  # noqa: ANN401 - handed on
        """A device with a passkey of this service."""
        device = SoftAuthenticator(ORIGIN, **values)
        self.register(device.create(self.options_to_register(owner)))
        return device


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A service on either database."""
    database, clock = Database(database_url), StandingClock()
    database.create_all(Table.metadata)
    party = Party(HOST, "Metaal College", (ORIGIN,))
    yield World(database, clock, Passkeys(party, PasskeyRow, ChallengeRow, clock))
    database.close()


def refused(call: Callable[[], object]) -> str:
    """The code with which it is refused."""
    with pytest.raises(CredentialError) as caught:
        call()
    return caught.value.code


def test_a_registered_passkey_signs_its_owner_in(world: World) -> None:
    device = world.registered()
    row = world.use(device.get(world.options_to_use()))
    assert (row.owner_id, row.sign_count) == (ADA.id, 2)
    assert row.used_at == world.clock.now
    assert row.transports == "internal,usb"


def test_the_options_ask_for_verification_and_nothing_about_the_device(world: World) -> None:
    options = world.options_to_register()
    assert options["rp"] == {"id": HOST, "name": "Metaal College"}
    assert options["attestation"] == "none"
    selection = options["authenticatorSelection"]
    assert (selection["userVerification"], selection["residentKey"]) == ("required", "required")
    assert [each["alg"] for each in options["pubKeyCredParams"]] == [-8, -7, -257]
    assert len(b64url_decode(options["challenge"])) == 32
    assert "extensions" not in options
    use = world.options_to_use()
    assert (use["userVerification"], use["allowCredentials"]) == ("required", [])


def test_prf_is_asked_with_its_input_where_wanted(world: World) -> None:
    for ask in (world.options_to_register, world.options_to_use):
        assert ask(prf=b"salt")["extensions"] == {"prf": {"eval": {"first": "c2FsdA"}}}


def test_the_result_of_prf_is_kept_nowhere_and_never_logged(world: World) -> None:
    stream = io.StringIO()
    configure_log(stream)
    device = SoftAuthenticator(ORIGIN)
    world.register(device.create(world.options_to_register(prf=b"salt")))
    answer = device.get(world.options_to_use(prf=b"salt"))
    secret = b64url_encode(device.secret)
    assert secret in json.dumps(answer)  # planted: it does arrive here
    get_log("test").info("used", code=str(read_answer(json.dumps(answer))))
    world.use(answer)
    answer["response"]["signature"] = b64url_encode(b"no signature")
    refused(lambda: world.use(answer))
    kept = stream.getvalue() + repr(read_answer(json.dumps(answer)))
    with world.database.reading() as session:
        for table in Table.metadata.sorted_tables:
            kept += repr(session.connection().execute(table.select()).all())
    assert "Answer(" in kept
    assert secret not in kept
    assert device.secret not in kept.encode()


def test_a_question_is_answered_once(world: World) -> None:
    device = world.registered()
    answer = device.get(world.options_to_use())
    world.use(answer)
    assert refused(lambda: world.use(answer)) == "passkey_expired"


def test_another_browser_cannot_answer(world: World) -> None:
    device = world.registered()
    answer = device.get(world.options_to_use())
    assert refused(lambda: world.use(answer, "another browser")) == "passkey_expired"
    assert world.use(answer).owner_id == ADA.id
    made = SoftAuthenticator(ORIGIN).create(world.options_to_register())
    assert refused(lambda: world.register(made, "another browser")) == "passkey_expired"


def test_a_question_lives_five_minutes(world: World) -> None:
    device = world.registered()
    answer = device.get(world.options_to_use())
    world.clock.forward(CHALLENGE_LIFE)
    assert refused(lambda: world.use(answer)) == "passkey_expired"
    world.options_to_use()  # forgets the old ones
    with world.database.reading() as session:
        assert len(session.exec(select(ChallengeRow)).all()) == 1


def test_a_question_of_one_ceremony_is_none_of_the_other(world: World) -> None:
    device = world.registered()
    use = device.get(
        world.options_to_use() | {"challenge": world.options_to_register()["challenge"]}
    )
    assert refused(lambda: world.use(use)) == "passkey_expired"


def test_an_invented_challenge_is_refused(world: World) -> None:
    device = world.registered()
    answer = device.get(world.options_to_use() | {"challenge": b64url_encode(b"x" * 32)})
    assert refused(lambda: world.use(answer)) == "passkey_expired"


@pytest.mark.parametrize(
    "bend",
    [
        {"flags": PRESENT},
        {"flags": VERIFIED},
        {"origin": "https://issuer.example.evil.example"},
        {"origin": "http://issuer.example"},
    ],
    ids=["not verified", "not present", "other origin", "plain http"],
)
def test_each_check_of_the_library_is_asked_for(bend: dict[str, Any], world: World) -> None:
    device = world.registered()
    good = dict(vars(device))
    for name, value in bend.items():
        setattr(device, name, value)
    use = device.get(world.options_to_use())
    assert refused(lambda: world.use(use)) == "passkey_refused"
    other = SoftAuthenticator(**{"origin": ORIGIN, **bend})
    made = other.create(world.options_to_register())
    assert refused(lambda: world.register(made)) == "passkey_refused"
    for name in bend:
        setattr(device, name, good[name])
    assert world.use(device.get(world.options_to_use())).owner_id == ADA.id


@pytest.mark.parametrize("said", [{"crossOrigin": True}, {"topOrigin": "https://evil.example"}])
def test_a_page_inside_another_site_is_refused(said: dict[str, Any], world: World) -> None:
    device = world.registered()
    device.client_data = said
    answer = device.get(world.options_to_use())
    assert refused(lambda: world.use(answer)) == "passkey_malformed"


def test_another_host_is_refused(world: World) -> None:
    device = world.registered()
    answer = device.get(world.options_to_use() | {"rpId": "evil.example"})
    assert refused(lambda: world.use(answer)) == "passkey_refused"


def test_a_key_of_somebody_else_is_refused(world: World) -> None:
    device, thief = world.registered(), SoftAuthenticator(ORIGIN)
    thief.id, thief.user_handle = device.id, device.user_handle
    assert refused(lambda: world.use(thief.get(world.options_to_use()))) == "passkey_refused"


def test_a_passkey_that_is_not_ours_is_unknown(world: World) -> None:
    stranger = SoftAuthenticator(ORIGIN)
    answer = stranger.get(world.options_to_use())
    assert refused(lambda: world.use(answer)) == "passkey_unknown"


def test_who_must_confirm_cannot_be_another_member(world: World) -> None:
    mine, theirs = world.registered(), world.registered(Owner("member-2", "Bo"))
    options = world.options_to_use(owner_id=ADA.id)
    assert [each["id"] for each in options["allowCredentials"]] == [b64url_encode(mine.id)]
    assert refused(lambda: world.use(theirs.get(options))) == "passkey_unknown"
    assert world.use(mine.get(options)).owner_id == ADA.id


def test_a_user_handle_of_another_is_refused(world: World) -> None:
    device = world.registered()
    device.user_handle = b"member-2"
    answer = device.get(world.options_to_use())
    assert refused(lambda: world.use(answer)) == "passkey_refused"


def test_a_counter_that_goes_back_is_a_copied_device(world: World) -> None:
    device = world.registered()
    world.use(device.get(world.options_to_use()))
    device.count = 0
    assert refused(lambda: world.use(device.get(world.options_to_use()))) == "passkey_refused"


def test_a_device_that_does_not_count_works_again_and_again(world: World) -> None:
    device = world.registered(count=None)
    assert [world.use(device.get(world.options_to_use())).sign_count for _ in range(2)] == [0, 0]


def test_a_passkey_is_registered_once(world: World) -> None:
    device = world.registered()
    again = device.create(world.options_to_register(Owner("member-2", "Bo")))
    assert refused(lambda: world.register(again)) == "passkey_known"


def test_a_form_of_attestation_that_was_not_asked_is_refused(world: World) -> None:
    for form, code in (("tpm", "passkey_refused"), ("fido-u2f", "passkey_refused")):
        made = SoftAuthenticator(ORIGIN, attestation=form).create(world.options_to_register())
        assert refused(lambda made=made: world.register(made)) == code  # type: ignore[misc]  # bound now


def test_the_number_of_passkeys_has_an_end(world: World) -> None:
    for _ in range(MAX_PASSKEYS):
        world.registered()
    assert refused(world.options_to_register) == "passkey_many"


def test_a_passkey_can_go_but_never_the_last_one(world: World) -> None:
    devices = [world.registered() for _ in range(4)]
    theirs = world.registered(Owner("member-2", "Bo"))

    def remove(device: SoftAuthenticator) -> str:
        try:
            with world.database.transaction() as session:
                world.passkeys.remove(session, b64url_encode(device.id), owner_id=ADA.id)
        except RejectedError as error:
            return error.code
        return "gone"

    assert remove(theirs) == "not_found"
    with ThreadPoolExecutor(4) as threads:  # all at once
        assert sorted(threads.map(remove, devices)) == ["gone", "gone", "gone", "passkey_last"]
    with world.database.reading() as session:
        (left,) = world.passkeys.of_owner(session, ADA.id)
    assert left.id in {b64url_encode(device.id) for device in devices}


def sample() -> dict[str, Any]:
    """An answer in good form to a question nobody asked."""
    device = SoftAuthenticator(ORIGIN)
    return device.get({"challenge": b64url_encode(bytes(32)), "rpId": HOST})


@given(text=st.text() | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_any_text_is_refused_as_malformed(text: str) -> None:
    assert refused(lambda: read_answer(text)) == "passkey_malformed"


@given(
    path=st.sampled_from(
        [
            ("id",),
            ("type",),
            ("response",),
            ("response", "clientDataJSON"),
            ("response", "signature"),
        ]
    ),
    value=st.none()
    | st.integers()
    | st.text()
    | st.binary().map(b64url_encode)
    | st.lists(st.none()),
)
def test_any_value_of_a_member_is_read_or_our_error(path: tuple[str, ...], value: object) -> None:
    answer = sample()
    holder = answer if len(path) == 1 else answer["response"]
    holder[path[-1]] = value
    try:
        assert isinstance(read_answer(json.dumps(answer)), Answer)
    except MalformedError as error:
        assert error.code == "passkey_malformed"  # noqa: PT017 - either outcome is right


@given(octets=st.binary(max_size=300), client=st.binary(max_size=60))
def test_any_octets_of_a_device_are_refused(octets: bytes, client: bytes) -> None:
    answer = Answer("AAAA", client, b"", octets, octets, octets)
    with pytest.raises(RejectedError, match="passkey_refused"):
        verify_registration(
            answer, challenge=b"c", party_id=HOST, origins=[ORIGIN], algorithms=ALGORITHMS
        )
    with pytest.raises(RejectedError, match="passkey_refused"):
        verify_use(
            answer, challenge=b"c", party_id=HOST, origins=[ORIGIN], public_key=octets, sign_count=0
        )


@given(where=st.integers(0, 400), value=st.integers(0, 255), key=st.booleans())
def test_a_changed_octet_of_an_attestation_is_refused_or_harmless(
    where: int,
    value: int,
    key: bool,  # noqa: FBT001 - hypothesis draws it
) -> None:
    device = SoftAuthenticator(ORIGIN)
    options = {"challenge": b64url_encode(b"c" * 32), "rp": {"id": HOST}, "user": {"id": "YQ"}}
    whole = read_answer(json.dumps(device.create(options)))
    octets = bytearray(whole.attestation if key else whole.client_data)
    octets[where % len(octets)] = value
    changed = bytes(octets)
    bent = replace(whole, attestation=changed) if key else replace(whole, client_data=changed)
    try:
        made = verify_registration(
            bent, challenge=b"c" * 32, party_id=HOST, origins=[ORIGIN], algorithms=ALGORITHMS
        )
    except RejectedError as error:
        assert error.code == "passkey_refused"  # noqa: PT017 - either outcome is right
    else:
        assert made.user_verified
