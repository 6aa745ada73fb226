"""Processor time of processes, in seconds, as the kernel counts it."""

import os
from pathlib import Path
from typing import NamedTuple

TICK = 1 / os.sysconf("SC_CLK_TCK")


class Stat(NamedTuple):
    """What /proc/PID/stat or /proc/PID/task/TID/stat says."""

    name: str
    parent: int
    # In user and kernel mode.
    used: float
    # Of children that have gone and were waited for.
    gone: float
    nice: int
    # SCHED_IDLE is 5.
    policy: int


def stat(folder):
    """Raises OSError if the process or thread has gone."""
    head, _, tail = Path(folder, "stat").read_text().rpartition(")")
    fields = tail.split()
    used, gone = ((int(fields[at]) + int(fields[at + 1])) * TICK for at in (11, 13))
    return Stat(head.partition("(")[2], int(fields[1]), used, gone, int(fields[16]), int(fields[38]))


def of_process(pid):
    """What a process has used so far."""
    return stat(f"/proc/{pid}").used


def of_all():
    """Every process there is, by its id."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            found[int(name)] = stat(f"/proc/{name}")
        except OSError:
            continue
    return found


def family(root):
    """A process and all below it, by their ids."""
    found = of_all()

    def belongs(pid):
        while pid in found and pid != root:
            pid = found[pid].parent
        return pid == root

    return {pid: process for pid, process in found.items() if belongs(pid)}


def of_tree(root):
    """What a process and all below it have used so far."""
    return sum(process.used for process in family(root).values())
