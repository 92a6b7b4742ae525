"""SD-JWT VC with fifteen disclosures against sd-jwt (Python), and signing against jwcrypto.

Ours does all its checks when it is timed: limits, header, disclosures, dates, key binding with
audience, nonce and age. The reference library checks both signatures and the digests. Each side
first accepts what the other made, and refuses it once its signature was changed.
"""

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median

from jwcrypto import jwk, jws
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from benchmarks.interleave import Contest, Work, alone
from credentials import jose
from credentials.encoding import JsonObject, JsonValue
from credentials.errors import CredentialError
from credentials.formats import FORMATS
from credentials.formats.base import verify, verify_presentation
from credentials.keys import Algorithm, SoftwareSigner
from credentials.model import Binding, Credential

AT = datetime.now(UTC).replace(microsecond=0)
ISSUER, TYPE = "did:web:issuer.skillspass.example", "https://skillspass.example/types/bench/1"
BINDING = Binding("https://verifier.skillspass.example", "n-0S6_WzA2Mj")
FACTS = ("given_name", "family_name", "certificate", "number", "course")
SKILLS = 10
ISSUE_GOAL, PRESENT_GOAL, VERIFY_GOAL, SIGN_GOAL, LIMIT_GOAL = 3.0, 1.0, 1.8, 2.0, 0.8

Claims = dict[str, object]


class Sides:
    """The same claims, the same two keys, both libraries."""

    def __init__(self) -> None:
        """Make keys and claims."""
        self.format = FORMATS["dc+sd-jwt"]
        self.issuer = SoftwareSigner.generate(Algorithm.ES256, f"{ISSUER}#1")
        self.holder = SoftwareSigner.generate(Algorithm.ES256)
        self.their_issuer = jwk.JWK(**self.issuer.private_jwk())
        self.their_holder = jwk.JWK(**self.holder.private_jwk())
        self.skills: list[JsonValue] = [
            {"skill": f"las-{number}", "label": f"Lassen {number}", "level": 3}
            for number in range(SKILLS)
        ]
        self.facts = {name: f"{name} of a person" for name in FACTS}
        self.claims: JsonObject = {**self.facts, "skills": self.skills}
        self.paths = frozenset({*((name,) for name in FACTS), ("skills", None)})
        self.shown = frozenset({(FACTS[0],), ("skills", 1), ("skills", 4)})

    def issue(self) -> str:
        """Ours: one credential."""
        credential = Credential(TYPE, ISSUER, self.claims, AT)
        wire = self.format.issue(
            credential,
            self.issuer,
            holder=self.holder.public,
            disclosable=self.paths,
            entropy=secrets.token_bytes,
        )
        return str(wire)

    def their_issue(self) -> str:
        """The reference library's: the same claims, the same fifteen disclosures."""
        claims: Claims = {"iss": ISSUER, "vct": TYPE, "iat": int(AT.timestamp())}
        claims |= {SDObj(name): value for name, value in self.facts.items()}
        claims["skills"] = [SDObj(one) for one in self.skills]
        headers = {"typ": "dc+sd-jwt", "kid": f"{ISSUER}#1"}
        made = SDJWTIssuer(
            claims, self.their_issuer, self.their_holder, extra_header_parameters=headers
        )
        return str(made.sd_jwt_issuance)

    def present(self, held: str) -> str:
        """Ours: three disclosures and the key binding."""
        return str(self.format.present(held, self.holder, BINDING, disclose=self.shown, at=AT))

    def their_present(self, held: str) -> str:
        """The reference library's: the same three and the key binding."""
        holder = SDJWTHolder(held)
        chosen = [number in {1, 4} for number in range(SKILLS)]
        holder.create_presentation(
            {FACTS[0]: True, "skills": chosen}, BINDING.nonce, BINDING.audience, self.their_holder
        )
        return str(holder.sd_jwt_presentation)

    def check(self, shown: str) -> JsonObject:
        """Ours, with all checks."""
        found = verify_presentation(
            self.format, shown, lambda _: self.issuer.public, expected=BINDING, at=AT
        )
        return found.credential.claims

    def their_check(self, shown: str) -> Claims:
        """The reference library's: signatures and digests."""
        done = SDJWTVerifier(shown, lambda *_: self.their_issuer, BINDING.audience, BINDING.nonce)
        return dict(done.get_verified_payload())


def contests() -> Iterator[Contest]:
    """Issue, present and verify, and one bare signature; checked before they are handed out.

    Raises:
        AssertionError: two sides do not agree, or one accepts a changed signature.
    """
    sides = Sides()
    ours, theirs = sides.issue(), sides.their_issue()
    ours_shown, theirs_shown = sides.present(ours), sides.their_present(theirs)
    _agree(sides, ours_shown, theirs_shown)
    peer = "sd-jwt (Python)"
    yield Contest("SD-JWT issue, 15 disclosures", peer, sides.issue, sides.their_issue, ISSUE_GOAL)
    yield Contest(
        "SD-JWT present, 3 of 15",
        peer,
        lambda: sides.present(ours),
        lambda: sides.their_present(theirs),
        PRESENT_GOAL,
    )
    yield Contest(
        "SD-JWT verify, both signatures",
        peer,
        lambda: sides.check(ours_shown),
        lambda: sides.their_check(ours_shown),
        VERIFY_GOAL,
    )
    yield Contest(
        "SD-JWT verify, both signatures",
        "two bare P-256 checks",
        lambda: sides.check(ours_shown),
        _bare(sides),
        LIMIT_GOAL,
    )
    yield _signing(sides)


def profile() -> dict[str, float]:
    """Where issuing and verifying go: medians in microseconds, with all checks, without peers."""
    sides = Sides()
    held = sides.issue()
    shown = sides.present(held)
    message = bytes(len(held))
    parts: dict[str, Work] = {
        "SD-JWT issue": sides.issue,
        "its bare P-256 signature": lambda: sides.issuer.sign(message),
        "SD-JWT present": lambda: sides.present(held),
        "SD-JWT verify, all checks": lambda: sides.check(shown),
        "its two bare P-256 checks": _bare(sides),
        "reading it, no signature": lambda: sides.format.parse(shown),
    }
    return {name: round(median(alone(work)), 1) for name, work in parts.items()}


def _bare(sides: Sides) -> Work:
    """Both signatures of a presentation, over as many octets."""
    message = bytes(3_000)
    keys = [(signer.public, signer.sign(message)) for signer in (sides.issuer, sides.holder)]

    def check() -> None:
        for key, signature in keys:
            key.verify(signature, message)

    return check


def _hold(condition: bool, meaning: str) -> None:  # noqa: FBT001 - reads like an assertion
    """Checked before timed, also under ``-O``."""
    if not condition:
        raise AssertionError(meaning)


def _agree(sides: Sides, ours: str, theirs: str) -> None:
    for shown in (ours, theirs):
        mine, other = sides.check(shown), sides.their_check(shown)
        _hold({name: other[name] for name in mine} == mine, "both read the same claims")
        _hold(set(mine) == {FACTS[0], "skills"}, "only what was chosen is shown")
        head, _, rest = shown.partition("~")
        forged = head[:-2] + ("AA" if not head.endswith("AA") else "BB") + "~" + rest
        for check, expected in ((sides.check, CredentialError), (sides.their_check, Exception)):
            try:
                check(forged)
            except expected:
                continue
            raise AssertionError("a changed signature was accepted")
    verify(sides.format, sides.issue(), lambda _: sides.issuer.public, at=AT)


def _signing(sides: Sides) -> Contest:
    payload: JsonObject = {"text": "x" * 2_000}
    header: JsonObject = {"typ": "JWT", "kid": "1"}
    plain = json.dumps(payload)

    def theirs() -> str:
        token = jws.JWS(plain)
        protected = json.dumps({"alg": "ES256", **header})
        token.add_signature(sides.their_issuer, protected=protected)
        return str(token.serialize(compact=True))

    made = jose.sign_compact(header, payload, sides.issuer)
    jws.JWS().deserialize(made, sides.their_issuer)
    jose.peek(theirs(), typ=frozenset({"JWT"})).verify(sides.issuer.public)
    return Contest(
        "JWS sign ES256, 2 kB",
        "jwcrypto",
        lambda: jose.sign_compact(header, payload, sides.issuer),
        theirs,
        SIGN_GOAL,
    )
