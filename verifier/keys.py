"""The verifier's key and secrets: what signs its requests, what opens its programs' interface."""

from credentials.dids.web import did_web, method_id
from credentials.keys import Algorithm, Signer
from service.keystore import under_id
from service.secret_files import kept_secret
from verifier.settings import VerifierSettings


def open_signer(settings: VerifierSettings) -> Signer:
    """The P-256 key kept for requests, made at first use; its id belongs to the settings' did:web.

    Raises:
        RejectedError: ``config_passphrase`` where production names none; ``keystore_locked``.
    """
    kept = settings.keystore().ensure("requests", Algorithm.ES256)
    key_id = method_id(did_web(settings.identifier), kept.public)
    return under_id(kept, key_id)


def api_key(settings: VerifierSettings) -> str:
    """What a firm's program must show: of the settings, else made at first use."""
    if settings.api_key is not None:
        return settings.api_key.get_secret_value()
    return kept_secret(settings.directory / "api.key").hex()
