"""What the operating system says: CPU time of processes, the machine's name and load."""

from __future__ import annotations

import os
import platform
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    return text[text.rindex(")") + 2 :].split()


def children(pid: int) -> list[int]:
    """All processes below one, itself first."""
    parent = {
        int(p.name): int(s[1])
        for p in Path("/proc").iterdir()
        if p.name.isdigit() and (s := _stat(int(p.name)))
    }
    found = [pid]
    for one in found:
        found.extend(child for child, of in parent.items() if of == one)
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and all below it, also of those that have ended and were waited for."""
    total = 0
    for one in children(pid):
        stat = _stat(one)
        if stat:
            total += sum(int(x) for x in stat[11:13])
    root = _stat(pid)
    return (total + (sum(int(x) for x in root[13:15]) if root else 0)) / TICK


def memory_mb(pid: int) -> float:
    """Resident memory of a process and all below it, in MB (shared pages counted in each)."""
    page = os.sysconf("SC_PAGE_SIZE")
    return sum(int(s[21]) * page for one in children(pid) if (s := _stat(one))) / 1e6


def describe() -> str:
    """Processor, cores, memory, load: one line."""
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cpu}, {os.cpu_count()} cores, {memory:.0f} GiB, load {os.getloadavg()[0]:.1f}, {platform.system()} {platform.release()}"
