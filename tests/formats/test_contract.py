"""The contract of a credential format: every format passes these tests unchanged."""

import base64
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.bbs_keys import PairingAlgorithm
from credentials.claims import Paths
from credentials.encoding import JsonObject
from credentials.errors import (
    BindingInvalid,
    CredentialError,
    MalformedError,
    OutsideValidity,
    ProofInvalid,
    RejectedError,
)
from credentials.formats import FORMATS, format_of
from credentials.formats.base import CredentialFormat
from credentials.keys import Algorithm, SoftwareSigner
from credentials.limits import CLOCK_SKEW, MAX_KEY_BINDING_AGE
from credentials.model import Binding, Unverified, Validity, Wire
from tests.conftest import NOW
from tests.formats.conftest import (
    CLAIMS,
    DISCLOSABLE,
    EVERYTHING,
    ISSUER,
    NOTHING,
    REQUEST,
    Sample,
    entropy,
    signer_of,
)


def code_of(action: Callable[[], object], kind: type[CredentialError] = CredentialError) -> str:
    with pytest.raises(kind) as refused:
        action()
    return refused.value.code


def expected_of(credential_format: CredentialFormat, shown: JsonObject) -> JsonObject:
    """What is seen of ``CLAIMS``: a format that is not selective shows the whole."""
    return shown if credential_format.selective else CLAIMS


def test_a_credential_comes_back_as_it_went(sample: Sample) -> None:
    verified = sample.verified(sample.issued())
    assert verified.credential == sample.credential
    assert verified.format == sample.format.identifier
    assert not verified.holder_bound


def test_a_credential_names_its_key_its_holder_and_what_may_be_left_out(sample: Sample) -> None:
    unverified = sample.format.parse(sample.issued())
    assert (unverified.key.issuer, unverified.key.key_id) == (ISSUER, f"{ISSUER}#k")
    assert unverified.holder == sample.holder.public
    assert not unverified.presented
    assert bool(unverified.disclosable) is sample.format.selective


def test_a_credential_without_dates_status_or_id_comes_back(sample: Sample) -> None:
    bare = replace(sample.credential, validity=Validity(), status=(), credential_id=None)
    plain = replace(sample, credential=bare)
    assert plain.verified(plain.issued()).credential == bare


def test_received_text_is_told_apart_by_its_form(sample: Sample) -> None:
    for wire in (sample.issued(), sample.presented()):
        assert format_of(wire) is sample.format


@pytest.mark.parametrize("wire", ["", "x", "e30.e30.e30", "<xml>", "[]", "a" * 99_999])
def test_what_is_of_no_format_is_refused(wire: str) -> None:
    assert code_of(lambda: format_of(wire), MalformedError) == "format_unknown"


@pytest.mark.parametrize(
    ("disclose", "shown"),
    [
        (EVERYTHING, CLAIMS),
        (NOTHING, {"language": "nl"}),
        (frozenset([("given_name",)]), {"given_name": "Sam", "language": "nl"}),
        (
            frozenset([("skills", 1)]),
            {"skills": [{"skill": "tig", "level": 1}], "language": "nl"},
        ),
        (
            frozenset([("skills", None, "skill")]),
            {"skills": [{"skill": "mag"}, {"skill": "tig"}], "language": "nl"},
        ),
        (
            frozenset([("skills", 0, "level"), ("given_name",), ("absent",)]),
            {
                "given_name": "Sam",
                "skills": [{"skill": "mag", "level": 2}],
                "language": "nl",
            },
        ),
    ],
    ids=["all", "nothing", "one", "one element", "one member of each element", "deep"],
)
def test_a_presentation_shows_what_was_chosen(
    sample: Sample, disclose: Paths, shown: JsonObject
) -> None:
    verified = sample.accepted(sample.presented(disclose))
    assert verified.holder_bound
    assert verified.credential.claims == expected_of(sample.format, shown)


def readable(text: str) -> str:
    """A presentation with all that its base64 hides, however deep."""
    runs = re.findall(r"[A-Za-z0-9_-]{12,}", text)
    decoded = (
        base64.urlsafe_b64decode(run + "=" * (-len(run) % 4)) for run in runs if len(run) % 4 != 1
    )
    return "\n".join([text, *(readable(each.decode("ascii", "ignore")) for each in decoded)])


def test_what_was_not_chosen_is_nowhere_in_the_presentation(sample: Sample) -> None:
    few = readable(str(sample.presented(frozenset([("skills", 1)]))))
    whole = readable(str(sample.presented(EVERYTHING)))
    for hidden in (r"[\"']Sam[\"']", r"[\"']mag[\"']"):
        assert re.search(hidden, whole)
        assert bool(re.search(hidden, few)) is not sample.format.selective


def test_a_presentation_can_be_made_again_from_what_was_received(sample: Sample) -> None:
    held = sample.issued()
    nonces = ["first", "second"]
    for nonce in nonces:
        binding = Binding(REQUEST.audience, nonce)
        shown = sample.presented(held=held, binding=binding)
        assert sample.accepted(shown, expected=binding).credential == sample.credential


def test_a_replayed_presentation_is_refused(sample: Sample) -> None:
    shown = sample.presented()
    other = Binding(REQUEST.audience, "another nonce")
    assert code_of(lambda: sample.accepted(shown, expected=other), BindingInvalid) == (
        "nonce_invalid"
    )


@pytest.mark.parametrize(
    "change", [str.upper, "{}/".format, "{}.evil.example".format, "x{}".format]
)
def test_a_presentation_for_another_verifier_is_refused(
    sample: Sample, change: Callable[[str], str]
) -> None:
    elsewhere = Binding(change(REQUEST.audience), REQUEST.nonce)
    shown = sample.presented(binding=elsewhere)
    assert code_of(lambda: sample.accepted(shown), BindingInvalid) == "aud_mismatch"
    assert sample.accepted(shown, expected=elsewhere).holder_bound


def test_a_thief_cannot_present_what_he_holds(sample: Sample) -> None:
    thief = SoftwareSigner.generate(Algorithm.ES256)
    shown = sample.presented(by=thief)
    assert code_of(lambda: sample.accepted(shown), BindingInvalid) == "holder_key_mismatch"
    unverified = sample.format.parse(shown)
    assert (
        code_of(
            lambda: sample.format.check_binding(unverified, expected=None, at=NOW), BindingInvalid
        )
        == "holder_key_mismatch"
    )


def test_a_credential_of_nobody_cannot_be_presented(sample: Sample) -> None:
    held = sample.format.issue(
        sample.credential, sample.issuer, holder=None, disclosable=DISCLOSABLE, entropy=entropy
    )
    assert sample.format.parse(held).holder is None
    assert sample.verified(held).credential.claims == CLAIMS
    code_of(lambda: sample.accepted(sample.presented(held=held)), BindingInvalid)


def test_a_bare_credential_is_no_presentation(sample: Sample) -> None:
    held = sample.issued()
    assert code_of(lambda: sample.accepted(held), BindingInvalid) == "holder_binding_missing"
    unverified = sample.format.parse(held)
    assert (
        code_of(
            lambda: sample.format.check_binding(unverified, expected=None, at=NOW), BindingInvalid
        )
        == "holder_binding_missing"
    )


@pytest.mark.parametrize(
    "nothing", [Binding("", REQUEST.nonce), Binding(REQUEST.audience, "")], ids=["aud", "nonce"]
)
def test_a_verifier_without_nonce_or_audience_accepts_nothing(
    sample: Sample, nothing: Binding
) -> None:
    shown = sample.presented()
    refusal = code_of(lambda: sample.accepted(shown, expected=nothing), RejectedError)
    assert refusal == "config_nonce_required"


def test_a_holders_signature_is_checked_without_knowing_the_request(sample: Sample) -> None:
    unverified = sample.format.parse(sample.presented())
    assert unverified.presented
    sample.format.check_binding(unverified, expected=None, at=NOW)


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        (NOW, True),
        (NOW - CLOCK_SKEW, True),
        (NOW - CLOCK_SKEW - timedelta(seconds=1), False),
        (NOW + MAX_KEY_BINDING_AGE, True),
        (NOW + MAX_KEY_BINDING_AGE + timedelta(seconds=1), False),
    ],
)
def test_a_presentation_is_made_now(sample: Sample, at: datetime, *, holds: bool) -> None:
    unverified = sample.format.parse(sample.presented())
    if holds:
        sample.format.check_binding(unverified, expected=REQUEST, at=at)
    else:
        code_of(
            lambda: sample.format.check_binding(unverified, expected=REQUEST, at=at),
            BindingInvalid,
        )


END = NOW + timedelta(days=365)


@pytest.mark.parametrize("at", [END, END + timedelta(days=1)])
def test_a_credential_has_ended_at_its_last_moment(sample: Sample, at: datetime) -> None:
    held = sample.issued()
    sample.verified(held, at=END - timedelta(seconds=1))
    assert code_of(lambda: sample.verified(held, at=at), OutsideValidity) == "expired"
    shown = sample.presented(at=at)
    assert code_of(lambda: sample.accepted(shown, at=at), OutsideValidity) == "expired"


def test_a_credential_does_not_hold_before_its_first_moment(sample: Sample) -> None:
    start = NOW + timedelta(days=2)
    later = replace(sample.credential, validity=Validity(start, END))
    early = replace(sample, credential=later)
    held = early.issued()
    early.verified(held, at=start - CLOCK_SKEW)
    assert code_of(lambda: early.verified(held), OutsideValidity) == "not_yet_valid"


def test_a_credential_from_the_future_is_refused(sample: Sample) -> None:
    held = sample.issued()
    code_of(lambda: sample.verified(held, at=NOW - timedelta(days=1)), RejectedError)


@pytest.mark.parametrize("algorithm", [*Algorithm, *PairingAlgorithm])
def test_a_forged_credential_is_refused(
    sample: Sample, algorithm: Algorithm | PairingAlgorithm
) -> None:
    forger = signer_of(algorithm, f"{ISSUER}#k")
    if algorithm is sample.issuer.public.algorithm:
        forged = sample.issued(signer=forger)
        code_of(lambda: sample.verified(forged), ProofInvalid)
        code_of(lambda: sample.accepted(sample.presented(held=forged)), ProofInvalid)
    genuine = sample.format.parse(sample.issued())
    code_of(lambda: sample.format.check_proof(genuine, forger.public, at=NOW), ProofInvalid)


def read(credential_format: CredentialFormat, wire: Wire) -> Unverified | None:
    try:
        return credential_format.parse(wire)
    except CredentialError:
        return None


@pytest.mark.parametrize("credential_format", FORMATS.values(), ids=FORMATS)
@given(wire=st.text(max_size=120) | st.from_regex(r"[\w.~{}\[\]\":,-]{0,120}", fullmatch=True))
def test_any_text_is_a_credential_or_refused(
    credential_format: CredentialFormat, wire: str
) -> None:
    assert read(credential_format, wire) is None


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=9,
)


@given(members=st.dictionaries(st.sampled_from(["@context", "type", "proof", "id", "x"]), ANY_JSON))
def test_any_document_is_a_credential_or_refused(sample: Sample, members: JsonObject) -> None:
    assert read(sample.format, members) is None
