"""The 120 inputs of the official suite of VC Data Model 2.0: accepted or refused as it asks."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from credentials.data_model import format_time
from credentials.document_rules import (
    check_credential,
    check_presentation,
    check_self_asserted,
    with_issuer,
)
from credentials.encoding import JsonObject
from credentials.errors import CredentialError, MalformedError
from tests.conftest import NOW

ISSUER = "did:key:z6MkpJySvETLnxhQG9DzEdmKJtysBDjuuTeDfUj1uNNCUqcj"
DATES = {
    "PAST DATE": format_time(NOW - timedelta(days=365)),
    "FUTURE DATE": format_time(NOW + timedelta(days=365)),
}
"""What the suite puts in the place of these words before it sends the file."""

COUNT = 120
SELF_ASSERTED = {"holder-mismatch": False, "issuer-mismatch": False, "no-holder": False, "ok": True}


def load(path: Path) -> JsonObject:
    text = path.read_text("utf-8")
    for word, date in DATES.items():
        text = text.replace(word, date)
    document: JsonObject = json.loads(text)
    return document


def inputs(vectors: Path) -> list[Path]:
    return sorted((vectors / "vcdm2").rglob("*.json"))


def refusal(path: Path) -> str | None:
    """The code with which the document is refused; an issuer fills in itself first."""
    document = load(path)
    try:
        if path.name.startswith("presentation"):
            check_presentation(document, inline=True)
        else:
            check_credential(with_issuer(document, ISSUER), inline=True)
    except CredentialError as error:
        return error.code
    return None


def test_every_input_that_is_well_formed_is_accepted(vectors: Path) -> None:
    named = [path for path in inputs(vectors) if path.stem.endswith("-ok")]
    assert len(named) > 60
    assert {path.name: refusal(path) for path in named if refusal(path)} == {}


def test_every_input_that_is_not_is_refused(vectors: Path) -> None:
    named = [path for path in inputs(vectors) if "-fail" in path.stem]
    assert len(named) > 40
    assert [path.name for path in named if refusal(path) is None] == []


def test_the_refusals_say_what_is_wrong(vectors: Path) -> None:
    found = {path.stem: refusal(path) for path in inputs(vectors)}
    assert found["credential-no-context-fail-or-inject"] == "context_missing"
    assert found["credential-redef-type-fail"] == "context_redefines"
    assert found["credential-redef-type2-fail"] == "context_redefines"
    assert found["credential-type-unmapped-fail"] == "term_undefined"
    assert found["credential-type-mapped-nonurl-fail"] == "iri_malformed"
    assert found["credential-issuer-object-id-null-fail"] == "issuer_invalid"
    assert found["credential-schema-no-id-fail"] == "id_invalid"
    assert found["credential-evidence-missing-type-fail"] == "type_missing"
    assert found["credential-validUntil-validFrom-fail"] == "date_invalid"
    assert found["credential-name-extra-prop-en-fail"] == "text_invalid"
    assert found["presentation-holder-name-fail"] == "holder_invalid"
    assert found["presentation-vc-as-string-fail"] == "presentation_malformed"


@pytest.mark.parametrize(("name", "holds"), SELF_ASSERTED.items())
def test_an_unsecured_credential_is_one_of_the_holder(
    vectors: Path, name: str, *, holds: bool
) -> None:
    document = load(vectors / "vcdm2" / f"presentation-self-asserted-vc-{name}.json")
    check_presentation(document)
    if holds:
        check_self_asserted(document)
    else:
        with pytest.raises(MalformedError) as refused:
            check_self_asserted(document)
        assert refused.value.code == "issuer_not_holder"


def test_no_input_is_left_out(vectors: Path) -> None:
    names = [path.stem for path in inputs(vectors)]
    judged = [name for name in names if name.endswith("-ok") or "-fail" in name]
    assert len(names) == COUNT
    assert len(judged) + len(SELF_ASSERTED) - 1 == len(names)


BASE = "https://www.w3.org/ns/credentials/v2"
SRI = "sha384-NSOcNpmdIVUxIJGvGUoe22FjTWrXiaXlsZ8q6912LdnR3KraQO2n75Ica4wK4Qeg"
MULTIBASE = "uJKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k"
OTHER_SRI = "sha384-_rCVIV7fSXXTNIvpiq26jRDyj8JG8TDjij-tD0ewLk4JpnXEz6a5AeeY_1qQ0d0P"
OTHER_MULTIBASE = "uM4RgWQc3RUDtjJCSgTJtTfvpZ7SPEg_LNO0ESlovQC0"


def related(*entries: JsonObject | str) -> JsonObject:
    return {
        "@context": [BASE],
        "type": ["VerifiableCredential"],
        "issuer": ISSUER,
        "credentialSubject": {"name": "Alice"},
        "relatedResource": [*entries],
    }


@pytest.mark.parametrize(
    "entry",
    [
        {"id": BASE, "digestSRI": SRI},
        {"id": BASE, "digestMultibase": MULTIBASE},
        {"id": BASE, "mediaType": "application/ld+json", "digestSRI": SRI},
    ],
    ids=["SRI", "multibase", "media type"],
)
def test_the_digest_of_an_accepted_copy_fits(entry: JsonObject) -> None:
    check_credential(related(entry))


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([BASE], "related_resource_malformed"),
        ([{"digestMultibase": MULTIBASE}], "related_resource_malformed"),
        (
            [{"id": BASE, "digestSRI": SRI}, {"id": BASE, "digestMultibase": MULTIBASE}],
            "related_resource_malformed",
        ),
        ([{"id": BASE}], "context_digest_mismatch"),
        ([{"id": BASE, "digestMultibase": OTHER_MULTIBASE}], "context_digest_mismatch"),
        ([{"id": BASE, "digestSRI": OTHER_SRI}], "context_digest_mismatch"),
        ([{"id": "https://x.example/", "digestSRI": SRI}], "related_resource_unknown"),
    ],
    ids=["text", "no id", "twice", "no digest", "other multibase", "other SRI", "unknown"],
)
def test_a_related_resource_that_does_not_hold_is_refused(
    entries: list[JsonObject | str], code: str
) -> None:
    with pytest.raises(CredentialError) as refused:
        check_credential(related(*entries))
    assert refused.value.code == code
