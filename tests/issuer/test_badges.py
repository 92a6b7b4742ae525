"""Open Badges of certificates: their shape, their proof, their picture, and our own verifier."""

import io
import json
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from credentials.badge_images import read_image
from credentials.badges import Kind, check_badge
from credentials.dids import did_key
from credentials.encoding import JsonObject, compact_json
from credentials.errors import MalformedError, UnsupportedError
from credentials.findings import Check, Outcome
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Purpose, StatusKind, StatusReference, Validity
from credentials.verification import Expectations, Policy, Sources, check
from issuer.badges import Badge, baked_png, baked_svg, sign_badge
from issuer.documents.badge_pictures import PNG_PIXELS, Face, badge_png, badge_svg
from issuer.pages.frame import ICONS, icon_of
from schemas import catalog
from schemas.completion import valid_until
from schemas.credential_types import GRADES, CredentialType
from service.keystore import under_id
from tests.issuer.paper_samples import AT, WELDER
from tests.issuer.test_documents_certificates import HOSTILE, sample_claims

BARE = SoftwareSigner.generate(Algorithm.EDDSA)
DID = did_key(BARE.public)
KEY = under_id(BARE, f"{DID}#{DID.removeprefix('did:key:')}")
FACE = Face("Lascertificaat MAG", "Vakschool De Lasboog", "flame", "accredited")


def badge(type_id: str = "lascertificaat-mag", claims: JsonObject | None = None) -> Badge:
    found = WELDER if claims is None else claims
    return Badge(
        badge_id="urn:uuid:0d1dd8f6-52f5-5d6e-8cf0-8f2b8e8f5b11",
        kind=catalog.credential_type(type_id),
        claims=found,
        did=DID,
        issuer="Vakschool De Lasboog",
        issued_by="https://lasboog.example",
        issued_at=AT,
        validity=Validity(AT, valid_until(found)),
        status=(),
        language="nl",
    )


def verdict(document: JsonObject, *, days: int = 0) -> dict[Check, Outcome]:
    """What our verifier finds, for whoever holds the file."""

    def offline(url: str) -> bytes:
        raise AssertionError(url)

    found = check(
        compact_json(document).decode(),
        expected=Expectations(policy=Policy.ANY),
        sources=Sources(get=offline, trust_list=None, schemas=lambda _: None),
        at=AT + timedelta(days=days),
    )
    return {finding.check: finding.outcome for finding in found.findings}


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", catalog.credential_types(), ids=lambda kind: kind.id)
def test_every_type_becomes_a_badge_that_our_verifier_accepts(
    kind: CredentialType, language: str
) -> None:
    claims = sample_claims(kind)
    if "valid_until" in claims:
        claims["valid_until"] = "2036-11-09"
    signed = sign_badge(replace(badge(kind.id, claims), language=language), KEY)
    assert check_badge(signed) is Kind.ACHIEVEMENT
    outcomes = verdict(signed)
    assert Outcome.FAILED not in outcomes.values()
    assert outcomes[Check.PROOF] is Outcome.PASSED
    assert outcomes[Check.DATES] is Outcome.PASSED


def test_a_badge_says_who_what_how_well_and_by_which_number() -> None:
    signed = sign_badge(badge(), KEY)
    subject = json.loads(json.dumps(signed["credentialSubject"]))
    assert subject["identifier"][0]["identityHash"] == "Ahmet Yılmaz"  # noqa: RUF001 - his name
    assert subject["licenseNumber"] == "LM-26001"
    assert subject["activityEndDate"] == "2026-11-09T00:00:00Z"
    assert [result["value"] for result in subject["result"]] == ["2", "3"]
    achievement = subject["achievement"]
    assert achievement["achievementType"] == "Certification"
    described = {one["id"]: one for one in achievement["resultDescription"]}
    assert {result["resultDescription"] for result in subject["result"]} == set(described)
    assert any("esco" in link["targetUrl"] for link in achievement["alignment"])


def test_a_badge_ends_when_its_certificate_does() -> None:
    claims: JsonObject = {"date_of_exam": "2026-11-09", "valid_until": "2026-12-01"}
    signed = sign_badge(badge("vca-basis", claims), KEY)
    assert verdict(signed)[Check.DATES] is Outcome.PASSED
    assert verdict(signed, days=30)[Check.DATES] is Outcome.FAILED


def test_a_badge_points_at_the_status_of_its_certificate() -> None:
    place = StatusReference(
        StatusKind.BITSTRING, "https://lasboog.example/status/1", 7, Purpose.REVOCATION
    )
    signed = sign_badge(replace(badge(), status=(place,)), KEY)
    (entry,) = json.loads(json.dumps(signed["credentialStatus"]))
    assert (entry["statusListIndex"], entry["statusPurpose"]) == ("7", "revocation")


def test_a_changed_badge_is_refused() -> None:
    signed = sign_badge(badge(), KEY)
    changed = json.loads(json.dumps(signed))
    changed["credentialSubject"]["achievement"]["name"] = "Iets anders"
    assert verdict(signed)[Check.PROOF] is Outcome.PASSED
    assert verdict(changed)[Check.PROOF] is Outcome.FAILED


def test_only_the_issuers_own_kind_of_key_signs() -> None:
    with pytest.raises(ValueError, match="DID URL"):
        sign_badge(badge(), BARE)
    other = SoftwareSigner.generate(Algorithm.ES256)
    with pytest.raises(UnsupportedError, match="cryptosuite_not_allowed"):
        sign_badge(badge(), under_id(other, KEY.public.key_id or ""))


def test_pictures_carry_the_badge() -> None:
    signed = sign_badge(badge(), KEY)
    for picture in (baked_svg(signed, FACE), baked_png(signed, FACE)):
        assert read_image(picture) == signed
    with pytest.raises(MalformedError, match="badge_missing"):
        read_image(badge_svg(FACE))


def test_the_png_is_sharp_and_clear_around_the_nut() -> None:
    image = Image.open(io.BytesIO(badge_png(badge_svg(FACE))))
    assert image.size == (PNG_PIXELS, PNG_PIXELS)
    assert image.mode == "RGBA"
    assert image.getpixel((2, 2)) == (0, 0, 0, 0)
    assert image.getpixel((PNG_PIXELS // 2, 20)) == (0x12, 0x34, 0x3B, 255)


@pytest.mark.parametrize("icon", sorted({*ICONS.values(), icon_of("anything else")}))
def test_every_drawing_makes_a_picture(icon: str) -> None:
    assert badge_svg(replace(FACE, icon=icon)) != badge_svg(replace(FACE, icon="nut"))


@pytest.mark.parametrize("grade", GRADES)
def test_the_seam_at_the_foot_is_as_long_as_the_proof_is_strong(grade: str) -> None:
    root = ET.fromstring(badge_svg(replace(FACE, grade=grade)))  # noqa: S314 - our own
    foot = [one for one in root.iter() if "scale(1.15)" in one.get("transform", "")]
    assert len(foot) == len(GRADES)
    assert [one.get("fill") for one in foot].count("#c8471b") == GRADES.index(grade) + 1


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_names_in_a_picture_are_never_markup(text: str) -> None:
    """H093 for pictures."""
    drawn = badge_svg(replace(FACE, title=text, issuer=text))
    root = ET.fromstring(drawn)  # noqa: S314 - our own, and this test is about just that
    assert {element.tag.partition("}")[2] for element in root.iter()} <= {
        *("svg", "title", "defs", "path", "use", "circle", "g", "symbol", "clipPath", "rect"),
    }
