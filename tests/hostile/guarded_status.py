"""H067 to H075 as cases with their guards: keys of another moment, and status lists."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from types import MappingProxyType

from credentials import credential_status, data_model, status_checks
from credentials.encoding import b64url_encode
from credentials.errors import RejectedError
from credentials.keys import Algorithm, SoftwareSigner
from credentials.limits import MAX_STATUS_LIST_BYTES, MIN_BITSTRING_BITS
from credentials.model import Purpose
from credentials.status import bitstring_status_list, token_status_list
from credentials.trust import entities
from credentials.trust.listing import ListedKey, TrustList
from tests.conftest import NOW
from tests.credentials.world import World
from tests.formats.di_samples import AT, DID, FORMAT, ISSUER, LIST, changed, issue
from tests.hostile.guards import Case, Named, Refusals, judged

SMALLEST = MIN_BITSTRING_BITS // 8
DAY = timedelta(days=1)
THIEF = SoftwareSigner.generate(Algorithm.ES256, "did:web:attacker.example#1")


def withdrawn(*, compromised: bool = False) -> Callable[[], object]:
    """A credential made after its key was withdrawn, or ever by a stolen one."""

    def attempt() -> None:
        world = World(NOW, "dc+sd-jwt")
        wire = world.present(world.issue(world.credential(issued_at=NOW - DAY)))
        until = None if compromised else NOW - 2 * DAY
        key = ListedKey(world.signer.public, NOW - 900 * DAY, until, compromised)
        world.list_keys = (key,)
        judged(world.verdict(wire))

    return attempt


def clean_list_of_another() -> None:
    """A revoked credential, and a list under control of its holder that says otherwise."""
    world = World(NOW, "dc+sd-jwt")
    wire = world.present(world.issue(world.credential(status=[world.reference()])))
    world.publish_status(0, signer=THIEF)
    judged(world.verdict(wire))


def whoever_signs(_key_id: str, _uri: str, issuer: str, _list: TrustList) -> object:
    """A reader for whom every list is one of the credential's issuer."""
    return credential_status._ListSigner(issuer, None)


def over() -> None:
    """A list that ended a day ago."""
    world = World(NOW, "dc+sd-jwt")
    wire = world.present(world.issue(world.credential(status=[world.reference()])))
    world.publish_status(0, at=NOW - 2 * DAY, life=DAY)
    judged(world.verdict(wire))


def rolled_back() -> None:
    """A list from before the revocation, where a newer one was seen."""
    world = World(NOW, "dc+sd-jwt")
    wire = world.present(world.issue(world.credential(status=[world.reference()])))
    world.publish_status(0, at=NOW - timedelta(hours=2))
    seen = world.sources(status_seen=lambda _: NOW - timedelta(hours=1))
    judged(world.verdict(wire, sources=seen))


def spelled_index() -> object:
    """An index in a spelling that other readers take for another number, or for none."""
    return FORMAT.parse(changed(issue(), "credentialStatus", 0, "statusListIndex", value="12 "))


def packed(octets: int, behind: bytes = b"") -> str:
    """A bitstring list of zeros, as it is published."""
    return "u" + b64url_encode(gzip.compress(bytes(octets), mtime=0) + behind)


def other_purpose() -> object:
    """A list of suspensions, asked about a revocation."""
    uri = f"{LIST}/revocation/1"
    document = bitstring_status_list.credential(
        uri, [0], purpose=Purpose.SUSPENSION, issuer=DID, at=AT
    )
    signed = bitstring_status_list.sign(document, ISSUER, at=AT)
    return bitstring_status_list.read(
        signed, uri=uri, purpose=Purpose.REVOCATION, key=ISSUER.public, at=AT
    )


def other_person() -> None:
    """Get the person at place 7 revoked by the bit of the person at place 0."""
    revoked = token_status_list.encode([1, *[0] * 7], bits=1)
    if not token_status_list.status_at(revoked, 7, bits=1):
        raise RejectedError("correct_bit")


def from_the_left(octets: bytes, index: int, bits: int) -> int:
    """The order of the other standard."""
    return bitstring_status_list.status_at(octets, index, size=bits)


STATUS_LISTS: MappingProxyType[str, Case] = MappingProxyType(
    {
        "H067 withdrawn": Case(
            withdrawn(), "key_not_valid_at_issuance", (Named(entities, "within", lambda *_: True),)
        ),
        "H067 stolen": Case(
            withdrawn(compromised=True),
            "key_compromised",
            (Refusals(entities, "key_compromised"),),
        ),
        "H068": Case(
            clean_list_of_another,
            "status_issuer_mismatch",
            (
                Named(credential_status, "_signer", whoever_signs),
                Named(credential_status, "_list_key", lambda *_, **__: THIEF.public),
            ),
        ),
        "H069 over": Case(over, "status_invalid", (Refusals(token_status_list, "status_invalid"),)),
        "H069 rolled back": Case(
            rolled_back,
            "status_rollback",
            (Refusals(status_checks, "status_rollback"),),
        ),
        "H070 below the list": Case(
            lambda: token_status_list.status_at(token_status_list.encode([0], bits=1), -1, bits=1),
            "status_index_invalid",
            (Refusals(token_status_list, "status_index_invalid"),),
        ),
        "H070 spelled otherwise": Case(
            spelled_index, "status_index_invalid", (Refusals(data_model, "status_index_invalid"),)
        ),
        "H071": Case(
            lambda: bitstring_status_list.decode(packed(SMALLEST - 1)),
            "status_list_too_short",
            (Refusals(bitstring_status_list, "status_list_too_short"),),
        ),
        "H072": Case(
            lambda: bitstring_status_list.decode(packed(2 * MAX_STATUS_LIST_BYTES)),
            "status_list_too_large",
            (Named(bitstring_status_list, "MAX_STATUS_LIST_BYTES", 4 * MAX_STATUS_LIST_BYTES),),
        ),
        "H073": Case(
            lambda: bitstring_status_list.decode(packed(SMALLEST, gzip.compress(b"more"))),
            "status_list_malformed",
            (Refusals(bitstring_status_list, "status_list_malformed"),),
        ),
        "H074": Case(
            other_purpose,
            "status_purpose_mismatch",
            (Refusals(bitstring_status_list, "status_purpose_mismatch"),),
        ),
        "H075": Case(
            other_person, "correct_bit", (Named(token_status_list, "_at", from_the_left),)
        ),
    }
)
"""By id; where one id has several faces, with words behind it."""
