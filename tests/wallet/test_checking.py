"""The engine's check of what a worker holds: a colleague's word, as the browser has it."""

import os

from credentials.dids import did_jwk
from credentials.findings import Check
from credentials.formats import FORMATS
from credentials.keys import Algorithm, Signer, SoftwareSigner
from credentials.model import Credential, Validity, Wire
from credentials.trust.listing import TrustList
from schemas import catalog
from skills.framework import statement
from tests.conftest import NOW
from tests.in_memory import InMemoryHttp
from wallet.holder.checking import Checked, check_own
from wallet.holder.outside import Outside

FORMAT = "dc+sd-jwt"
COLLEAGUE = SoftwareSigner.generate(Algorithm.ES256)
WORKER = SoftwareSigner.generate(Algorithm.ES256)


def unlisted() -> TrustList | None:
    """No list is within reach."""
    return None


OUTSIDE = Outside(http=InMemoryHttp({}), trust=unlisted, now=lambda: NOW, entropy=os.urandom)


def given(type_id: str = "collega-bevestiging", *, signer: Signer = COLLEAGUE) -> Wire:
    """What a colleague's page gives, under a key that carries its own name."""
    kind = catalog.credential_type(type_id)
    credential = Credential(
        type=kind.url,
        issuer=did_jwk(COLLEAGUE.public),
        claims={"skills": [statement("inwerken", 3)]},
        issued_at=NOW,
        validity=Validity(),
    )
    return FORMATS[FORMAT].issue(
        credential,
        signer,
        holder=WORKER.public,
        disclosable=kind.disclosable(),
        entropy=os.urandom,
    )


def trust_code(checked: Checked) -> str:
    (code,) = (one.code for one in checked.verdict.findings if one.check is Check.TRUST)
    return code


def test_a_colleagues_word_counts_and_whose_it_is_stays_open() -> None:
    checked = check_own(given(), FORMAT, outside=OUTSIDE)
    assert trust_code(checked) == "one_time_key"  # as a reader is told
    assert checked.problem is None
    assert checked.unknown is None  # the browser's word for it is valid as well
    assert not checked.listed


def test_another_type_under_such_a_key_is_no_colleagues_word() -> None:
    checked = check_own(given("werkervaringsverklaring"), FORMAT, outside=OUTSIDE)
    assert trust_code(checked) == "trust_not_asked"


def test_a_forged_word_is_refused() -> None:
    forger = SoftwareSigner.generate(Algorithm.ES256)
    checked = check_own(given(signer=forger), FORMAT, outside=OUTSIDE)
    assert checked.problem == "signature_invalid"
