"""Files of others: any octets are something or refused, and the official samples are read."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import MalformedError
from credentials.formats import FORMATS
from tests.cases.foreign import BADGE, png, svg, text_chunk
from wallet.holder.foreign import read_foreign


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_octets_are_something_or_refused(octets: bytes) -> None:
    try:
        brought = read_foreign(octets)
    except MalformedError:
        return
    found = (brought.export, brought.skills, brought.foreign)
    assert sum(each is not None for each in found) == 1


@given(st.binary(max_size=300))
def test_any_text_in_an_image_is_something_or_refused(octets: bytes) -> None:
    for image in (png(text_chunk(octets)), svg(octets.decode("latin-1"))):
        try:
            brought = read_foreign(image)
        except MalformedError:
            continue
        assert brought.foreign is not None


def test_the_official_samples_of_european_credentials_are_read(vectors: Path) -> None:
    samples = sorted((vectors / "elm-edc").rglob("Sample-*"))
    read = [read_foreign(path.read_bytes()).foreign for path in samples]
    assert len(read) == 6
    for path, each in zip(samples, read, strict=True):
        assert each is not None, path
        assert each.kind == "edc"
        assert each.format == ("jades" if "-signed" in path.name else "bare")
        assert each.title
        assert each.by


def test_badges_of_the_official_validator_are_read(vectors: Path) -> None:
    for path in sorted((vectors / "ob3-validator-fixtures" / "ob30").glob("simple-*.json")):
        found = read_foreign(path.read_bytes()).foreign
        assert found is not None, path
        assert found.format in FORMATS or found.format == "bare"


def test_a_badge_names_its_achievement_and_who_gave_it() -> None:
    found = read_foreign(str(BADGE).replace("'", '"').encode()).foreign
    assert found is not None
    assert (found.kind, found.title, found.by) == ("badge", "Lassen ]]> & <snijden>", "School É")
