"""The issuer as a process of its own, to be killed: the real application on a real port.

python -m benchmarks.drills.issuer_process '{"var": "...", "port": 8901, ...}'
"""

import json
import secrets
import sys

from issuer.app import create_app
from issuer.keys import open_signers
from issuer.settings import IssuerSettings
from service import serving
from service.clock import system_clock


def main() -> None:
    """Serve until the end."""
    settings = IssuerSettings.model_validate(json.loads(sys.argv[1]))
    app = create_app(
        settings,
        signers_of=open_signers(settings),
        clock=system_clock,
        entropy=secrets.token_bytes,
    )
    serving.serve([serving.seat(app)], ready=lambda: print("ready", flush=True))


if __name__ == "__main__":
    main()
