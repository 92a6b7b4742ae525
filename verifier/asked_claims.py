"""Nothing more than asked is used: what a holder shows beyond the question is dropped unseen.

A wallet may not send it (OpenID4VP 1.0, section 6.4), and we do not look at it if it does. What
the holder could not leave out stays: it is part of every presentation of that credential.
"""

from copy import deepcopy
from dataclasses import replace

from credentials.claims import ClaimsPath, Paths, covers
from credentials.encoding import JsonObject, JsonValue
from credentials.findings import Verdict
from credentials.formats import derivation, format_of
from credentials.model import Unverified, Wire
from credentials.openid4vc.dcql import CredentialQuery, asked_paths
from schemas import catalog
from schemas.credential_types import Disclosure


def only_asked(verdict: Verdict, wire: Wire, query: CredentialQuery) -> Verdict:
    """The verdict with no more claims than were asked, and those that always come along."""
    if verdict.verified is None:
        return verdict
    unverified = format_of(wire).parse(wire)
    asked = asked_paths(query)
    spare = [path for path in _free(unverified) if not _is_asked(path, asked)]
    if not spare:
        return verdict
    credential = verdict.verified.credential
    kept = replace(credential, claims=_without(credential.claims, spare))
    return replace(verdict, verified=replace(verdict.verified, credential=kept))


def _free(unverified: Unverified) -> Paths:
    """What the holder could have left out, by concrete paths.

    A derived proof no longer tells; there the type says which claims come along always.
    """
    document = unverified.document
    if document is None or "proof" not in document or not derivation.is_derived(document):
        return unverified.disclosable
    known = catalog.by_url(unverified.credential.type)
    if known is None:
        return frozenset()
    always = {claim.path for claim in known.claims if claim.disclosure is Disclosure.ALWAYS}
    claims = unverified.credential.claims
    return frozenset((name,) for name in claims if name not in always | {"id"})


def _is_asked(path: ClaimsPath, asked: Paths) -> bool:
    """Whether something asked lies at, around or inside a path."""
    return any(covers(wish, path) or covers(path, _concrete(wish, path)) for wish in asked)


def _concrete(wish: ClaimsPath, path: ClaimsPath) -> ClaimsPath:
    """The wish with the numbers of ``path`` where it takes every element."""
    return tuple(
        path[place] if step is None and place < len(path) else step
        for place, step in enumerate(wish)
    )


def _without(claims: JsonObject, spare: list[ClaimsPath]) -> JsonObject:
    """The claims less these places; of a list the last elements first."""
    kept = deepcopy(claims)
    ordered = sorted(spare, key=lambda path: [str(step).zfill(9) for step in path], reverse=True)
    for path in ordered:
        _drop(kept, path)
    return kept


def _drop(node: JsonValue, path: ClaimsPath) -> None:
    *around, last = path
    for step in around:
        if isinstance(node, dict) and isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
    if isinstance(node, dict):
        node.pop(str(last), None)
    elif isinstance(node, list) and isinstance(last, int) and last < len(node):
        del node[last]
