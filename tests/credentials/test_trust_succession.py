"""A list only grows: every change that takes something back is refused, all others are told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from credentials.errors import RejectedError
from credentials.keys import Algorithm, SoftwareSigner
from credentials.trust.listing import (
    Accreditation,
    KeptStatus,
    ListedCertificate,
    ListedKey,
    TrustedIssuer,
    TrustList,
)
from credentials.trust.succession import FORBIDDEN, check_succession, differences
from schemas.messages import known
from tests.conftest import NOW

DAY = timedelta(days=1)
TYPE = "https://skillspass.example/types/heftruck/1"
KEY = SoftwareSigner.generate(Algorithm.ES256, "did:web:a.example#1").public
RIGHT = Accreditation(TYPE, "school", NOW - 90 * DAY)
LISTED = ListedKey(KEY, NOW - 90 * DAY)
CERTIFICATE = ListedCertificate(b"0", NOW - 90 * DAY)
KEPT = KeptStatus("https://a.example/s", "https://l.example/k", "A" * 43, NOW)
ENTRY = TrustedIssuer(
    "did:web:a.example", "A", (RIGHT,), (LISTED,), certificates=(CERTIFICATE,), kept=(KEPT,)
)
BEFORE = TrustList(1, NOW, NOW + DAY, (ENTRY,))


def after(*entries: TrustedIssuer) -> TrustList:
    return replace(BEFORE, sequence=2, issued_at=NOW + DAY, issuers=entries)


def changed(**fields: object) -> TrustList:
    return after(replace(ENTRY, **fields))  # type: ignore[arg-type]  # fields of a dataclass


REFUSED = {
    "an issuer leaves": after(),
    "an accreditation leaves": changed(services=()),
    "a key leaves": changed(keys=()),
    "a certificate leaves": changed(certificates=()),
    "what was kept leaves": changed(kept=()),
    "what was kept changes": changed(kept=(replace(KEPT, digest="B" * 43),)),
    "a beginning moves": changed(services=(replace(RIGHT, valid_from=NOW),)),
    "an end in the past": changed(services=(replace(RIGHT, valid_until=NOW - DAY),)),
    "a key's end in the past": changed(keys=(replace(LISTED, valid_until=NOW - DAY),)),
}
ALLOWED = {
    "issuer_added": after(ENTRY, replace(ENTRY, id="did:web:b.example")),
    "issuer_renamed": changed(name="B"),
    "issuer_gone": changed(gone_since=NOW + DAY),
    "accreditation_added": changed(services=(RIGHT, replace(RIGHT, role="exam_centre"))),
    "accreditation_ended": changed(services=(replace(RIGHT, valid_until=NOW),)),
    "key_added": changed(keys=(LISTED, replace(LISTED, valid_from=NOW))),
    "key_ended": changed(keys=(replace(LISTED, valid_until=NOW + DAY),)),
    "key_compromised": changed(keys=(replace(LISTED, compromised=True),)),
    "certificate_added": changed(certificates=(CERTIFICATE, replace(CERTIFICATE, octets=b"1"))),
    "certificate_ended": changed(certificates=(replace(CERTIFICATE, valid_until=NOW),)),
    "status_kept": changed(kept=(KEPT, replace(KEPT, uri="https://a.example/t"))),
}


@pytest.mark.parametrize("list_", REFUSED.values(), ids=REFUSED)
def test_a_list_that_takes_something_back_is_refused(list_: TrustList) -> None:
    with pytest.raises(RejectedError, match="trust_history_changed"):
        check_succession(BEFORE, list_)


@pytest.mark.parametrize(("kind", "list_"), ALLOWED.items(), ids=ALLOWED)
def test_every_other_change_is_allowed_and_told(kind: str, list_: TrustList) -> None:
    check_succession(BEFORE, list_)
    assert kind in {each.kind for each in differences(BEFORE, list_)}
    assert known(f"trust.change.{kind}")


def test_the_same_list_tells_nothing_and_the_first_tells_all() -> None:
    assert differences(BEFORE, after(ENTRY)) == ()
    kinds = [each.kind for each in differences(None, BEFORE)]
    assert kinds == [
        "issuer_added",
        "accreditation_added",
        "key_added",
        "certificate_added",
        "status_kept",
    ]


def test_a_compromise_is_not_taken_back_and_a_planned_end_may_move() -> None:
    stolen = replace(BEFORE, issuers=(replace(ENTRY, keys=(replace(LISTED, compromised=True),)),))
    with pytest.raises(RejectedError, match="trust_history_changed"):
        check_succession(stolen, after(ENTRY))
    planned = replace(RIGHT, valid_until=NOW + 30 * DAY)
    before = replace(BEFORE, issuers=(replace(ENTRY, services=(planned,)),))
    later = after(ENTRY)
    check_succession(before, later)
    assert [each.kind for each in differences(before, later)] == ["accreditation_renewed"]


@pytest.mark.parametrize("kind", sorted(FORBIDDEN))
def test_what_is_forbidden_has_words_too(kind: str) -> None:
    assert known(f"trust.change.{kind}")
