"""A chain in the place of a key name, in every token: credentials of each format, status lists."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from credentials import cbor, credential_status
from credentials.cbor import CborValue
from credentials.certificates import write_chain
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError, ProofInvalid
from credentials.findings import Check, Outcome, Part
from credentials.formats import FORMATS
from credentials.jose import Jws, peek, sign_compact
from credentials.keys import Algorithm, PublicKey, SoftwareSigner
from credentials.model import Purpose, StatusKind, StatusReference
from credentials.status import token_status_list, token_status_list_cwt
from credentials.trust.listing import (
    STATUS_HOST,
    STATUS_SERVICE,
    Accreditation,
    ListedCertificate,
    TrustedIssuer,
    TrustList,
)
from credentials.verification import Expectations
from tests.conftest import NOW
from tests.credentials.authorities import Authority
from tests.credentials.world import BINDING, STATUS, World, found

DAY = timedelta(days=1)
SCHOOL = "did:web:school.example"
FORMAT_IDS = ["dc+sd-jwt", "vc+sd-jwt", "jwt_vc_json", "vc+jwt"]
ROOT, OTHER = Authority(), Authority("Andere autoriteit")
LEAF = SoftwareSigner.generate(Algorithm.ES256)
CHAIN = (ROOT.certify(LEAF.public, "School", host="school.example"),)
LISTED = ListedCertificate(ROOT.certificate(), NOW - 300 * DAY)


def chained(wire: str, certificates: tuple[bytes, ...] = CHAIN, **header: JsonValue) -> str:
    """The same token signed again, with a chain where its key was named."""
    token, separator, rest = wire.partition("~")
    jws = peek(token, typ=frozenset([*FORMAT_IDS, "JWT"]))
    bare: JsonObject = {name: each for name, each in jws.header.items() if name != "kid"}
    whole = bare | {"x5c": write_chain(certificates)} | header
    return sign_compact(whole, jws.payload, LEAF) + separator + rest


class Chained(World):
    """A world whose school signs under a certificate."""

    def __init__(self, format_id: str, *certificates: ListedCertificate) -> None:
        super().__init__(NOW, format_id, issuer=SCHOOL)
        self.certificates = certificates or (LISTED,)

    def trust_list(self) -> TrustList:
        usual = super().trust_list()
        entry = replace(usual.issuers[0], keys=(), certificates=self.certificates)
        return replace(usual, issuers=(entry,))

    def held(self) -> str:
        """As the holder has it, with the name of a key."""
        wire = FORMATS[self.format_id].issue(
            self.credential(),
            replace(LEAF, public=LEAF.public.with_key_id(f"{SCHOOL}#1")),
            holder=self.holder.public,
            disclosable=frozenset(),
            entropy=os.urandom,
        )
        assert isinstance(wire, str)
        return wire

    def code(self, wire: str) -> str:
        """What the check of the key, or of reading it, says."""
        verdict = self.verdict(wire, Expectations())
        step = found(verdict, Check.PARSE)
        return step.code if step.code != "ok" else found(verdict, Check.KEY).code


@pytest.mark.parametrize("format_id", FORMAT_IDS)
def test_a_chain_that_ends_in_the_list_is_believed(format_id: str) -> None:
    world = Chained(format_id)
    verdict = world.verdict(chained(world.held()), Expectations())
    assert found(verdict, Check.KEY).facts["source"] == "certificate_chain"
    assert [verdict.part(part) for part in (Part.AUTHENTIC, Part.ISSUER)] == [Outcome.PASSED] * 2
    assert world.asked == []


@pytest.mark.parametrize("format_id", FORMAT_IDS)
@pytest.mark.parametrize(
    ("certificates", "code"),
    [
        ((OTHER.certify(LEAF.public, "School", host="school.example"),), "issuer_chain_unknown"),
        ((ROOT.certify(LEAF.public, "School", host="other.example"),), "x5c_invalid"),
        ((ROOT.certify(LEAF.public, "S", host="school.example", authority=True),), "x5c_invalid"),
        ((*CHAIN, ROOT.certificate()), "x5c_invalid"),
        ((), "x5c_invalid"),
        ((b"no certificate",), "x5c_invalid"),
    ],
    ids=["another anchor", "another host", "an authority", "with its anchor", "none", "rubbish"],
)
def test_each_chain_that_is_none_of_the_list_is_refused(
    format_id: str, certificates: tuple[bytes, ...], code: str
) -> None:
    world = Chained(format_id)
    assert world.code(chained(world.held(), certificates)) == code


@pytest.mark.parametrize("format_id", FORMAT_IDS)
def test_a_certificate_in_wrong_hands_counts_for_nothing(format_id: str) -> None:
    world = Chained(format_id, replace(LISTED, compromised=True))
    assert world.code(chained(world.held())) == "key_compromised"


@pytest.mark.parametrize("format_id", FORMAT_IDS)
def test_without_the_following_of_the_chain_anyone_could_sign(
    format_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard switched off: a leaf that only its maker vouches for is taken."""
    world = Chained(format_id)
    forged = chained(world.held(), (OTHER.certify(LEAF.public, "S", host="school.example"),))
    monkeypatch.setattr("credentials.trust.chains._ends_in", lambda *_, **__: True)
    assert world.code(forged) == "ok"


@pytest.mark.parametrize("format_id", FORMAT_IDS)
def test_a_key_that_was_not_found_by_the_chain_does_not_check_it(format_id: str) -> None:
    world = Chained(format_id)
    made = FORMATS[format_id]
    unverified = made.parse(chained(world.held()))
    with pytest.raises(ProofInvalid, match="x5c_invalid"):
        made.check_proof(unverified, LEAF.public, at=NOW)


@pytest.mark.parametrize("format_id", ["jwt_vc_json", "vc+jwt"])
def test_a_holder_brings_no_chain(format_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world = Chained(format_id)
    shown = FORMATS[format_id].present(
        world.held(), world.holder, BINDING, disclose=frozenset(), at=NOW
    )
    assert isinstance(shown, str)
    jws = peek(shown, typ=frozenset(["vp+jwt", "JWT"]))
    header: JsonObject = {name: each for name, each in jws.header.items() if name != "kid"}
    header |= {"x5c": write_chain(CHAIN)}
    wire = sign_compact(header, jws.payload, world.holder)
    with pytest.raises(ProofInvalid, match="x5c_invalid"):
        FORMATS[format_id].parse(wire)
    assert FORMATS[format_id].parse(shown).presented

    def let_through(_jws: Jws) -> None:
        """The guard switched off."""

    for module in ("jwt_vc", "jwt_vc_json"):
        monkeypatch.setattr(f"credentials.formats.{module}.refuse_chain", let_through)
    assert FORMATS[format_id].parse(wire).presented


@pytest.mark.parametrize("value", [None, "AAAA", [1], [[]], {}], ids=repr)
def test_what_cannot_be_a_chain_is_refused(value: JsonValue) -> None:
    world = Chained("vc+sd-jwt")
    assert world.code(chained(world.held(), x5c=value)) == "x5c_invalid"


# Status lists


HOST = "did:web:status.example"
HOST_URI = "https://status.example/lists/1"


class ChainedStatus(World):
    """A world whose status list is signed under a certificate: of the school, or of a host."""

    role = STATUS_HOST

    def __init__(self, form: str = "jwt") -> None:
        super().__init__(NOW, "dc+sd-jwt", issuer=SCHOOL)
        self.form, self.anchor = form, LISTED

    def trust_list(self) -> TrustList:
        usual = super().trust_list()
        service = Accreditation(STATUS_SERVICE, self.role, NOW - 300 * DAY)
        host = TrustedIssuer(HOST, "Sector", (service,), (), certificates=(LISTED,))
        entry = replace(usual.issuers[0], certificates=(self.anchor,))
        return replace(usual, issuers=(entry, host))

    def answer(
        self,
        *chain: bytes,
        uri: str = STATUS,
        value: int = 0,
        signer: SoftwareSigner = LEAF,
    ) -> tuple[Outcome, str]:
        """What the tenth check says."""
        sign = token_status_list_cwt if self.form == "cwt" else token_status_list
        token = sign.sign_list(
            token_status_list.encode([0, 0, 0, value], bits=2),
            bits=2,
            uri=uri,
            signer=signer,
            at=NOW,
            lifetime=DAY,
            time_to_live=timedelta(minutes=15),
            chain=chain or CHAIN,
        )
        return self.answer_to(token if isinstance(token, bytes) else token.encode(), uri)

    def answer_to(self, token: bytes, uri: str = STATUS) -> tuple[Outcome, str]:
        """The same, of a list that was made elsewhere."""
        self.pages[uri] = token
        place = StatusReference(StatusKind.TOKEN, uri, 3, Purpose.ANY)
        wire = self.present(self.issue(self.credential(status=[place])))
        finding = found(self.verdict(wire), Check.STATUS)
        return finding.outcome, finding.code


FORMS = pytest.mark.parametrize("form", ["jwt", "cwt"])


@FORMS
def test_a_status_list_under_a_chain_of_the_issuer_is_believed(form: str) -> None:
    world = ChainedStatus(form)
    assert world.answer() == (Outcome.PASSED, "ok")
    assert world.answer(value=1) == (Outcome.FAILED, "revoked")
    assert [url for url in world.asked if "did.json" in url] == []


@FORMS
def test_a_status_list_under_a_chain_of_its_host_is_believed(form: str) -> None:
    world = ChainedStatus(form)
    chain = ROOT.certify(LEAF.public, "Host", host="status.example")
    assert world.answer(chain, uri=HOST_URI) == (Outcome.PASSED, "ok")
    assert world.answer(chain)[1] == "status_issuer_mismatch"  # a host publishes at home alone
    world.role = "school"
    assert world.answer(chain, uri=HOST_URI)[1] == "status_issuer_mismatch"


@FORMS
@pytest.mark.parametrize(
    ("chain", "answer"),
    [
        (
            (ROOT.certify(LEAF.public, "Thief", host="thief.example"),),
            (Outcome.FAILED, "status_issuer_mismatch"),
        ),
        (
            (OTHER.certify(LEAF.public, "School", host="school.example"),),
            (Outcome.UNDETERMINED, "status_invalid"),
        ),
        ((*CHAIN, ROOT.certificate()), (Outcome.FAILED, "status_issuer_mismatch")),
    ],
    ids=["another host", "another anchor", "with its anchor"],
)
def test_a_status_list_under_another_chain_is_not(
    chain: tuple[bytes, ...],
    answer: tuple[Outcome, str],
    form: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = ChainedStatus(form)
    assert world.answer(*chain) == answer

    def whoever(*_: object) -> PublicKey:
        """The guard switched off: the leaf is taken for good."""
        return LEAF.public

    monkeypatch.setattr(credential_status, "_chained_key", whoever)
    assert world.answer(*chain) == (Outcome.PASSED, "ok")


@FORMS
def test_a_stolen_certificate_speaks_for_no_list(form: str) -> None:
    world = ChainedStatus(form)
    world.anchor = replace(LISTED, compromised=True)
    assert world.answer() == (Outcome.UNDETERMINED, "status_invalid")


@FORMS
def test_a_status_list_that_its_leaf_did_not_sign_is_not_believed(form: str) -> None:
    thief = SoftwareSigner.generate(LEAF.public.algorithm)
    assert ChainedStatus(form).answer(signer=thief) == (Outcome.UNDETERMINED, "status_invalid")


@pytest.mark.parametrize(
    ("header", "payload"),
    [({"x5c": []}, {"iat": 1}), ({"x5c": ["AAAA"]}, {}), ({"x5c": "AAAA"}, {"iat": 1})],
    ids=["empty", "not dated", "no list"],
)
def test_a_status_token_without_a_chain_or_date_names_no_key(
    header: JsonObject, payload: JsonObject
) -> None:
    token = sign_compact({"typ": token_status_list.TYPE, **header}, payload, LEAF)
    with pytest.raises(CredentialError, match="status_invalid"):
        token_status_list.named_key(token)


Header = dict[int | bytes | str, CborValue]


def in_cbor(
    protected: Header,
    *,
    unprotected: Header | None = None,
    dated: bool = True,
) -> bytes:
    """A list in CBOR that the leaf signed, under these headers."""
    header = cbor.encode({1: -7, 16: token_status_list_cwt.TYPE, **protected})
    claims: Header = {
        2: STATUS,
        65533: {"bits": 2, "lst": token_status_list.encode([0, 0, 0, 0], bits=2)},
    }
    if dated:
        claims[6] = int(NOW.timestamp())
    payload = cbor.encode(claims)
    signature = LEAF.sign(cbor.encode(["Signature1", header, b"", payload]))
    return token_status_list_cwt.TAG + cbor.encode(
        [header, {**(unprotected or {})}, payload, signature]
    )


def test_a_chain_in_cbor_is_one_certificate_or_a_list() -> None:
    """RFC 9360, section 2: a list begins at two."""
    lower = Authority("Tussenautoriteit")
    above = ROOT.certify(lower.key.public_key(), lower.name, authority=True)
    two = [lower.certify(LEAF.public, "School", host="school.example"), above]
    world = ChainedStatus()
    assert world.answer_to(in_cbor({33: CHAIN[0]})) == (Outcome.PASSED, "ok")
    assert world.answer_to(in_cbor({33: [*two]})) == (Outcome.PASSED, "ok")
    named = token_status_list_cwt.named_key(in_cbor({33: CHAIN[0]}))
    assert [*named.chain] == write_chain(CHAIN)


@pytest.mark.parametrize(
    "token",
    [
        in_cbor({33: [CHAIN[0]]}),
        in_cbor({33: []}),
        in_cbor({33: [CHAIN[0], "AAAA"]}),
        in_cbor({33: "AAAA"}),
        in_cbor({33: [CHAIN[0]] * 6}),
        in_cbor({33: CHAIN[0]}, dated=False),
        in_cbor({33: b"no certificate"}),
        in_cbor({}, unprotected={33: CHAIN[0]}),
        in_cbor({34: CHAIN[0]}),
    ],
    ids=[
        *("one in a list", "none", "text", "a text", "too long", "not dated", "rubbish"),
        *("outside the signature", "a mere digest"),
    ],
)
def test_what_is_no_chain_in_cbor_says_nothing(token: bytes) -> None:
    outcome, code = ChainedStatus().answer_to(token)
    assert outcome is not Outcome.PASSED
    assert code in {"status_invalid", "status_issuer_mismatch", "key_unknown"}
