"""Wallets made by hand: presentations that are wrong in one place, and answers in any form."""

from collections.abc import Mapping

from credentials.claims import ClaimsPath
from credentials.encoding import JsonObject, JsonValue
from credentials.formats import FORMATS
from credentials.formats.sd_jwt import digest
from credentials.jose import sign_compact
from credentials.keys import Signer
from credentials.model import Binding, Wire
from credentials.openid4vc.request import AuthorizationRequest
from credentials.openid4vc.response import create_response
from tests.verifier.world import SD_JWT, World

SKILLS: frozenset[ClaimsPath] = frozenset({("skills", None)})


def presented(
    world: World,
    held: Wire,
    request: AuthorizationRequest,
    *,
    signer: Signer | None = None,
    header: Mapping[str, JsonValue] | None = None,
    **changes: JsonValue,
) -> str:
    """A presentation whose key-binding JWT was made by hand; None takes a member out."""
    binding = Binding(request.client_id, request.nonce)
    good = FORMATS[SD_JWT].present(held, world.worker, binding, disclose=SKILLS, at=world.clock())
    without = str(good)[: str(good).rindex("~") + 1]
    payload: JsonObject = {
        "iat": int(world.clock().timestamp()),
        "aud": request.client_id,
        "nonce": request.nonce,
        "sd_hash": digest(without),
    }
    kept: JsonObject = {k: v for k, v in (payload | changes).items() if v is not None}
    return without + sign_compact({"typ": "kb+jwt", **(header or {})}, kept, signer or world.worker)


def answered(request: AuthorizationRequest, *wires: Wire, query_id: str | None = None) -> str:
    """The encrypted answer with these presentations."""
    name = query_id or next(each.id for each in request.query.credentials if each.format == SD_JWT)
    return create_response(request, {name: list(wires)})
