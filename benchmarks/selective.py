"""Selective disclosure against its peers: BBS itself, bbs-2023 and ecdsa-sd-2023.

The peers run in one Node process (``peers/selective.mjs``) that times its own slices. Each side
first accepts what the other made and refuses it when one claim was changed; only then is it timed.
"""

import copy
import json
import secrets
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Any, Self

from benchmarks.interleave import Contest, run
from credentials.bbs import proof as bbs_proof
from credentials.bbs import signature as bbs_signature
from credentials.bbs.signature import SoftwareBbsSigner
from credentials.bbs_keys import (
    IssuingSigner,
    VerificationKey,
    verification_key_from_multikey,
)
from credentials.cryptosuites import (
    BBS_2023,
    ECDSA_SD_2023,
    ProofOptions,
    SelectiveCryptosuite,
)
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import ProofInvalid
from credentials.formats.base import verify
from credentials.formats.data_integrity import DataIntegrity
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import KeyReference
from schemas import contexts

FOLDER = Path(__file__).parent / "peers"
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
OURS, THEIRS = "did:web:issuer.skillspass.example", "did:web:peer.skillspass.example"
CREATED = "2026-11-23T12:00:00Z"

MESSAGES, DISCLOSED = 30, (0, 3, 7, 11, 19)
"""Of the contest in BBS itself: about the statements of a credential with six skills."""

MANDATORY = ("/issuer", "/type", "/validFrom", "/validUntil", "/credentialStatus")
REVEAL = (
    "/credentialSubject/given_name",
    "/credentialSubject/skills/1",
    "/credentialSubject/skills/4",
)

CORE_GOAL, BBS_GOAL = 4.0, 30.0
ECDSA_SD_GOALS = {"issue": 7.0, "derive": 20.0, "verify": 3.0}


class Peers:
    """The Node process, asked one line at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["node", "selective.mjs"],
            cwd=FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def ask(self, **request: object) -> Any:  # noqa: ANN401 - whatever the work results in
        """One request, one answer.

        Raises:
            RuntimeError: the peer could not do it.
        """
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("no pipes")
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def prepared(self, work: str, *, verb: str, library: str = "", **values: object) -> "PeerWork":
        """Hand over the input of a piece of work, once."""
        self.ask(do="set", work=work, verb=verb, library=library, input=values)
        return PeerWork(self, work)


@dataclass(frozen=True, slots=True)
class PeerWork:
    """A piece of work whose input the peer holds."""

    peers: Peers
    name: str

    def call(self) -> Any:  # noqa: ANN401 - as ``Peers.ask``
        """Do it once."""
        return self.peers.ask(do="call", work=self.name)

    def time(self, calls: int) -> float:
        """Microseconds per call, by the peer's own clock."""
        return float(self.peers.ask(do="time", work=self.name, calls=calls))


def credential(issuer: str) -> JsonObject:
    """A credential with six skills and one status; 50 statements."""
    skills: list[JsonValue] = [
        {
            "framework": "metalektro",
            "skill": f"las-{number}",
            "label_nl": f"Lasproces {number}",
            "level": number % 4 + 1,
        }
        for number in range(6)
    ]
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2", contexts.SKILLS_CONTEXT],
        "type": ["VerifiableCredential", "https://skillspass.example/types/heftruck/1"],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "issuer": issuer,
        "validFrom": CREATED,
        "validUntil": "2027-11-23T12:00:00Z",
        "credentialSubject": {
            "id": "did:example:holder",
            "given_name": "Jan",
            "family_name": "de Wit",
            "skills": skills,
        },
        "credentialStatus": [
            {
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
                "statusListIndex": "7",
                "statusListCredential": "https://issuer.skillspass.example/status/1",
            }
        ],
    }


def contests(peers: Peers) -> Iterator[Contest]:
    """All contests, each checked before it is handed out.

    Raises:
        AssertionError: the two sides do not agree, or accept what was tampered with.
    """
    yield from _core_contests(peers)
    known = {url: contexts.load(url) for url in contexts.manifest()}
    peers.ask(do="prepare", what="contexts", contexts=known)
    theirs = peers.ask(do="prepare", what="keys", controller=THEIRS)
    bbs = SoftwareBbsSigner.generate(secrets.token_bytes, f"{OURS}#bbs")
    p256 = SoftwareSigner.generate(Algorithm.ES256, f"{OURS}#p256")
    methods = [
        {"id": signer.public.key_id, "publicKeyMultibase": signer.public.multikey()}
        for signer in (bbs, p256)
    ]
    peers.ask(do="prepare", what="publish", id=OURS, methods=methods)
    suites: list[tuple[SelectiveCryptosuite, IssuingSigner, Callable[[str], float]]] = [
        (BBS_2023, bbs, lambda _: BBS_GOAL),
        (ECDSA_SD_2023, p256, ECDSA_SD_GOALS.__getitem__),
    ]
    for (suite, signer, goal), method in zip(suites, theirs, strict=True):
        key = verification_key_from_multikey(method["publicKeyMultibase"])
        yield from _suite_contests(peers, suite, signer, key, goal)


def _core_contests(peers: Peers) -> Iterator[Contest]:
    signer = SoftwareBbsSigner.generate(secrets.token_bytes)
    messages = [f"statement {number} of a credential".encode() for number in range(MESSAGES)]
    shown = [messages[index] for index in DISCLOSED]
    header, bound = b"header", b"nonce"
    sign = partial(signer.sign, header, messages)
    signature = sign()
    check_signature = partial(bbs_signature.verify, signer.public, signature, header, messages)
    prove = partial(
        bbs_proof.create,
        signer.public,
        signature,
        header=header,
        presentation_header=bound,
        messages=messages,
        disclosed=DISCLOSED,
        entropy=secrets.token_bytes,
    )

    def check(proof: bytes, chosen: list[bytes] = shown) -> None:
        bbs_proof.verify(
            signer.public,
            proof,
            header=header,
            presentation_header=bound,
            messages=chosen,
            disclosed=DISCLOSED,
        )

    proof = prove()
    inputs: dict[str, object] = {
        "secret": signer.secret().hex(),
        "key": signer.public.octets.hex(),
        "header": header.hex(),
        "presentation_header": bound.hex(),
        "messages": [message.hex() for message in messages],
        "disclosed": [*DISCLOSED],
        "signature": signature.hex(),
        "proof": proof.hex(),
    }
    calls: dict[str, Callable[[], object]] = {
        "sign": sign,
        "verify": check_signature,
        "prove": prove,
        "check": partial(check, proof),
    }
    for library, goal in (("mattr", CORE_GOAL), ("digitalbazaar", None)):
        made = _of_library(peers, library, inputs)
        if library == "digitalbazaar":  # the other one follows an older draft
            _agree(made["signature"] == inputs["signature"], f"{library} signs differently")
            check(bytes.fromhex(str(made["proof"])))
            _refuses(partial(check, bytes.fromhex(str(made["proof"])), [b"", *shown[1:]]))
            made = inputs
        works = {
            verb: peers.prepared(f"{library} {verb}", verb=verb, library=library, **made)
            for verb in calls
        }
        _agree(works["verify"].call() is True, f"{library} refuses the signature")
        _agree(works["check"].call() is True, f"{library} refuses the proof")
        bent = made | {"messages": ["00", *map(bytes.hex, messages[1:])]}
        for verb in ("verify", "check"):
            work = peers.prepared(f"{library} bent", verb=verb, library=library, **bent)
            _agree(work.call() is False, f"{library} accepts another message")
        for verb, ours in calls.items():
            yield Contest(
                work=f"BBS {verb}, {MESSAGES} messages, {len(DISCLOSED)} shown",
                peer=library,
                ours_call=ours,
                peer_call=works[verb].call,
                goal=goal,
                peer_timer=works[verb].time,
            )


def _of_library(peers: Peers, library: str, inputs: dict[str, object]) -> dict[str, object]:
    """The input with a signature and a proof that the library made of it."""
    made = dict(inputs)
    for name, verb in (("signature", "sign"), ("proof", "prove")):
        made[name] = peers.prepared(f"{library} {verb}", verb=verb, library=library, **made).call()
    return made


def _suite_contests(
    peers: Peers,
    suite: SelectiveCryptosuite,
    signer: IssuingSigner,
    their_key: VerificationKey,
    goal: Callable[[str], float],
) -> Iterator[Contest]:
    name = suite.name
    mine, theirs = credential(OURS), credential(THEIRS)
    issue, derive = partial(_issue, suite, signer, mine), partial(_derive, suite)
    base = issue()
    their_issue = peers.prepared(
        f"{name} issue",
        verb="issue",
        suite=name,
        document=theirs,
        mandatory=MANDATORY,
        date=CREATED,
    )
    their_base = their_issue.call()
    shown = derive(base)
    their_derive = peers.prepared(
        f"{name} derive", verb="derive", suite=name, document=their_base, reveal=REVEAL
    )
    their_shown = their_derive.call()
    their_check = peers.prepared(
        f"{name} check", verb="check", suite=name, document=shown, now=AT.isoformat()
    )
    for made, key in ((shown, signer.public), (their_shown, their_key)):
        _verify(made, key)
        _refuses(partial(_verify, _tampered(made), key))
    _agree(their_check.call() == "verified", f"the peer refuses our {name}")
    bent = peers.prepared(
        f"{name} bent", verb="check", suite=name, document=_tampered(shown), now=AT.isoformat()
    )
    _agree(bent.call() != "verified", f"the peer accepts a tampered {name}")
    calls: list[tuple[str, Callable[[], object], PeerWork]] = [
        ("issue", issue, their_issue),
        ("derive", partial(derive, base), their_derive),
        ("verify", partial(_verify, shown, signer.public), their_check),
    ]
    for verb, ours, work in calls:
        yield Contest(
            work=f"{name} {verb}",
            peer="Digital Bazaar",
            ours_call=ours,
            peer_call=work.call,
            goal=goal(verb),
            peer_timer=work.time,
        )


def _issue(suite: SelectiveCryptosuite, signer: IssuingSigner, document: JsonObject) -> JsonObject:
    options = ProofOptions(
        verification_method=signer.public.key_id or "", purpose="assertionMethod", created=CREATED
    )
    proof = suite.sign(document, options, signer, mandatory=MANDATORY, entropy=secrets.token_bytes)
    return {**document, "proof": proof}


def _derive(suite: SelectiveCryptosuite, held: JsonObject) -> JsonObject:
    document = {name: value for name, value in held.items() if name != "proof"}
    proof = held["proof"]
    if not isinstance(proof, dict):
        raise TypeError(proof)
    return suite.derive(document, proof, reveal=REVEAL, entropy=secrets.token_bytes)


def _verify(shown: JsonObject, key: VerificationKey) -> None:
    """With every check of the format; the key comes from a cache, as the peer's does."""
    verify(DataIntegrity(BBS_2023), shown, partial(_known, key), at=AT)


def _known(key: VerificationKey, reference: KeyReference) -> VerificationKey:
    return key.with_key_id(reference.key_id)


def _tampered(shown: JsonObject) -> JsonObject:
    bent = copy.deepcopy(shown)
    subject = bent["credentialSubject"]
    if not isinstance(subject, dict):
        raise TypeError(subject)
    subject["given_name"] = "Piet"
    return bent


def _refuses(work: Callable[[], object]) -> None:
    try:
        work()
    except ProofInvalid:
        return
    raise AssertionError("we accept what was tampered with")


def _agree(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - a condition
    if not holds:
        raise AssertionError(otherwise)


def main() -> None:
    """Print the ratios of medians."""
    with Peers() as peers:
        for contest in contests(peers):
            timing = run(contest)
            ours, theirs = median(timing.ours), median(timing.peer)
            goal = "" if contest.goal is None else f"  goal {contest.goal:g}x"
            print(
                f"{contest.work:44} {ours:10.0f} us  {contest.peer:16} {theirs:11.0f} us "
                f"{timing.ratio:7.1f}x{goal}"
            )


if __name__ == "__main__":
    main()
