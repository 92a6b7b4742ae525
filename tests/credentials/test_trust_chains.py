"""Certificate chains as keys: each check accepts what is right and refuses what is not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from credentials.certificates import MAX_CHAIN, certificate_hash, write_chain
from credentials.errors import CredentialError, RejectedError
from credentials.keys import PublicKey
from credentials.trust.chains import chain_key
from credentials.trust.entities import ListedCertificate
from tests.conftest import NOW

ISSUER = "https://school.example"
YEAR = timedelta(days=365)
KEYS = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("root", "middle", "leaf")}
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
USAGE = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)
CERTIFIES = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def name_of(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def made(  # noqa: PLR0913 - one argument for each thing that can be wrong
    subject: str,
    by: str,
    *,
    hosts: tuple[str, ...] = (),
    authority: bool | None = None,
    length: int | None = None,
    usage: x509.KeyUsage | None = None,
    starts: datetime = NOW - YEAR,
    ends: datetime = NOW + YEAR,
    digest: hashes.SHA256 | hashes.SHA384 | None = None,
    critical: bool = False,
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey | None = None,
) -> bytes:
    """One certificate, DER."""
    is_authority = subject != "leaf" if authority is None else authority
    builder = x509.CertificateBuilder(
        issuer_name=name_of(by),
        subject_name=name_of(subject),
        public_key=key or KEYS[subject].public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=starts,
        not_valid_after=ends,
    ).add_extension(x509.BasicConstraints(ca=is_authority, path_length=length), critical=True)
    builder = builder.add_extension(usage or (CERTIFIES if is_authority else USAGE), critical=True)
    names = [x509.DNSName(each) for each in hosts]
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if critical:
        odd = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
        builder = builder.add_extension(odd, critical=True)
    signed = builder.sign(KEYS[by], digest or hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.DER)


LEAF = made("leaf", "middle", hosts=("school.example",))
MIDDLE = made("middle", "root", length=0)
ROOT = made("root", "root")
ANCHOR = ListedCertificate(ROOT, NOW - YEAR)


def key_of(
    chain: list[bytes],
    *anchors: ListedCertificate,
    issuer: str = ISSUER,
    at: datetime = NOW,
) -> PublicKey:
    """The key of the leaf, if all is right."""
    texts = [str(each) for each in write_chain(chain)]
    return chain_key(texts, anchors or (ANCHOR,), issuer=issuer, at=at)


def refusal(
    chain: list[bytes],
    *anchors: ListedCertificate,
    issuer: str = ISSUER,
    at: datetime = NOW,
) -> str:
    """The code of the error."""
    with pytest.raises(RejectedError) as caught:
        key_of(chain, *anchors, issuer=issuer, at=at)
    return caught.value.code


def test_a_chain_that_ends_in_the_list_gives_the_key_of_its_leaf() -> None:
    key = key_of([LEAF, MIDDLE])
    numbers = KEYS["leaf"].public_key().public_numbers()
    assert key.algorithm == "ES256"
    assert str(key.jwk()["x"]) == _text(numbers.x)
    assert key.key_id == f"{ISSUER}#x5t-{certificate_hash(LEAF)}"


def _text(number: int) -> str:
    from credentials.encoding import b64url_encode  # noqa: PLC0415 - one use

    return b64url_encode(number.to_bytes(32, "big"))


def test_the_leaf_itself_may_stand_on_the_list_and_so_may_who_signed_it() -> None:
    for anchor in (LEAF, MIDDLE):
        key_of([LEAF], ListedCertificate(anchor, NOW - YEAR))


@pytest.mark.parametrize(
    "issuer",
    [
        "https://school.example",
        "https://school.example/o/two",
        "did:web:school.example",
        "did:web:school.example:o:two",
    ],
)
def test_the_leaf_names_the_host_of_the_issuer(issuer: str) -> None:
    leaf = made("leaf", "root", hosts=("school.example",))
    key_of([leaf], issuer=issuer)
    assert refusal([leaf], issuer="https://other.example") == "x5c_invalid"


Bad = Callable[[], list[bytes]]
BROKEN: dict[str, Bad] = {
    "empty": list,
    "too long": lambda: [LEAF, *[MIDDLE] * MAX_CHAIN],
    "no certificate": lambda: [b"AAAA", MIDDLE],
    "swapped": lambda: [MIDDLE, LEAF],
    "another host": lambda: [made("leaf", "middle", hosts=("evil.example",)), MIDDLE],
    "a look-alike host": lambda: [made("leaf", "middle", hosts=("*.example",)), MIDDLE],
    "no names": lambda: [made("leaf", "middle"), MIDDLE],
    "leaf is an authority": lambda: [
        made("leaf", "middle", hosts=("school.example",), authority=True),
        MIDDLE,
    ],
    "middle is no authority": lambda: [LEAF, made("middle", "root", authority=False)],
    "leaf over": lambda: [
        made("leaf", "middle", hosts=("school.example",), ends=NOW - timedelta(days=1)),
        MIDDLE,
    ],
    "middle not begun": lambda: [LEAF, made("middle", "root", starts=NOW + timedelta(days=1))],
    "middle may not certify": lambda: [LEAF, made("middle", "root", usage=USAGE)],
    "leaf may not sign": lambda: [
        made("leaf", "middle", hosts=("school.example",), usage=CERTIFIES),
        MIDDLE,
    ],
    "an unknown critical extension": lambda: [
        made("leaf", "middle", hosts=("school.example",), critical=True),
        MIDDLE,
    ],
    "signed by another": lambda: [made("leaf", "root", hosts=("school.example",)), MIDDLE],
    "a kind of key that we do not use": lambda: [
        made("leaf", "middle", hosts=("school.example",), key=RSA.public_key()),
        MIDDLE,
    ],
}


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN)
def test_a_broken_chain_is_refused(case: Bad) -> None:
    key_of([LEAF, MIDDLE])  # all else is right
    assert refusal(case()) == "x5c_invalid"


def test_a_path_is_no_longer_than_an_authority_allows() -> None:
    root = ListedCertificate(made("root", "root", length=0), NOW - YEAR)
    assert refusal([LEAF, MIDDLE], root) == "issuer_chain_unknown"
    key_of([made("leaf", "root", hosts=("school.example",))], root)


@pytest.mark.parametrize(
    ("anchor", "code"),
    [
        (replace(ANCHOR, octets=made("middle", "middle")), "issuer_chain_unknown"),
        (replace(ANCHOR, octets=b"AAAA"), "issuer_chain_unknown"),
        (replace(ANCHOR, valid_until=NOW), "issuer_chain_unknown"),
        (replace(ANCHOR, valid_from=NOW + YEAR), "issuer_chain_unknown"),
        (replace(ANCHOR, compromised=True), "key_compromised"),
    ],
    ids=["another", "no certificate", "ended", "not begun", "compromised"],
)
def test_only_what_the_list_names_at_that_moment_counts(
    anchor: ListedCertificate, code: str
) -> None:
    assert refusal([LEAF, MIDDLE], anchor) == code


def test_a_chain_is_judged_at_the_moment_of_signing() -> None:
    later = NOW + 2 * YEAR
    assert refusal([LEAF, MIDDLE], at=later) == "x5c_invalid"
    ended = replace(ANCHOR, valid_until=NOW + timedelta(days=1))
    key_of([LEAF, MIDDLE], ended)


@given(st.lists(st.binary(max_size=80), max_size=3))
def test_any_bytes_are_no_chain(chain: list[bytes]) -> None:
    with pytest.raises(CredentialError):
        key_of(chain)


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@given(st.binary(max_size=200), st.integers(0, len(LEAF) - 1))
def test_any_change_of_a_leaf_is_refused_with_our_error(noise: bytes, place: int) -> None:
    changed = LEAF[:place] + noise + LEAF[place + len(noise) :]
    if changed == LEAF:
        return
    with pytest.raises(CredentialError):
        key_of([changed, MIDDLE])
