"""A certificate for asking: the request for one, and the chain that comes in answer."""

import copy
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from credentials.certificates import certificate_hash
from credentials.errors import RejectedError
from credentials.keys import Algorithm, PublicKey, SoftwareSigner
from service.hsm import open_token
from tests.conftest import NOW
from tests.credentials.authorities import YEAR, Authority, public_key_of
from tests.soft_token import MODULE, PIN, soft_token
from tests.verifier.test_questions import pem
from tests.verifier.world import World
from verifier import access_certificates, firm_cli, keys
from verifier.access_certificates import AccessChain, make_request, read_chain
from verifier.app import asker_of
from verifier.settings import VerifierSettings

HOST = "verifier.skillspass.example"
SIGNER = SoftwareSigner.generate(Algorithm.ES256)
ROOT, OTHER = Authority("Certificaten BV"), Authority("Iemand anders")
BELOW = Authority("Certificaten BV 2")
MIDDLE = ROOT.certify(BELOW.key.public_key(), BELOW.name, authority=True)


def leaf(by: Authority = BELOW, key: PublicKey = SIGNER.public, host: str = HOST) -> bytes:
    return by.certify(key, "Rotor BV", host=host)


def read(*certificates: bytes, authority: bytes = b"", at: datetime = NOW) -> AccessChain:
    text = b"".join(map(pem, certificates))
    own = pem(authority) if authority else b""
    return read_chain(text, key=SIGNER.public, host=HOST, at=at, authority=own)


def test_a_request_names_the_firm_its_number_and_our_host() -> None:
    made = x509.load_pem_x509_csr(make_request(SIGNER, name="Rotor BV", host=HOST, kvk="00000009"))
    assert made.is_signature_valid
    assert made.public_key() == public_key_of(SIGNER.public)
    assert made.subject.rfc4514_string() == ("CN=Rotor BV,2.5.4.97=NTRNL-00000009,O=Rotor BV,C=NL")
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [HOST]
    usage = made.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.key_cert_sign) == (True, False)
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


@pytest.mark.parametrize(
    ("name", "country", "kvk"),
    [
        ("", "NL", None),
        ("x" * 65, "NL", None),
        ("Rotor\nBV", "NL", None),
        (" Rotor", "NL", None),
        ("Rotor BV", "Nederland", None),
        ("Rotor BV", "NL", "9"),
    ],
)
def test_what_no_certificate_holds_is_not_asked(name: str, country: str, kvk: str | None) -> None:
    with pytest.raises(RejectedError, match="usage_subject"):
        make_request(SIGNER, name=name, host=HOST, country=country, kvk=kvk)


def test_a_key_in_a_hardware_token_asks_as_well(tmp_path: Path) -> None:
    with soft_token(tmp_path) as token:
        held = open_token(MODULE, token.label, SecretStr(PIN))
        signer = held.ensure("requests", Algorithm.ES256)
        made = x509.load_pem_x509_csr(make_request(signer, name="Rotor BV", host=HOST))
        held.close()
    assert made.is_signature_valid
    assert made.public_key() == public_key_of(signer.public)


def test_a_key_that_asks_signs_and_shows_nothing() -> None:
    held = access_certificates._HeldElsewhere(SIGNER)
    assert (held.key_size, copy.copy(held), copy.deepcopy(held)) == (256, held, held)
    for show in (held.private_numbers, held.private_bytes, held.exchange):
        with pytest.raises(UnsupportedAlgorithm):
            show()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)], ids=str)
def test_a_whole_chain_is_taken_in_whatever_its_order(order: tuple[int, ...]) -> None:
    whole = [leaf(), MIDDLE, ROOT.certificate()]
    chain = read(*(whole[place] for place in order))
    assert chain.certificates == (whole[0], MIDDLE)  # the authority's own stays out (HAIP 1.0)
    assert (chain.leaf.name, chain.leaf.hosts) == ("Rotor BV", (HOST,))
    assert (chain.authority, chain.until) == ("Certificaten BV", NOW + 2 * YEAR)
    assert chain.leaf.anchored


def test_the_authority_may_come_apart() -> None:
    assert read(leaf(), MIDDLE, authority=ROOT.certificate()).leaf.anchored
    assert read(leaf(ROOT), authority=ROOT.certificate()).certificates[1:] == ()


def self_made() -> bytes:
    """Over our key, by our key."""
    own = Authority("Rotor BV")
    return own.certify(SIGNER.public, own.name, host=HOST)


def no_authority() -> tuple[bytes, ...]:
    """Above the leaf stands another leaf."""
    below = Authority("Geen autoriteit")
    middle = ROOT.certify(below.key.public_key(), below.name)
    return leaf(below), middle, ROOT.certificate()


REFUSED: dict[str, tuple[str, tuple[bytes, ...], bytes]] = {
    "nothing above": ("incomplete", (leaf(),), b""),
    "no end": ("incomplete", (leaf(), MIDDLE), b""),
    "the middle missing": ("incomplete", (leaf(), ROOT.certificate()), b""),
    "another authority": ("incomplete", (leaf(), MIDDLE), OTHER.certificate()),
    "self-made": ("self_made", (self_made(),), b""),
    "another key": (
        "other_key",
        (leaf(key=SoftwareSigner.generate(Algorithm.ES256).public), MIDDLE, ROOT.certificate()),
        b"",
    ),
    "two over our key": ("other_key", (leaf(), leaf(ROOT), ROOT.certificate()), b""),
    "another host": ("other_host", (leaf(host="rotor.example"), MIDDLE, ROOT.certificate()), b""),
    "no authority": ("invalid", no_authority(), b""),
    "a stranger beside": (
        "invalid",
        (leaf(), MIDDLE, ROOT.certificate(), OTHER.certificate()),
        b"",
    ),
    "an authority itself": (
        "invalid",
        (
            ROOT.certify(SIGNER.public, "Rotor BV", host=HOST, authority=True),
            ROOT.certificate(),
        ),
        b"",
    ),
    "for a website": (
        "invalid",
        (
            ROOT.certify(
                SIGNER.public,
                "Rotor BV",
                host=HOST,
                usage=x509.oid.ExtendedKeyUsageOID.SERVER_AUTH,
            ),
            ROOT.certificate(),
        ),
        b"",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_each_answer_that_does_not_fit_is_refused_by_name(case: str) -> None:
    code, certificates, authority = REFUSED[case]
    with pytest.raises(RejectedError) as refused:
        read(*certificates, authority=authority)
    assert refused.value.code == f"certificate_{code}"


@pytest.mark.parametrize("at", [NOW - 2 * YEAR, NOW + 2 * YEAR], ids=["not begun", "over"])
def test_dates_are_those_of_the_whole_path(at: datetime) -> None:
    with pytest.raises(RejectedError, match="certificate_dates"):
        read(leaf(), MIDDLE, ROOT.certificate(), at=at)
    short = BELOW.certify(SIGNER.public, "Rotor BV", host=HOST, ends=NOW + timedelta(days=9))
    assert read(short, MIDDLE, ROOT.certificate()).until == NOW + timedelta(days=9)


def test_a_name_alone_makes_no_issuer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the authority's name, but never signed by it; then the guards switched off."""
    forged = Authority(ROOT.name).certify(SIGNER.public, "Rotor BV", host=HOST)
    with pytest.raises(RejectedError, match="certificate_incomplete"):
        read(forged, ROOT.certificate())
    for module in ("verifier.access_certificates", "credentials.certificates"):
        monkeypatch.setattr(
            f"{module}._is_issued_by", lambda one, above: one.issuer == above.subject
        )
    assert read(forged, ROOT.certificate()).leaf.anchored


@given(st.binary(max_size=200) | st.binary(max_size=90).map(lambda each: pem(leaf()) + each))
def test_any_octets_are_a_chain_or_our_error(text: bytes) -> None:
    with pytest.raises(RejectedError, match="certificate_"):
        read_chain(text, key=SIGNER.public, host=HOST, at=NOW)


# The verbs


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verbs work in a folder of the test."""
    monkeypatch.setenv("SKILLSPASS_VAR", str(tmp_path / "var"))


def firm(*arguments: str) -> Result:
    return CliRunner().invoke(firm_cli.app, arguments)


def test_from_request_to_a_certificate_in_our_questions(tmp_path: Path) -> None:
    made = firm("csr", "Rotor BV", "--kvk", "00000009", "--out", str(tmp_path / "rotor.csr"))
    assert (made.exit_code, made.stdout) == (0, "")
    asked = x509.load_pem_x509_csr((tmp_path / "rotor.csr").read_bytes())
    shown = json.loads(firm("csr", "Rotor BV", "--json").stdout)
    assert (shown["host"], "BEGIN CERTIFICATE REQUEST" in shown["csr"]) == (HOST, True)
    assert "BEGIN CERTIFICATE REQUEST" in firm("csr", "Rotor BV").stdout
    today = datetime.now(UTC)
    root = Authority("Certificaten BV", today - YEAR, today + YEAR)
    key = asked.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    answer = root.certify(key, "Rotor BV", host=HOST)
    file = tmp_path / "answer.pem"
    file.write_bytes(pem(answer))
    refused = firm("certificate", str(file), "--json")
    assert (refused.exit_code, json.loads(refused.stdout)["error"]) == (1, "certificate_incomplete")
    settings = VerifierSettings()
    assert not keys.certificate_file(settings).exists()
    (tmp_path / "root.pem").write_bytes(pem(root.certificate()))
    taken = firm("certificate", str(file), "--authority", str(tmp_path / "root.pem"))
    assert taken.exit_code == 0
    name = f"x509_hash:{certificate_hash(answer)}"
    assert taken.stdout.startswith(f"{name}\tRotor BV\tCertificaten BV\t")
    again = firm("certificate", str(file), "--authority", str(tmp_path / "root.pem"), "--json")
    assert json.loads(again.stdout)["client_id"] == name
    signer = keys.open_signer(settings)
    chain = keys.open_certificates(settings, signer, clock=lambda: datetime.now(UTC))
    assert chain == (answer,)
    assert name in asker_of(settings, chain).client_ids
    missing = firm("certificate", str(tmp_path / "nothing.pem"), "--json")
    assert (missing.exit_code, json.loads(missing.stdout)["error"]) == (3, "usage_file")


def test_a_wallet_reads_the_firm_in_a_request_under_what_was_taken_in(tmp_path: Path) -> None:
    world = World(tmp_path)
    chain = read_chain(
        pem(leaf(key=world.signer.public)) + pem(MIDDLE) + pem(ROOT.certificate()),
        key=world.signer.public,
        host=HOST,
        at=NOW,
    )
    own = {"client_id_prefix": "x509_hash"}
    access_certificates.keep_chain(chain, keys.certificate_file(world.settings()))
    again = World(tmp_path, own, signer=world.signer)
    asked = again.ask()
    assert again.request(asked["request_uri"], asked["client_id"]).certificate == "Rotor BV"
    assert asked["client_id"] == f"x509_hash:{chain.leaf.digest}"
