"""What fits a request, what is shown of it, and what is written down (OpenID4VP 1.0, section 6).

The same for a request that a link led to (``presenting``) and one that a page made (``calls``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from credentials.claims import Paths
from credentials.encoding import JsonObject
from credentials.formats import FORMATS
from credentials.model import Binding, Wire
from credentials.openid4vc.dcql import match
from credentials.openid4vc.dcql_query import DcqlQuery
from wallet.holder.answering import Needs, check_chosen, needs_of
from wallet.holder.asker import Asker, Requested
from wallet.holder.consent import Option, option
from wallet.holder.erasing import erasing_facts
from wallet.holder.events import Event
from wallet.holder.history import ShownCredential, shown_credential_json
from wallet.holder.outside import Outside
from wallet.holder.vault import Held, copy_of

_TOKENS_WITH_BINDING = frozenset({"dc+sd-jwt", "vc+sd-jwt"})


@dataclass(frozen=True, slots=True)
class Choice:
    """What the worker shows of one credential."""

    option: Option
    picked: Paths = frozenset()


def laid_over(query: DcqlQuery, held: Sequence[Held]) -> Needs[Option]:
    """A query over what is held: what has to be chosen, and what may be."""
    unverified = [each.parsed() for each in held]
    options = {
        each.query.id: tuple(
            option(each.query, candidate, held[candidate.index], unverified[candidate.index])
            for candidate in each.candidates
        )
        for each in match(query, unverified).queries
    }
    return needs_of(query, options)


def present(
    request: Requested,
    needs: Needs[Option],
    choices: Sequence[Choice],
    *,
    outside: Outside,
    events: Sequence[Event] = (),
) -> dict[str, list[Wire]]:
    """One presentation for each choice, signed by that credential's own key, by query id.

    Args:
        request: whom the presentations are made for.
        needs: what could be chosen.
        choices: what is shown: of each group one credential, or more where the query takes them,
            and of an optional set all or nothing. What comes twice is shown once.
        outside: for the present moment.
        events: of the vault, which say the copy whose turn it is.

    Raises:
        RejectedError: ``choice_incomplete`` or ``choice_invalid``.
    """
    check_chosen(request.query, needs, [choice.option for choice in choices])
    binding = Binding(audience=request.audience, nonce=request.nonce)
    shown: dict[str, list[Wire]] = {}
    for choice in _once(choices):
        held = copy_of(choice.option.held, events)
        wire = FORMATS[held.format].present(
            held.wire,
            held.signer(),
            binding,
            disclose=choice.option.disclose(choice.picked),
            at=outside.now(),
        )
        query = request.query.credential(choice.option.query_id)
        bound = query is None or query.holder_binding
        shown.setdefault(choice.option.query_id, []).append(wire if bound else _unbound(wire, held))
    return shown


def answered_facts(
    request: Requested, asker: Asker, choices: Sequence[Choice], *, events: Sequence[Event]
) -> JsonObject:
    """What the event of an answer says: what was seen by whom, with what erasing it takes.

    Args:
        request: that was answered.
        asker: who asked.
        choices: what was shown.
        events: of the vault, before the answer.
    """
    seen: list[JsonObject] = [_seen(choice) for choice in _once(choices)]
    shown = [copy_of(choice.option.held, events) for choice in _once(choices)]
    return {**asker.facts(), "credentials": [*seen], **erasing_facts(request, shown)}


def _once(choices: Sequence[Choice]) -> list[Choice]:
    """Two sets may ask for one credential; the verifier gets it once."""
    named = {(each.option.query_id, each.option.held.id): each for each in reversed(choices)}
    return list(reversed(named.values()))


def _unbound(wire: Wire, held: Held) -> Wire:
    """The same selection without the holder's proof, where none is asked (section 5.3)."""
    if isinstance(wire, dict):
        inner = wire.get("verifiableCredential")
        return inner[0] if isinstance(inner, list) and isinstance(inner[0], dict) else wire
    if held.format in _TOKENS_WITH_BINDING:
        return wire[: wire.rindex("~") + 1]
    return held.wire


def _seen(choice: Choice) -> JsonObject:
    lines = choice.option.seen(choice.picked)
    shown = ShownCredential(
        type=choice.option.type,
        labels_nl=tuple(line.label_nl for line in lines),
        labels_en=tuple(line.label_en for line in lines),
        whole=choice.option.whole,
    )
    return {"id": choice.option.held.id, **shown_credential_json(shown)}
