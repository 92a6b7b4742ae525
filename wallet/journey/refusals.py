"""What must be refused, with which code, and what a reader is told (security design, section 2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from credentials.encoding import JsonObject
from credentials.errors import CredentialError
from credentials.model import Validity, Wire
from schemas.messages import known, sentence
from wallet.holder import presenting, receiving
from wallet.holder.outside import Outside
from wallet.holder.vault import Held, NewCredential, Vault
from wallet.journey import attacks
from wallet.journey.attacks import LDP_VC, SD_JWT, Attacker, Attempt
from wallet.journey.parties import Offer, Parties
from wallet.journey.report import Refusal

PRESET = "skills"
"""The question that every proof with a skill answers."""

ATTEMPTS: tuple[tuple[str, str, Attempt], ...] = (
    ("forged", "signature_invalid", attacks.forged),
    ("altered", "disclosure_unreferenced", attacks.altered_sd_jwt),
    ("altered", "proof_invalid", attacks.altered_ldp_vc),
    ("wrong_nonce", "nonce_invalid", attacks.wrong_nonce),
    ("wrong_audience", "aud_mismatch", attacks.wrong_audience),
    ("other_holder", "holder_key_mismatch", attacks.other_holder),
    ("unknown_issuer", "issuer_not_listed", attacks.unknown_issuer),
    ("undefined_term", "term_undefined", attacks.undefined_term),
)
"""Case, code, and how it is made; the other cases need no attacker but a proof of their own."""

OTHER_CASES = 3
"""Expired, suspended and replayed."""

ACCEPTED = "accepted"
"""Stands where a code should: the attempt was not refused."""

A_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Scene:
    """Where attempts are made."""

    parties: Parties
    outside: Outside


def refusals(scene: Scene) -> list[Refusal]:
    """Make every attempt but the withdrawn proof, which the journey itself shows."""
    attacker = Attacker(
        sd_jwt=take(scene, forklift(scene, SD_JWT)),
        ldp_vc=take(scene, forklift(scene, LDP_VC)),
        outside=scene.outside,
    )
    made = [_attempt(scene, attacker, *each) for each in ATTEMPTS]
    made.append(_expired(scene, attacker))
    paused = forklift(scene, SD_JWT)
    held = take(scene, paused)
    scene.parties.set_status(paused, "suspended")
    made.append(_attempt_with(scene, "suspended", "suspended", held))
    made.append(_replay(scene, attacker))
    return made


def forklift(scene: Scene, format_id: str) -> Offer:
    """An offer of a proof for one more fictional person."""
    claims: JsonObject = {
        "given_name": "Sam",
        "family_name": "Proef",
        "date_of_test": date(scene.outside.now().year - 1, 6, 1).isoformat(),
        "skills": [{"skill": "heftruck", "level": 2}],
    }
    return scene.parties.offer("heftruck", format_id, claims)


def take(scene: Scene, offer: Offer) -> Held:
    """Fetch a proof and hold it whatever its check says, as an attacker would."""
    vault = Vault((), clock=scene.outside.now, entropy=scene.outside.entropy)
    preview = receiving.read_offer(offer.link, outside=scene.outside)
    received = receiving.fetch_credential(preview, pin=offer.pin, outside=scene.outside)
    return vault.add(
        NewCredential(received.offered.format, received.wire, received.signer, received.giver)
    )


def code_of(verdict: JsonObject) -> tuple[str, str]:
    """Code and part of the first finding that failed; ``accepted`` where none did."""
    findings = verdict.get("findings")
    for finding in findings if isinstance(findings, list) else []:
        if isinstance(finding, dict) and finding.get("outcome") == "failed":
            return str(finding.get("code")), str(finding.get("part"))
    return ACCEPTED, ""


def refusal(case: str, expected: str, code: str, part: str) -> Refusal:
    """An attempt with the sentences that belong to its code."""
    keys: Sequence[str] = (f"verdict.{part}.{code}", f"error.{code}", "error.unknown")
    key = next(key for key in keys if known(key))
    return Refusal(case, expected, code, nl=sentence(key, "nl"), en=sentence(key, "en"))


def _attempt(
    scene: Scene, attacker: Attacker, case: str, expected: str, attempt: Attempt
) -> Refusal:
    request = scene.parties.ask(PRESET)
    asked = presenting.read_request(
        request.link, held=(attacker.sd_jwt, attacker.ldp_vc), outside=scene.outside
    )
    try:
        presenting.deliver(asked, attempt(attacker, asked), outside=scene.outside)
        code, part = code_of(scene.parties.verdict(request))
    except CredentialError as error:
        code, part = error.code, ""
    return refusal(case, expected, code, part)


def _attempt_with(scene: Scene, case: str, expected: str, held: Held) -> Refusal:
    """An honest presentation of a proof that itself must be refused."""
    attacker = Attacker(sd_jwt=held, ldp_vc=held, outside=scene.outside)
    return _attempt(scene, attacker, case, expected, attacks.honest_sd_jwt)


def _replay(scene: Scene, attacker: Attacker) -> Refusal:
    """The same answer a second time."""

    def twice(attacker: Attacker, asked: presenting.Asked) -> dict[str, list[Wire]]:
        wires = attacks.honest_sd_jwt(attacker, asked)
        presenting.deliver(asked, wires, outside=scene.outside)
        return wires

    return _attempt(scene, attacker, "replayed", "response_already_received", twice)


def _expired(scene: Scene, attacker: Attacker) -> Refusal:
    """A proof that ended yesterday, under the policy that takes any issuer with a key.

    An honest issuer signs nothing that is over already, so this one is of the attacker's making.
    """
    now = scene.outside.now()
    over = Validity(valid_from=now - 2 * A_YEAR, valid_until=now - timedelta(days=1))
    wire, _ = attacks.own_making(attacker, over)
    code, part = code_of(scene.parties.check(wire, policy="any"))
    return refusal("expired", "expired", code, part)
