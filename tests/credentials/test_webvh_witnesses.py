"""did:webvh: who must approve a version, and what an approval is worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.dids import resolve
from credentials.dids.webvh import resolve_log
from credentials.encoding import JsonValue
from credentials.errors import CredentialError, UndeterminedError
from credentials.keys import Algorithm, SoftwareSigner
from tests.credentials.webvh_log import AT, START, Log, code_of, new_key, resolved, witnesses


def test_a_threshold_of_different_witnesses_approves() -> None:
    a, b, c, stranger = (new_key() for _ in range(4))
    log = Log(START).create({"witness": witnesses(2, a, b, c)})
    assert resolved(log, log.approve(a, c)).version.number == 1
    for proofs in (
        None,
        b"[]",
        log.approve(a),
        log.approve(a, a),
        log.approve(a, stranger),
        log.approve(a, c)[:-1] + b",5]",
    ):
        assert code_of(log, proofs) in {"did_witness_missing", "did_witness_malformed"}
    elsewhere = Log(START).create({"witness": witnesses(2, a, b, c)})
    assert code_of(log, elsewhere.approve(a, b, c)) == "did_witness_missing"


def test_an_approval_covers_every_version_before_it() -> None:
    a, b = new_key(), new_key()
    log = Log(START).create({"witness": witnesses(2, a, b)}).update()
    assert resolved(log, log.approve(a, b)).version.number == 2
    assert code_of(log, log.approve(a, b, index=0)) == "did_witness_missing"
    first = resolve_log(log.did, log.octets, log.approve(a, b, index=0), at=AT, version_number=1)
    assert first.version.number == 1


def test_the_witnesses_of_before_approve_their_own_going() -> None:
    a, b = new_key(), new_key()
    log = Log(START).create({"witness": witnesses(1, a)}).update({"witness": witnesses(1, b)})
    assert code_of(log, log.approve(b)) == "did_witness_missing"
    assert resolved(log, log.approve(a)).version.number == 2
    ended = Log(START).create({"witness": witnesses(1, a)}).update({"witness": {}})
    assert code_of(ended) == "did_witness_missing"
    proofs = ended.approve(a)
    assert resolved(ended, proofs).version.number == 2
    assert resolved(ended.update(), proofs).version.number == 3  # nobody witnesses any more
    began = Log(START).create().update({"witness": witnesses(1, b)})
    assert code_of(began) == "did_witness_missing"
    assert resolved(began, began.approve(b)).version.number == 2


@pytest.mark.parametrize("threshold", [0, -1, 3, 1.5, "1", True])
def test_a_threshold_that_cannot_be_met_or_means_nothing_is_refused(threshold: JsonValue) -> None:
    a, b = new_key(), new_key()
    rule = witnesses(1, a, b) | {"threshold": threshold}
    assert code_of(Log(START).create({"witness": rule})) == "did_parameters_invalid"
    twice = witnesses(2, a, a)
    assert code_of(Log(START).create({"witness": twice})) == "did_parameters_invalid"
    p256 = SoftwareSigner.generate(Algorithm.ES256)
    assert code_of(Log(START).create({"witness": witnesses(1, p256)})) == "did_parameters_invalid"


def test_the_witnesses_are_fetched_only_where_the_log_asks() -> None:
    asked: list[str] = []
    witness = new_key()

    def document(log: Log, proofs: bytes | None) -> None:
        def get(url: str) -> bytes:
            asked.append(url.rpartition("/")[2])
            if url.endswith("did.jsonl"):
                return log.octets
            if proofs is None:
                raise UndeterminedError("fetch_failed", url)
            return proofs

        resolve(log.did, get, at=AT)

    document(Log(START).create(), None)
    assert asked == ["did.jsonl"]
    log = Log(START).create({"witness": witnesses(1, witness)})
    document(log, log.approve(witness))
    assert asked[1:] == ["did.jsonl", "did-witness.json"]
    with pytest.raises(UndeterminedError, match="fetch_failed"):
        document(log, None)


WITNESSED = Log(START).create({"witness": witnesses(1, new_key())})


@given(st.binary(max_size=60) | st.sampled_from([b"[{}]", b"{}", b'[{"versionId":1}]']))
def test_any_witness_file_is_read_or_our_error(proofs: bytes) -> None:
    with pytest.raises(CredentialError):
        resolved(WITNESSED, proofs)
