"""What all messages share: strict reading, forms, and the error with two texts (RFC 6749, 5.2)."""

from collections.abc import Mapping
from typing import Annotated, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, ValidationError

from credentials.encoding import JsonObject
from credentials.errors import RejectedError

WIRE = ConfigDict(extra="ignore", frozen=True, strict=True, populate_by_name=True)
"""Unknown parameters are ignored, as both specifications ask; no value is converted."""

MAX_FORM_FIELDS = 50
"""A token request has three fields; nobody honest sends fifty."""

MAX_URL_LENGTH = 2_048
"""Longer addresses are cut or refused somewhere on the way."""

WireObject = dict[str, JsonValue]
"""A JSON object inside a message, as pydantic reads it."""

Message = TypeVar("Message", bound=BaseModel)


class ProtocolError(RejectedError):
    """A message that is answered with an OAuth error; keeps two texts.

    Attributes:
        error: the registered error code, for the other side.
        code: our stable code, at most more precise; also a key of the message catalogue.
        detail: for the log only.
    """

    def __init__(self, error: str, detail: str = "", *, code: str | None = None) -> None:
        super().__init__(code or error, detail)
        self.error = error

    def body(self) -> JsonObject:
        """The error response (RFC 6749, section 5.2); holds no detail."""
        if self.code == self.error:
            return {"error": self.error}
        return {"error": self.error, "error_description": self.code}


def is_https_url(text: str) -> bool:
    """Whether ``text`` is one absolute https URL without user name and fragment."""
    if len(text) > MAX_URL_LENGTH or not text.isascii() or any(c <= " " for c in text):
        return False
    try:
        parts = urlsplit(text)
        port_is_sound = parts.port is None or parts.port > 0
    except ValueError:
        return False
    named = parts.scheme == "https" and bool(parts.hostname) and "\\" not in text
    return named and port_is_sound and "@" not in parts.netloc and not parts.fragment


def origin(url: str) -> str:
    """Scheme, host and port of an https URL in one spelling: lower case, no default port.

    Raises:
        ValueError: not an https URL.
    """
    if not is_https_url(url):
        raise ValueError("not an https URL")
    parts = urlsplit(url)
    port = "" if parts.port in {None, 443} else f":{parts.port}"
    host = (parts.hostname or "").lower()
    return f"https://[{host}]{port}" if ":" in host else f"https://{host}{port}"


def _https(text: str) -> str:
    if not is_https_url(text):
        raise ValueError("not an https URL")
    return text


HttpsUrl = Annotated[str, AfterValidator(_https)]
"""An https URL, kept exactly as it was written."""

Name = Annotated[str, Field(min_length=1, max_length=512)]
"""A short non-empty text: an identifier or a code."""


def read_message(model: type[Message], value: object, *, error: str, code: str) -> Message:
    """Read a decoded JSON value as ``model``.

    Raises:
        ProtocolError: it does not fit; with ``error`` for the other side and ``code`` as ours. The
            detail names the first bad field and never its value.
    """
    try:
        return model.model_validate(value)
    except ValidationError as failure:
        raise ProtocolError(error, describe(failure), code=code) from None


def describe(failure: ValidationError) -> str:
    """The first fault: where it is and of which kind, without the value."""
    first = failure.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(step)[:60] for step in first["loc"]) or "message"
    return f"{place}: {first['type']}"


def write_message(message: BaseModel) -> JsonObject:
    """The JSON object of a message: names of the wire, absent members left out."""
    document: JsonObject = message.model_dump(mode="json", by_alias=True, exclude_none=True)
    return document


def read_form(body: bytes, *, error: str = "invalid_request") -> dict[str, str]:
    """Read an ``application/x-www-form-urlencoded`` body.

    Raises:
        ProtocolError: no UTF-8, too many fields, or a field that comes twice (RFC 6749, 3.2).
    """
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=MAX_FORM_FIELDS,
        )
    except ValueError:
        raise ProtocolError(error, "body is no form", code="form_malformed") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ProtocolError(error, "a field comes twice", code="form_malformed")
    return fields


def write_form(fields: Mapping[str, str | None]) -> bytes:
    """The form body of the fields that have a value."""
    return urlencode({name: value for name, value in fields.items() if value is not None}).encode()
