"""The public page of the list: everything on it is what the signed list says, in both languages."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from credentials.keys import Algorithm, SoftwareSigner
from credentials.trust.listing import VERIFIERS as ASKERS
from credentials.trust.listing import (
    Accreditation,
    KeptStatus,
    ListedKey,
    TrustedIssuer,
    TrustList,
    read_list,
)
from credentials.trust.verifiers import asking
from schemas import catalog
from service.landing import Doors, Shown, create_landing
from tests.conftest import NOW
from tests.service.small import settings_for
from verifier.demo_list import DemoList
from verifier.trust_pages import TEMPLATES, Published, create_router, view

DAY = timedelta(days=1)
TYPE = catalog.credential_type("heftruck").url
KEY = SoftwareSigner.generate(Algorithm.ES256, "did:web:school.example#1").public
SCHOOL = TrustedIssuer(
    "did:web:school.example",
    "Vakschool <De Lasboog>",
    (Accreditation(TYPE, "training_provider", NOW - 9 * DAY),),
    (ListedKey(KEY, NOW - 9 * DAY),),
    name_en="Trade school",
    kvk="12345678",
)
GONE = replace(
    SCHOOL,
    id="did:web:gone.example",
    name="Weg B.V.",
    name_en=None,
    gone_since=NOW - DAY,
    services=(Accreditation(TYPE, "training_provider", NOW - 9 * DAY, NOW - DAY),),
    kept=(KeptStatus("https://g.example/s", "https://l.example/k", "A" * 43, NOW - DAY),),
)
FIRM = TrustedIssuer("did:web:firm.example", "Firma Jansen", (asking(NOW - DAY),), ())
BEFORE = TrustList(1, NOW - DAY, NOW + DAY, (replace(GONE, gone_since=None, kept=()),))
LISTED = TrustList(2, NOW, NOW + DAY, (SCHOOL, GONE), {"nl": "De sector"})
ALL = Published(LISTED, BEFORE, TrustList(1, NOW, NOW + DAY, (FIRM,)))


def page(var: Path, found: Published, language: str) -> str:
    """The page as text."""
    settings = settings_for(var)
    doors = Doors("http://a.example/", "http://b.example/", "http://c.example/")
    shown = Shown("/list", create_router(lambda: found), TEMPLATES)
    app = create_landing(settings, doors=doors, shown=shown, clock=lambda: NOW)
    client = TestClient(app, base_url=settings.public_url)
    assert 'href="/list"' in client.get("/").text
    answer = client.get(f"/list?lang={language}")
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", ["Heftruck", "een opleider", "Bestaat niet meer", "Firma Jansen", "KvK 12345678"]),
        ("en", ["Forklift", "a training provider", "Trade school", "No longer exists"]),
    ],
)
def test_anyone_reads_who_may_give_what_and_what_changed(
    tmp_path: Path, language: str, words: list[str]
) -> None:
    text = page(tmp_path, ALL, language)
    assert [word for word in words if word not in text] == []
    assert "<De Lasboog>" not in text  # a name is text, never markup
    assert "gone.example" in text


def test_a_list_that_is_over_says_so(tmp_path: Path) -> None:
    fresh, stale = "te oud", replace(LISTED, next_update=NOW)
    assert fresh not in page(tmp_path / "a", ALL, "nl")
    assert fresh in page(tmp_path / "b", Published(stale), "nl")


def test_what_runs_is_told_from_what_is_over_or_to_come() -> None:
    entry = replace(
        SCHOOL,
        services=(
            Accreditation(TYPE, "training_provider", NOW - DAY),
            Accreditation(TYPE, "training_provider", NOW - 2 * DAY, NOW),
            Accreditation("https://x.example/y/z", "odd", NOW + DAY),
        ),
    )
    rights = view(entry, "nl", at=NOW).rights
    assert [each.state for each in rights] == ["known", "none", "waiting"]
    assert (rights[2].title, rights[2].role) == ("https://x.example/y/z", "")


@pytest.fixture
def trial(tmp_path: Path) -> DemoList:
    return DemoList(tmp_path, clock=lambda: NOW)


def test_the_trial_publishes_both_lists_and_a_page_of_them(trial: DemoList) -> None:
    trial.enter("did:web:school.example", name="Vakschool", keys=lambda: [ListedKey(KEY, NOW)])
    first = trial.published()
    trial.enter_verifier("https://firm.example", name="Firma")
    trial.enter("did:web:other.example", name="Ander", keys=list)
    second = trial.published()
    assert first.previous is None
    assert second.previous == first.issuers
    assert second.issuers.previous is not None
    assert second.verifiers is not None
    assert [each.name for each in second.verifiers.issuers] == ["Firma"]
    documents = trial.documents()
    token = documents["/verifiers.jwt"][1]().decode("ascii")
    anchor = trial._signer.public
    found = read_list(token, anchor=anchor, at=NOW, seen_sequence=None, kind=ASKERS)
    assert found.entry("did:web:firm.example") is not None
