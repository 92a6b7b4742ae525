"""The link or code that brings a wallet to a request (OpenID4VP 1.0, sections 5.7 and 5.10)."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from credentials.errors import RejectedError
from credentials.openid4vc.client_identifier import client_origin, is_hash
from credentials.openid4vc.message import MAX_FORM_FIELDS, ProtocolError, is_https_url, origin

MAX_LINK_BYTES = 64 * 1024
"""Longer than any link that a person scans or pastes."""


@dataclass(frozen=True, slots=True)
class RequestReference:
    """What a request link holds.

    Attributes:
        client_id: None where somebody passed on the bare ``request_uri``; who asks is then known
            from the signed request alone, and ``check_host`` holds the two together.
        post: the request may be fetched with a nonce of the wallet's own (section 5.10).
    """

    client_id: str | None
    request_uri: str
    post: bool = False

    def check_host(self, host: str) -> None:
        """The request came from the asker's own origin (RFC 9101, section 10.4).

        Raises:
            ProtocolError: ``request_uri_invalid``.
        """
        if origin(self.request_uri) != host:
            raise _invalid("not an address at the asker's host")


def request_link(base: str, client_id: str, request_uri: str, *, post: bool = False) -> str:
    """The link or QR text that brings a wallet to a request."""
    fields = {"client_id": client_id, "request_uri": request_uri}
    if post:
        fields["request_uri_method"] = "post"
    return f"{base}?{urlencode(fields)}"


def parse_request_link(text: str) -> RequestReference:
    """Find client id and request address in a scanned or pasted link of any scheme.

    A bare https address without query is taken for the request's own address.

    Raises:
        ProtocolError: ``request_uri_invalid``: missing, double, not https, or at another host than
            the asker's (RFC 9101, section 10.4); ``invalid_request_uri_method``.
        UnsupportedError: ``client_id_prefix_unsupported``.
    """
    link = text.strip()
    if len(link) > MAX_LINK_BYTES:
        raise _invalid("the link is too long")
    try:
        parts = urlsplit(link)  # a wallet in a browser takes what stands behind the #
        written = parts.query or parts.fragment
        pairs = parse_qsl(written, max_num_fields=MAX_FORM_FIELDS, errors="strict")
    except ValueError:
        raise _invalid("no link") from None
    if not pairs and is_https_url(link):
        return RequestReference(None, link)
    fields = dict(pairs)
    if len(fields) != len(pairs) or not {"client_id", "request_uri"} <= fields.keys():
        raise _invalid("client_id and request_uri, each once")
    method = fields.get("request_uri_method", "get")
    if method not in {"get", "post"}:
        raise ProtocolError("invalid_request_uri_method", "neither get nor post")
    client_id, uri = fields["client_id"], fields["request_uri"]
    own = is_https_url(uri) and (is_hash(client_id) or origin(uri) == client_origin(client_id))
    if not own:
        raise _invalid("not an https address at the asker's host")
    return RequestReference(client_id, uri, post=method == "post")


def _invalid(detail: str) -> RejectedError:
    return ProtocolError("invalid_request_uri", detail, code="request_uri_invalid")
