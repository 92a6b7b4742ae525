"""What goes back to a page: an object, as it is or encrypted to the key of the request."""

from credentials.encoding import b64url_decode, b64url_encode, parse_json_object
from credentials.openid4vc.dc_api_response import create_data, create_error_data
from credentials.openid4vc.response import open_response
from tests.cases.keys import p256
from tests.cases.requests import metadata
from tests.credentials.openid4vc.calling import parse, unsigned

PRIVATE = p256("sealing").private_jwk() | {"kid": "e", "alg": "ECDH-ES", "use": "enc"}
TOKEN = {"a": ["presented~"]}


def test_an_answer_goes_back_as_it_is_where_that_is_asked() -> None:
    request = parse(unsigned(response_mode="dc_api"))
    assert create_data(request, TOKEN) == {"vp_token": {"a": ["presented~"]}}


def test_an_answer_is_sealed_to_the_key_and_nonce_of_the_request() -> None:
    request = parse(unsigned(**metadata(encrypted_response_enc_values_supported=["A128GCM"])))
    data = create_data(request, TOKEN)
    assert list(data) == ["response"]
    jwe = str(data["response"])
    assert open_response(jwe, PRIVATE).vp_token == {"a": ("presented~",)}
    head = parse_json_object(b64url_decode(jwe.partition(".")[0]))
    assert (head["enc"], head["kid"]) == ("A128GCM", "e")
    assert head["apv"] == b64url_encode(request.nonce.encode())


def test_a_refusal_names_its_error_and_nothing_else() -> None:
    assert create_error_data() == {"error": "access_denied"}
    assert create_error_data("invalid_request") == {"error": "invalid_request"}
