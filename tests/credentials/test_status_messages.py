"""Bitstring statuses that say more than yes or no: size, messages, references, time to live."""

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from credentials.data_model import status_of
from credentials.encoding import JsonObject, JsonValue, compact_json
from credentials.errors import CredentialError, MalformedError, UnsupportedError
from credentials.findings import Check, Finding, Outcome
from credentials.formats import FORMATS
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Purpose, StatusKind, StatusReference
from credentials.status import bitstring_status_list
from tests.credentials.world import STATUS, World, found

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
DID = "did:web:issuer.skillspass.example"
WORDS = ("pending_review", "accepted", "rejected", "undefined")
ENTRY: JsonObject = {
    "type": "BitstringStatusListEntry",
    "statusPurpose": "message",
    "statusListIndex": "3",
    "statusSize": 2,
    "statusListCredential": STATUS,
    "statusMessage": [
        {"status": f"0x{value:x}", "message": word} for value, word in enumerate(WORDS)
    ],
    "statusReference": "https://example.org/status-dictionary/",
}
"""The example of the standard, with the message that its last line leaves open."""


@pytest.fixture
def world(now: datetime) -> World:
    """Credentials with embedded proofs."""
    return World(now, "ldp_vc")


def reference(
    purpose: Purpose = Purpose.MESSAGE, size: int = 2, messages: tuple[str, ...] = WORDS
) -> StatusReference:
    links = ("https://example.org/status-dictionary/",)
    return StatusReference(StatusKind.BITSTRING, STATUS, 3, purpose, size, messages, links)


def publish(world: World, value: int, purpose: Purpose, size: int) -> None:
    document = bitstring_status_list.credential(
        STATUS, [0, 0, 0, value], purpose=purpose, issuer=DID, at=world.now, size=size
    )
    signed = bitstring_status_list.sign(document, world.signer, at=world.now)
    world.pages[STATUS] = compact_json(signed)


def finding(world: World, place: StatusReference) -> Finding:
    wire = world.present(world.issue(world.credential(status=[place])))
    return found(world.verdict(wire), Check.STATUS)


def test_the_example_of_the_standard_is_read_and_written_back(world: World) -> None:
    (read,) = status_of({"credentialStatus": ENTRY})
    assert read == reference()
    issued = cast("JsonObject", world.issue(world.credential(status=[read])))
    (written,) = cast("list[JsonObject]", issued["credentialStatus"])
    assert written == ENTRY | {"statusReference": [ENTRY["statusReference"]]}
    assert FORMATS["ldp_vc"].parse(issued).credential.status == (read,)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"statusSize": 0}, "status_malformed"),
        ({"statusSize": "2"}, "status_malformed"),
        ({"statusSize": True}, "status_malformed"),
        ({"statusSize": 1.5}, "status_malformed"),
        ({"statusSize": 9}, "status_type_unknown"),
        ({"statusSize": 3}, "status_malformed"),
        ({"statusMessage": None}, "status_malformed"),
        ({"statusMessage": []}, "status_malformed"),
        ({"statusMessage": [{"status": "0x0", "message": "a"}] * 4}, "status_malformed"),
        ({"statusMessage": [{"status": n, "message": "a"} for n in range(4)]}, "status_malformed"),
        ({"statusMessage": [{"status": f"0x{n}"} for n in range(4)]}, "status_malformed"),
        ({"statusReference": "here"}, "status_malformed"),
        ({"statusReference": ["https://a.example", 5]}, "status_malformed"),
        ({"statusPurpose": "delight"}, "status_purpose_unknown"),
        ({"statusPurpose": "any"}, "status_purpose_unknown"),
        ({"id": STATUS}, "status_malformed"),
        ({"type": "BitstringStatusList"}, "status_type_unknown"),
    ],
)
def test_an_entry_that_is_not_whole_is_refused(change: dict[str, JsonValue], code: str) -> None:
    assert status_of({"credentialStatus": ENTRY})
    with pytest.raises(CredentialError) as refused:
        status_of({"credentialStatus": ENTRY | change})
    assert refused.value.code == code
    assert isinstance(refused.value, MalformedError | UnsupportedError)


@pytest.mark.parametrize("value", range(4))
def test_a_message_is_told_and_only_the_first_is_green(value: int, world: World) -> None:
    publish(world, value, Purpose.MESSAGE, 2)
    answer = finding(world, reference())
    assert answer.facts["message"] == WORDS[value]
    assert answer.facts["status"] == f"0x{value}"
    assert answer.facts["references"] == "https://example.org/status-dictionary/"
    expected = (Outcome.UNDETERMINED, "status_message") if value else (Outcome.PASSED, "ok")
    assert (answer.outcome, answer.code) == expected


def test_a_newer_credential_is_pointed_out_and_takes_nothing_back(world: World) -> None:
    place = reference(Purpose.REFRESH, 1, ())
    publish(world, 0, Purpose.REFRESH, 1)
    assert "note" not in finding(world, place).facts
    publish(world, 1, Purpose.REFRESH, 1)
    answer = finding(world, place)
    assert (answer.outcome, answer.facts["note"]) == (Outcome.PASSED, "newer_available")


@pytest.mark.parametrize(
    ("purpose", "code"), [(Purpose.REVOCATION, "revoked"), (Purpose.SUSPENSION, "suspended")]
)
@pytest.mark.parametrize("value", [1, 2, 3])
def test_any_status_but_zero_takes_it_back_and_says_why(
    purpose: Purpose, code: str, value: int, world: World
) -> None:
    publish(world, value, purpose, 2)
    answer = finding(world, reference(purpose))
    assert (answer.outcome, answer.code) == (Outcome.FAILED, code)
    assert answer.facts["message"] == WORDS[value]


def test_a_list_of_narrower_statuses_than_the_entry_says_is_not_read(world: World) -> None:
    publish(world, 1, Purpose.MESSAGE, 1)
    answer = finding(world, reference())
    assert (answer.outcome, answer.code) == (Outcome.UNDETERMINED, "status_list_too_short")


@pytest.mark.parametrize("value", [4, -1])
def test_a_status_that_does_not_fit_is_not_written(value: int) -> None:
    with pytest.raises(MalformedError, match="status_invalid"):
        bitstring_status_list.encode([value], size=2)


def test_the_time_to_live_is_in_milliseconds_and_holds_no_nonsense() -> None:
    signer = SoftwareSigner.generate(Algorithm.EDDSA, f"{DID}#k")

    def read(change: JsonObject) -> bitstring_status_list.BitstringStatusList:
        document = bitstring_status_list.credential(
            STATUS,
            [1],
            purpose=Purpose.REVOCATION,
            issuer=DID,
            at=AT,
            time_to_live=timedelta(minutes=5),
        )
        subject = cast("JsonObject", document["credentialSubject"])
        assert subject["ttl"] == 300_000
        signed = bitstring_status_list.sign(
            document | {"credentialSubject": subject | change}, signer, at=AT
        )
        return bitstring_status_list.read(
            signed, uri=STATUS, purpose=Purpose.REVOCATION, key=signer.public, at=AT
        )

    assert read({}).time_to_live == timedelta(minutes=5)
    for wrong in (-1, "300000", True, 2**50):
        with pytest.raises(MalformedError, match="status_list_malformed"):
            read({"ttl": wrong})
