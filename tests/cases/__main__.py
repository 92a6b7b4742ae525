"""Write the cases: ``python -m tests.cases [subject ...]``."""

import sys

from tests.cases import SUBJECTS
from tests.cases.case import write

for name, subject in SUBJECTS.items():
    if not sys.argv[1:] or name in sys.argv[1:]:
        write(name, subject.cases(), subject.ANSWERS)
