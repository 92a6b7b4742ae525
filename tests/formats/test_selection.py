"""Which parts an issuer makes mandatory, and which a holder may leave out or show."""

from dataclasses import replace

import pytest

from credentials.claims import Paths
from credentials.cryptosuites import CRYPTOSUITES, SELECTIVE_CRYPTOSUITES
from credentials.encoding import JsonObject, compact_json
from credentials.errors import MalformedError
from credentials.formats import FORMATS, derivation, format_of, selection
from credentials.formats.data_integrity import CONFIGURED, configured_for
from credentials.keys import Algorithm, SoftwareSigner
from tests.conftest import NOW
from tests.formats.conftest import DISCLOSABLE, EVERYTHING, NOTHING, REQUEST, Sample, sample_of

SAMPLE = sample_of(CONFIGURED["ecdsa-sd-2023"], Algorithm.ES256)
DOCUMENT: JsonObject = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "issuer": "did:web:school.example",
    "type": ["VerifiableCredential"],
    "validFrom": "2026-11-23T12:00:00Z",
    "credentialSubject": {
        "id": "did:web:worker.example",
        "given_name": "Sam",
        "language": "nl",
        "skills": [
            {"framework": "metalektro", "skill": "mag", "level": 2},
            {"skill": "tig", "level": 1, "weld_details": {"joint": "BW", "process": "141"}},
        ],
    },
}
ALWAYS = {"/issuer", "/type", "/validFrom", "/credentialSubject/id"}


def mandatory(disclosable: Paths, forced: Paths = frozenset()) -> set[str]:
    """Pointers beyond those that are always mandatory."""
    found = selection.mandatory_pointers(DOCUMENT, disclosable=disclosable, mandatory=forced)
    assert len(set(found)) == len(found)
    assert set(found) >= ALWAYS
    return {pointer.removeprefix("/credentialSubject") for pointer in set(found) - ALWAYS}


@pytest.mark.parametrize(
    ("disclosable", "expected"),
    [
        (frozenset(), {"/given_name", "/language", "/skills"}),
        (DISCLOSABLE, {"/language"}),
        (frozenset([("skills", None)]), {"/given_name", "/language"}),
        (frozenset([("skills", 1)]), {"/given_name", "/language", "/skills/0"}),
        (
            frozenset([("skills", None, "level")]),
            {
                "/given_name",
                "/language",
                "/skills/0/framework",
                "/skills/0/skill",
                "/skills/1/skill",
                "/skills/1/weld_details",
            },
        ),
        (frozenset([("absent",)]), {"/given_name", "/language", "/skills"}),
    ],
)
def test_what_is_not_disclosable_is_mandatory(disclosable: Paths, expected: set[str]) -> None:
    assert mandatory(disclosable) == expected


def test_a_mandatory_claim_cannot_be_left_out_though_it_is_disclosable() -> None:
    assert mandatory(DISCLOSABLE, frozenset([("given_name",)])) == {"/given_name", "/language"}


def test_a_holder_may_leave_out_what_is_not_mandatory_and_names_nothing() -> None:
    pointers = ["/issuer", "/credentialSubject/language", "/credentialSubject/skills/1/level"]
    found = selection.disclosable_paths(DOCUMENT, pointers, names=selection.NAMES)
    assert found == {
        ("given_name",),
        ("skills", 0),
        ("skills", 0, "level"),
        ("skills", 1, "weld_details"),
        ("skills", 1, "weld_details", "joint"),
        ("skills", 1, "weld_details", "process"),
    }
    whole = selection.disclosable_paths(DOCUMENT, ["/credentialSubject"], names=frozenset())
    assert whole == frozenset()


@pytest.mark.parametrize(
    ("disclose", "expected"),
    [
        (NOTHING, set()),
        (frozenset([("skills", 1)]), {"/skills/1"}),
        (
            frozenset([("skills", 0, "level")]),
            {"/skills/0/level", "/skills/0/skill", "/skills/0/framework"},
        ),
        (
            frozenset([("skills", 1, "weld_details", "joint")]),
            {"/skills/1/weld_details/joint", "/skills/1/skill"},
        ),
        (frozenset([("absent",), ("skills", 7), ("given_name", 0)]), set()),
    ],
)
def test_what_is_shown_brings_its_name_and_the_holders(disclose: Paths, expected: set[str]) -> None:
    found = selection.revealing_pointers(DOCUMENT, disclose, names=selection.NAMES)
    assert set(found) == {"/credentialSubject/id"} | {f"/credentialSubject{e}" for e in expected}


def test_a_credential_without_a_status_is_held_but_not_shown_in_part() -> None:
    change = replace(SAMPLE.credential, status=())
    plain = replace(SAMPLE, credential=change)
    held = plain.issued()
    assert plain.verified(held).credential == change
    with pytest.raises(Exception, match="mandatory_hidden"):
        plain.accepted(plain.presented(held=held))


def test_a_credential_without_an_end_says_so_whenever_a_part_is_shown() -> None:
    change = replace(
        SAMPLE.credential, validity=replace(SAMPLE.credential.validity, valid_until=None)
    )
    endless = replace(SAMPLE, credential=change)
    held = endless.issued()
    assert isinstance(held, dict)
    assert held["validUntil"] == "9999-12-31T23:59:59Z"
    assert endless.verified(held).credential == change
    shown = endless.accepted(endless.presented(NOTHING, held=held))
    assert shown.credential.validity == change.validity


def test_what_was_derived_is_shown_as_it_is() -> None:
    presentation = SAMPLE.presented(frozenset([("skills", 0)]))
    assert isinstance(presentation, dict)
    inner = presentation["verifiableCredential"]
    assert isinstance(inner, list)
    part = inner[0]
    assert isinstance(part, dict)
    assert SAMPLE.format.parse(part).disclosable == frozenset()
    again = SAMPLE.presented(EVERYTHING, held=part)
    assert SAMPLE.accepted(again).credential == SAMPLE.accepted(presentation).credential


def test_what_is_received_names_its_instance() -> None:
    for name, instance in CONFIGURED.items():
        assert instance.suite.name == name
        wire: JsonObject = {"proof": [{"cryptosuite": name}]}
        assert configured_for(wire) is instance
        assert configured_for({"verifiableCredential": [wire]}) is instance
        assert format_of(compact_json(wire).decode()) is instance
        assert instance.selective is (name in SELECTIVE_CRYPTOSUITES)
    assert len(CONFIGURED) == len(CRYPTOSUITES) + len(SELECTIVE_CRYPTOSUITES)
    others: list[JsonObject] = [
        {},
        {"proof": 7},
        {"proof": {"cryptosuite": []}},
        {"verifiableCredential": []},
    ]
    for other in others:
        assert configured_for(other) is FORMATS["ldp_vc"]
    assert configured_for("{") is FORMATS["ldp_vc"]


def test_randomness_of_a_holder_depends_on_all_it_is_for() -> None:
    holder = SoftwareSigner.generate(Algorithm.EDDSA)  # deterministic
    draw = derivation.entropy_of(holder, {"nonce": "1"})
    first, second = draw(32), draw(32)
    assert first != second
    assert len(draw(99)) == 99
    assert derivation.entropy_of(holder, {"nonce": "1"})(32) == first
    assert derivation.entropy_of(holder, {"nonce": "2"})(32) != first
    assert derivation.entropy_of(SAMPLE.holder, {"nonce": "1"})(32) != first


def test_a_base_proof_must_be_there_to_be_read() -> None:
    with pytest.raises(MalformedError, match="no_proof"):
        derivation.base_proof({})
    shown = derivation.derived(
        {"proof": {"cryptosuite": "eddsa-jcs-2022"}},
        SAMPLE.holder,
        REQUEST,
        disclose=NOTHING,
        names=NOTHING,
    )
    assert shown == {"proof": {"cryptosuite": "eddsa-jcs-2022"}}


def test_one_skill_out_of_a_list_is_verified_by_who_asked(sample: Sample) -> None:
    wire = sample.presented(frozenset([("skills", 1)]))
    claims = sample.accepted(wire, at=NOW).credential.claims
    assert claims["skills"] == (
        [{"skill": "tig", "level": 1}]
        if sample.format.selective
        else sample.credential.claims["skills"]
    )
