"""Open Badges 3.0: the 36 fixtures of the public validator of 1EdTech, and the test vectors.

The validator's own tests say which fixtures hold; what is wrong with each other one stands in its
name, or was made out by hand and stands here. Keys are taken from the fragment of the proof's
method, because the fixtures' issuers are invented: whose key it is, is another layer.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from credentials import data_model
from credentials.badges import Kind, check_badge
from credentials.cryptosuites import EDDSA_RDFC_2022
from credentials.cryptosuites.base import canonical_document, proof_configuration
from credentials.cryptosuites.proofs import check_proofs
from credentials.encoding import JsonObject
from credentials.errors import CredentialError, MalformedError, UnsupportedError
from credentials.formats.base import check_dates
from credentials.jsonld.nquads import parse
from credentials.jsonld.rdf_canonical import canonicalize
from credentials.keys import PublicKey, public_key_from_multikey

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
FOLDER = "ob3-validator-fixtures/ob30"

VALID = {
    "simple.json": Kind.ACHIEVEMENT,
    "simple_v1.json": Kind.ACHIEVEMENT,  # data model 1.1, which the validator only warns about
    "simple-context-alias.json": Kind.ACHIEVEMENT,
    "simple-context-version.json": Kind.ACHIEVEMENT,  # 3.0.2, an older context of 3.0
    "simple-did-web-method.json": Kind.ACHIEVEMENT,
    "endorsement-valid.json": Kind.ENDORSEMENT,
    "sd/derivedcredential.json": Kind.ACHIEVEMENT,  # selective disclosure, no name disclosed
}

STRICTER = {
    "simple-did-key-method.json": {"canonical_value"},
    "simple-eddsa-2022.json": {"cryptosuite_not_allowed"},
}
"""What the validator lets pass and we do not. Issuer and subject of the first are one identifier
that is described in two places, so that its signed statements do not say what is told of the
issuer and what of the subject; the second names a suite, eddsa-2022, that never became a
standard (the validator warns)."""

SHAPE = {
    "simple-err-context.json": "the first context is not that of the data model",
    "simple-err-type.json": "at type",  # OtherCredential
    "simple-err-issuer.json": "at issuer",  # there is none
    "simple-err-issuer-type.json": "at issuer.type",  # InvalidProfile, and so on below
    "simple-err-issuer-parentorg-type.json": "at issuer.parentOrg.type",
    "simple-err-issuer-otheridentifier-type.json": "at issuer.otherIdentifier.type",
    "simple-err-evidence-type.json": "at evidence.type",
    "simple-err-credential-subject-type.json": "at credentialSubject.type",
    "simple-err-credential-subject-identifier-type.json": "at credentialSubject.identifier.type",
    "simple-err-credential-subject-profile-type.json": "at credentialSubject.source.type",
    "simple-err-credential-subject-result-type.json": "at credentialSubject.result.type",
    "simple-err-credential-subject-achievement-result-description-type.json": (
        "at credentialSubject.achievement.resultDescription.type"
    ),
    "complete_v1.json": "at issuer.endorsement.id",  # by data model 1.1 it needed none
    "simple-noproof.json": "at credentialSubject.achievement",  # and it has no proof
    "simple-err-issued.json": "at credentialSubject.achievement",  # and it begins in 2040
}
"""Where the profile refuses it: the validator's probe of the same name, or the JSON schema."""

BEYOND_SHAPE = {
    "simple-err-expired.json": {"expired"},  # it ended in 2010
    "simple-err-issued.json": {"badge_malformed", "not_yet_valid"},  # it begins in 2040
    "simple-err-proof-value.json": {"proof_invalid"},  # two characters changed places
    "simple-err-proof-method.json": {"key_invalid"},  # three characters too many in the key
    "simple-err-proof-method-no-scheme.json": {"method_unknown"},
    "simple-err-proof-method-unknown-scheme.json": {"method_unknown"},  # no known scheme
    "simple-err-proof-method-unknown-did-method.json": {"method_unknown"},  # did:example:
    "simple-multiple-proofs.json": {"cryptosuite_not_allowed"},  # one of them is SomeProofType
    "simple-noproof.json": {"badge_malformed", "no_proof"},
    "endorsement-err-schema-status-refresh.json": {
        "proof_invalid",  # changed after signing
        "status_type_unknown",  # 1EdTechRevocationList, at an address that does not exist
    },
    "complete.json": {
        "context_keyword_forbidden",  # an endorsement brings a context of its own
        "status_type_unknown",
    },
    "credential-status-revoked.json": {
        "status_type_unknown",  # revoked there, in a kind of list that we do not read
        "canonical_value",  # issuer and source are one identifier in two places
    },
    "bit-string-list/credential-status-revoked.json": {
        "status_index_invalid"  # revoked there; its index is a number, where text is demanded
    },
    "bit-string-list/credential-status-revoked-blank-nodes.json": {"status_index_invalid"},
}


def load(vectors: Path, name: str) -> JsonObject:
    document: JsonObject = json.loads((vectors / FOLDER / name).read_bytes())
    return document


def key_of(method: str) -> PublicKey:
    """The key in the method's fragment, or the did:key itself."""
    if method.startswith("did:key:"):
        return public_key_from_multikey(method.removeprefix("did:key:"))
    if "#" not in method:
        raise UnsupportedError("method_unknown", "no key in it")
    return public_key_from_multikey(method.rpartition("#")[2])


def faults(document: JsonObject) -> set[str]:
    """The code of every layer that says no: profile, dates, status, proofs."""
    checks = (
        lambda: check_badge(document),
        lambda: check_dates(data_model.validity_of(document), at=AT),
        lambda: data_model.status_of(document),
        lambda: check_proofs(document, key_of, purpose="assertionMethod", at=AT),
    )
    found = set()
    for check in checks:
        try:
            check()
        except CredentialError as error:
            found.add(error.code)
    return found


def test_every_fixture_is_judged_here(vectors: Path) -> None:
    folder = vectors / FOLDER
    names = {str(path.relative_to(folder)) for path in folder.rglob("*.json")}
    assert len(names) == 36
    assert names == {*VALID, *STRICTER, *SHAPE, *BEYOND_SHAPE}
    assert not {*VALID} & {*STRICTER, *SHAPE, *BEYOND_SHAPE}


@pytest.mark.parametrize(("name", "kind"), VALID.items(), ids=VALID)
def test_what_holds_there_holds_here(vectors: Path, name: str, kind: Kind) -> None:
    document = load(vectors, name)
    assert faults(document) == set()
    assert check_badge(document) is kind


@pytest.mark.parametrize(("name", "place"), SHAPE.items(), ids=SHAPE)
def test_a_wrong_shape_is_refused_at_its_place(vectors: Path, name: str, place: str) -> None:
    with pytest.raises(MalformedError) as refused:
        check_badge(load(vectors, name))
    assert refused.value.detail == place


@pytest.mark.parametrize(
    ("name", "codes"),
    [*BEYOND_SHAPE.items(), *STRICTER.items()],
    ids=[*BEYOND_SHAPE, *STRICTER],
)
def test_what_does_not_hold_is_refused_for_its_reason(
    vectors: Path, name: str, codes: set[str]
) -> None:
    assert faults(load(vectors, name)) == codes


def test_the_canonical_forms_of_the_test_vector_are_ours(vectors: Path) -> None:
    document = load(vectors, "simple.json")
    issuer: JsonObject = {
        "id": "https://example.edu/issuers/565049",
        "type": ["Profile"],
        "name": "Example Corp",
        "url": "https://www.imsglobal.org",
    }
    unsigned = {**document, "issuer": issuer}
    del unsigned["proof"]
    folder = vectors / "ob3-clr2" / "obv3p0"
    assert canonical_document(unsigned) == folder.joinpath("document-canon.txt").read_text("utf-8")
    key = "z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"
    options: JsonObject = {
        "type": "DataIntegrityProof",
        "created": "2010-01-01T19:23:24Z",
        "verificationMethod": f"https://example.edu/issuers/565049#{key}",
        "cryptosuite": "eddsa-rdfc-2022",
        "proofPurpose": "assertionMethod",
    }
    configuration = canonical_document(proof_configuration(unsigned, options, EDDSA_RDFC_2022.name))
    assert configuration == folder.joinpath("proof-canon.txt").read_text("utf-8")


@pytest.mark.parametrize("name", ["document-canon.txt", "proof-canon.txt"])
def test_the_record_of_the_test_vector_is_canonical_as_it_stands(vectors: Path, name: str) -> None:
    text = (vectors / "ob3-clr2" / "clrv2p0" / name).read_text(encoding="utf-8")
    assert canonicalize(parse(text)).nquads == text
