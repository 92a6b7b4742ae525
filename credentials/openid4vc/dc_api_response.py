"""What goes back through the Digital Credentials API (OpenID4VP 1.0, appendix A.4): an object."""

from collections.abc import Mapping, Sequence

from credentials import jose
from credentials.encoding import JsonObject, compact_json
from credentials.model import Wire
from credentials.openid4vc.dc_api_request import DcApiRequest


def create_data(request: DcApiRequest, vp_token: Mapping[str, Sequence[Wire]]) -> JsonObject:
    """The ``data`` of an answer: as it is, or encrypted to the key of the request.

    ``apv`` is the request's nonce, as in ``response.create_response``.

    Args:
        request: what is answered.
        vp_token: presentations by query id.
    """
    payload: JsonObject = {"vp_token": {name: list(wires) for name, wires in vp_token.items()}}
    if request.encryption_key is None or request.enc is None:
        return payload
    jwe = jose.encrypt_compact(
        compact_json(payload),
        request.encryption_key,
        enc=request.enc,
        apv=request.nonce.encode("ascii"),
    )
    return {"response": jwe}


def create_error_data(error: str = "access_denied") -> JsonObject:
    """The ``data`` of a refusal, for after the worker said no.

    Before that nothing is answered at all: an error would tell the page that a wallet with such a
    credential was reached (section 15.9.2).
    """
    return {"error": error}
