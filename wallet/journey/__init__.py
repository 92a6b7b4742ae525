"""The complete journey over real HTTP, as a client of the issuer and the verifier.

report = run(Parties(http, issuer, verifier, issuer_key, verifier_key),
             class_list=text, count=55, outside=outside, progress=print)
"""

from wallet.journey.parties import Parties
from wallet.journey.report import JourneyReport, Step
from wallet.journey.travel import run

__all__ = ["JourneyReport", "Parties", "Step", "run"]
