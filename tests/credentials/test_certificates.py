"""Certificate chains: one that holds, and every reason why another does not."""

from contextlib import suppress
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from credentials.certificates import (
    MAX_CHAIN,
    authority_ids,
    certificate_hash,
    check_chain,
    write_chain,
)
from credentials.encoding import JsonValue
from credentials.errors import ProofInvalid
from credentials.keys import Algorithm, SoftwareSigner
from tests.conftest import NOW, named
from tests.credentials.authorities import YEAR, Authority

ROOT = Authority()
SIGNER = SoftwareSigner.generate(Algorithm.ES256)
LEAF = ROOT.certify(SIGNER.public, "De Firma", host="firm.example")
MIDDLE = Authority("Tussen")
UNDER = MIDDLE.certify(SIGNER.public, "De Firma", host="firm.example")
ABOVE = ROOT.certify(MIDDLE.key.public_key(), "Tussen", authority=True)


def test_a_chain_to_an_anchor_holds_and_says_whose_key_it_is() -> None:
    chain = check_chain(write_chain([LEAF]), at=NOW, anchors=[ROOT.certificate()])
    assert chain.key == SIGNER.public
    assert (chain.name, chain.hosts, chain.anchored) == ("De Firma", ("firm.example",), True)
    assert chain.digest == certificate_hash(LEAF)
    assert chain.authorities == authority_ids(write_chain([LEAF])) != frozenset()


def test_a_chain_of_two_holds() -> None:
    assert check_chain(write_chain([UNDER, ABOVE]), at=NOW, anchors=[ROOT.certificate()]).anchored


def test_a_chain_to_no_anchor_holds_and_is_not_anchored() -> None:
    other = Authority("Een ander")
    for anchors in ([], [other.certificate()], [MIDDLE.certificate()]):
        assert not check_chain(write_chain([LEAF]), at=NOW, anchors=anchors).anchored


def test_an_anchor_past_its_end_anchors_nothing() -> None:
    old = Authority(key=ROOT.key, ends=NOW)
    assert not check_chain(write_chain([LEAF]), at=NOW, anchors=[old.certificate()]).anchored


BAD: dict[str, JsonValue] = {
    "no list": "x",
    "empty": [],
    "too long": write_chain([LEAF] * (MAX_CHAIN + 1)),
    "not base64": ["*"],
    "base64url of a certificate": [str(write_chain([LEAF])[0]).replace("+", "-") + "_"],
    "no certificate": write_chain([b"\x30\x03\x02\x01\x00"]),
    "large": write_chain([b"\x30" * 9_000]),
    "an authority as leaf": write_chain([ROOT.certify(SIGNER.public, "x", authority=True)]),
    "its own issuer": write_chain([ROOT.certify(SIGNER.public, ROOT.name, host="x.example")]),
    "the anchor in the chain": write_chain([LEAF, ROOT.certificate()]),
    "out of order": write_chain([ABOVE, UNDER]),
    "by another": write_chain([UNDER, ROOT.certify(SIGNER.public, "Tussen", authority=True)]),
    "by no authority": write_chain(
        [UNDER, ROOT.certify(MIDDLE.key.public_key(), "Tussen", host="x.example")]
    ),
    "over": write_chain([ROOT.certify(SIGNER.public, "x", host="x.example", ends=NOW)]),
    "of a web server": write_chain(
        [ROOT.certify(SIGNER.public, "x", host="x.example", usage=ExtendedKeyUsageOID.SERVER_AUTH)]
    ),
    "a curve that we lack": write_chain(
        [ROOT.certify(ec.generate_private_key(ec.SECP521R1()).public_key(), "x", host="x.example")]
    ),
}


@pytest.mark.parametrize("case", BAD, ids=named)
def test_a_chain_that_does_not_hold_is_refused(case: str) -> None:
    with pytest.raises(ProofInvalid, match="x5c_invalid"):
        check_chain(BAD[case], at=NOW, anchors=[ROOT.certificate()])


def test_a_chain_starts_and_ends_to_the_second() -> None:
    last = ROOT.ends - timedelta(seconds=1)
    assert check_chain(write_chain([LEAF]), at=last).key == SIGNER.public
    for moment in (ROOT.ends, NOW - YEAR - timedelta(minutes=2)):
        with pytest.raises(ProofInvalid, match="x5c_invalid"):
            check_chain(write_chain([LEAF]), at=moment)


@given(st.binary(max_size=400), st.integers(0, len(LEAF) - 1), st.integers(1, 255))
def test_any_bytes_are_a_chain_or_refused(octets: bytes, place: int, change: int) -> None:
    bent = bytearray(LEAF)
    bent[place] ^= change
    for chain in ([octets], [bytes(bent)]):
        authority_ids(write_chain(chain))
        with suppress(ProofInvalid):
            check_chain(write_chain(chain), at=NOW, anchors=[ROOT.certificate()])
