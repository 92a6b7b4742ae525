"""Selective disclosure against its peers: BBS itself, bbs-2023 and ecdsa-sd-2023.

Each side first accepts what the other made and refuses it when one claim was changed; only then is
it timed. In BBS itself MATTR's library is the honest peer; Digital Bazaar's works out its
generators each time. The former follows an older draft, so that it checks what it made itself.
"""

import copy
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from benchmarks.interleave import Contest
from benchmarks.node import NodePeer
from credentials import dids
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

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
CREATED = "2026-11-23T12:00:00Z"
OURS, THEIRS = "did:web:issuer.skillspass.example", "did:web:peer.skillspass.example"

HEADER, BOUND = b"header", b"nonce"
MESSAGES = tuple(f"statement {number} of a credential".encode() for number in range(30))
DISCLOSED = (0, 3, 7, 11, 19)
"""Of the contest in BBS itself: about the statements of a credential with six skills."""

MANDATORY = ("/issuer", "/type", "/validFrom", "/validUntil", "/credentialStatus")
REVEAL = (
    "/credentialSubject/given_name",
    "/credentialSubject/skills/1",
    "/credentialSubject/skills/4",
)

CORE_GOAL = 4.0
GOALS = {
    "bbs-2023": {"issue": 30.0, "derive": 30.0, "verify": 30.0},
    "ecdsa-sd-2023": {"issue": 7.0, "derive": 20.0, "verify": 3.0},
}
LIBRARIES = {"mattr": ("MATTR", CORE_GOAL), "digitalbazaar": ("Digital Bazaar", None)}


@dataclass(frozen=True, slots=True)
class Side:
    """One suite with the keys of both sides."""

    suite: SelectiveCryptosuite
    signer: IssuingSigner
    their_key: VerificationKey


def contests() -> Iterator[Contest]:
    """All contests, each checked before it is handed out.

    Raises:
        AssertionError: two sides do not agree, or one accepts what was tampered with.
        NotMeasured: Node is not here.
    """
    with _node() as (node, sides):
        core = Core(SoftwareBbsSigner.generate(secrets.token_bytes))
        for library in LIBRARIES:
            yield from core.contests(node, library)
        for side in sides:
            yield from _suite_contests(node, side)


class Core:
    """BBS over octets, without any credential."""

    def __init__(self, signer: SoftwareBbsSigner) -> None:
        self._signer = signer
        self._signature = signer.sign(HEADER, MESSAGES)
        self._proof = self.prove()

    def prove(self) -> bytes:
        """A proof that shows some messages."""
        return bbs_proof.create(
            self._signer.public,
            self._signature,
            header=HEADER,
            presentation_header=BOUND,
            messages=MESSAGES,
            disclosed=DISCLOSED,
            entropy=secrets.token_bytes,
        )

    def check(self, proof: bytes, first: bytes = MESSAGES[0]) -> None:
        """A proof holds, with ``first`` in place of the first message."""
        bbs_proof.verify(
            self._signer.public,
            proof,
            header=HEADER,
            presentation_header=BOUND,
            messages=[first, *(MESSAGES[index] for index in DISCLOSED[1:])],
            disclosed=DISCLOSED,
        )

    def contests(self, node: NodePeer, library: str) -> Iterator[Contest]:
        """The four verbs against one library."""
        made = self._made_by(node, library)
        works = {
            verb: node.work(f"{library} {verb}", **made)
            for verb in ("sign", "verify", "prove", "check")
        }
        bent = made | {"messages": ["00", *map(bytes.hex, MESSAGES[1:])]}
        for verb in ("verify", "check"):
            _agree(works[verb].call() is True, f"{library} refuses what is right: {verb}")
            tampered = node.work(f"{library} {verb}", **bent).call()
            _agree(tampered is False, f"{library} accepts another message: {verb}")
        calls: dict[str, Callable[[], object]] = {
            "sign": partial(self._signer.sign, HEADER, MESSAGES),
            "verify": partial(
                bbs_signature.verify, self._signer.public, self._signature, HEADER, MESSAGES
            ),
            "prove": self.prove,
            "check": partial(self.check, self._proof),
        }
        name, goal = LIBRARIES[library]
        for verb, ours in calls.items():
            work = f"BBS {verb}, {len(MESSAGES)} messages"
            yield Contest(work, name, ours, works[verb].call, goal, works[verb].time)

    def _made_by(self, node: NodePeer, library: str) -> dict[str, object]:
        """The input of a library's works: ours where it follows the same draft, else its own."""
        ours: dict[str, object] = {
            "secret": self._signer.secret().hex(),
            "key": self._signer.public.octets.hex(),
            "header": HEADER.hex(),
            "presentation_header": BOUND.hex(),
            "messages": [*map(bytes.hex, MESSAGES)],
            "disclosed": [*DISCLOSED],
            "signature": self._signature.hex(),
            "proof": self._proof.hex(),
        }
        theirs = dict(ours)
        theirs["signature"] = node.work(f"{library} sign", **theirs).call()
        theirs["proof"] = node.work(f"{library} prove", **theirs).call()
        if library == "mattr":
            return theirs
        _agree(theirs["signature"] == ours["signature"], f"{library} signs differently")
        proof = bytes.fromhex(str(theirs["proof"]))
        self.check(proof)
        _refuses(partial(self.check, proof, b""))
        return ours


def _suite_contests(node: NodePeer, side: Side) -> Iterator[Contest]:
    name = side.suite.name
    base = _issue(side, _credential(OURS))
    shown = _derive(side, base)
    their_issue = node.work(
        "issue", suite=name, document=_credential(THEIRS), mandatory=MANDATORY, date=CREATED
    )
    their_derive = node.work("derive", suite=name, document=their_issue.call(), reveal=REVEAL)
    now = AT.isoformat()
    their_verify = node.work("verify", suite=name, document=shown, now=now)
    for made, key in ((shown, side.signer.public), (their_derive.call(), side.their_key)):
        _verify(made, key)
        _refuses(partial(_verify, _tampered(made), key))
    _agree(their_verify.call() == "verified", f"the peer refuses our {name}")
    bent = node.work("verify", suite=name, document=_tampered(shown), now=now)
    _agree(bent.call() != "verified", f"the peer accepts a tampered {name}")
    yield from (
        Contest(f"{name} {verb}", "Digital Bazaar", ours, work.call, GOALS[name][verb], work.time)
        for verb, ours, work in (
            ("issue", partial(_issue, side, _credential(OURS)), their_issue),
            ("derive", partial(_derive, side, base), their_derive),
            ("verify", partial(_verify, shown, side.signer.public), their_verify),
        )
    )


def _credential(issuer: str) -> JsonObject:
    """A credential with six skills and one status."""
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


def _issue(side: Side, document: JsonObject) -> JsonObject:
    options = ProofOptions(
        verification_method=side.signer.public.key_id or "",
        purpose="assertionMethod",
        created=CREATED,
    )
    proof = side.suite.sign(
        document, options, side.signer, mandatory=MANDATORY, entropy=secrets.token_bytes
    )
    return {**document, "proof": proof}


def _derive(side: Side, held: JsonObject) -> JsonObject:
    document, proof = dict(held), held["proof"]
    del document["proof"]
    if not isinstance(proof, dict):
        raise TypeError(proof)
    return side.suite.derive(document, proof, reveal=REVEAL, entropy=secrets.token_bytes)


def _verify(shown: JsonObject, key: VerificationKey) -> None:
    """With every check of the format; the DID document comes from a cache, as the peer's does."""
    known = dids.base.document_of((key.key_id or "").partition("#")[0], [key])

    def key_of(reference: KeyReference) -> VerificationKey:
        return known.verification_key(reference.key_id)

    verify(DataIntegrity(BBS_2023), shown, key_of, at=AT)


def _tampered(shown: JsonObject) -> JsonObject:
    bent = copy.deepcopy(shown)
    subject = bent["credentialSubject"]
    if not isinstance(subject, dict):
        raise TypeError(subject)
    subject["given_name"] = "Piet"
    return bent


@contextmanager
def _node() -> Iterator[tuple[NodePeer, list[Side]]]:
    """The JavaScript peer, and both suites with the keys of both sides."""
    signers: dict[str, IssuingSigner] = {
        "bbs-2023": SoftwareBbsSigner.generate(secrets.token_bytes, f"{OURS}#bbs"),
        "ecdsa-sd-2023": SoftwareSigner.generate(Algorithm.ES256, f"{OURS}#p256"),
    }
    publics = [signer.public for signer in signers.values()]
    methods = [{"id": key.key_id, "publicKeyMultibase": key.multikey()} for key in publics]
    known = {url: contexts.load(url) for url in contexts.manifest()}
    suites: list[SelectiveCryptosuite] = [BBS_2023, ECDSA_SD_2023]
    with NodePeer("selective.mjs") as node:
        ours = {"id": OURS, "methods": methods}
        made = node.ask(do="prepare", known=known, ours=ours, theirs=THEIRS)
        sides = []
        for suite in suites:
            method = made[suite.name]
            key = verification_key_from_multikey(method["publicKeyMultibase"])
            sides.append(Side(suite, signers[suite.name], key.with_key_id(method["id"])))
        yield node, sides


def _refuses(work: Callable[[], object]) -> None:
    try:
        work()
    except ProofInvalid:
        return
    raise AssertionError("what was tampered with is accepted")


def _agree(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - a condition
    if not holds:
        raise AssertionError(otherwise)
