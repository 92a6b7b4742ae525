"""What processes use, as Linux tells it: processor time and memory of one and of all below it."""

import os
from pathlib import Path


def below(pid: int) -> list[int]:
    """The processes that a process began, and those that they began."""
    found: list[int] = []
    for task in Path("/proc").glob(f"{pid}/task/*/children"):
        try:
            begun = [int(one) for one in task.read_text("utf-8").split()]
        except OSError:
            continue
        for one in begun:
            found += [one, *below(one)]
    return found


def processor_seconds(pid: int) -> float:
    """Processor time that a process has used so far; 0 where it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return 0.0
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_kilobytes(pid: int) -> int:
    """Memory that a process holds now; what processes share counts once."""
    try:
        status = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8")
    except OSError:
        return 0
    lines = [line for line in status.splitlines() if line.startswith("Pss:")]
    return int(lines[0].split()[1]) if lines else 0
