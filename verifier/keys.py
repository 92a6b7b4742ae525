"""The verifier's key, certificate and secrets: what signs requests, what opens its interface."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from credentials.certificates import check_chain, write_chain
from credentials.dids.web import did_web, method_id
from credentials.errors import ProofInvalid, RejectedError
from credentials.keys import Algorithm, Signer
from service.clock import Clock
from service.keystore import under_id
from service.secret_files import kept_secret
from verifier import demo_authority
from verifier.access_certificates import MAX_FILE_BYTES
from verifier.settings import VerifierSettings


def open_signer(settings: VerifierSettings) -> Signer:
    """The P-256 key kept for requests, made at first use; its id belongs to the settings' did:web.

    Raises:
        RejectedError: ``config_passphrase`` where production names none; ``keystore_locked``.
    """
    kept = settings.keystore().ensure("requests", Algorithm.ES256)
    key_id = method_id(did_web(settings.identifier), kept.public)
    return under_id(kept, key_id)


def certificate_file(settings: VerifierSettings) -> Path:
    """Where the chain lies that ``firm certificate`` took in."""
    return settings.directory / "certificate.pem"


def open_certificates(
    settings: VerifierSettings, signer: Signer, *, clock: Clock
) -> tuple[bytes, ...]:
    """The chain over the key for requests, the leaf first, in DER; empty where there is none.

    The settings' file goes first, then what ``firm certificate`` took in. A trial without either
    makes itself an authority.

    Raises:
        RejectedError: ``config_certificate``: no chain, one that does not hold today, over another
            key, or for another host.
    """
    file = settings.certificate_file or certificate_file(settings)
    if settings.certificate_file is None and not file.exists():
        return demo_authority.chain(settings, signer, at=clock()) if settings.demo else ()
    try:
        text = file.read_bytes()[: MAX_FILE_BYTES + 1]
        chain = tuple(
            each.public_bytes(Encoding.DER) for each in x509.load_pem_x509_certificates(text)
        )
        checked = check_chain(write_chain(chain), at=clock())
    except (OSError, ValueError, ProofInvalid) as error:
        raise RejectedError("config_certificate", f"{file.name}: {type(error).__name__}") from error
    if checked.key != signer.public or settings.identifier_host not in checked.hosts:
        raise RejectedError("config_certificate", f"{file.name}: another key or host")
    return chain


def api_key(settings: VerifierSettings) -> str:
    """What a firm's program must show: of the settings, else made at first use."""
    if settings.api_key is not None:
        return settings.api_key.get_secret_value()
    return kept_secret(settings.directory / "api.key").hex()
