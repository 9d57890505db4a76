"""What the machine was doing meanwhile, and how long things took: figures without it say little."""

import os
import statistics
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Load:
    """In per cent of one core, over a window."""

    ours: float
    others: float
    steal: float

    def __str__(self) -> str:
        return f"ours {self.ours:.0f} %, others {self.others:.0f} %, steal {self.steal:.0f} %"


class Meter:
    """Between `start` and `stop`; `roots` are the processes whose trees are ours."""

    def __init__(self, roots: Callable[[], Collection[int]]) -> None:
        self._roots = roots
        self._began = 0.0
        self._used = 0.0
        self._busy = 0.0
        self._steal = 0.0

    def start(self) -> None:
        self._began = time.perf_counter()
        self._used = self._ours()
        self._busy, self._steal = _machine()

    def stop(self) -> Load:
        seconds = time.perf_counter() - self._began
        busy, steal = _machine()
        ours = max(0.0, self._ours() - self._used)
        others = max(0.0, busy - self._busy - ours)
        return Load(*(100 * value / seconds for value in (ours, others, steal - self._steal)))

    def _ours(self) -> float:
        return sum(_seconds(process) for process in trees([os.getpid(), *self._roots()]))


def trees(pids: Collection[int]) -> list[psutil.Process]:
    """These processes and all below them, each once; those that ended meanwhile are left out."""
    found: dict[int, psutil.Process] = {}
    for pid in pids:
        try:
            process = psutil.Process(pid)
            below = process.children(recursive=True)
        except psutil.Error:
            continue
        found |= {one.pid: one for one in (process, *below)}
    return list(found.values())


def memory_mb(pids: Collection[int]) -> float:
    """Proportional set size of these processes and all below: what is shared counts once."""
    kilobytes = 0
    for process in trees(pids):
        try:
            lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1024


def percentile(seconds: Sequence[float], share: float) -> float:
    """In milliseconds; nearest rank."""
    ranked = sorted(seconds)
    return 1000 * ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def _machine() -> tuple[float, float]:
    """Seconds busy and stolen since the machine's start."""
    now = psutil.cpu_times()
    return now.user + now.nice + now.system + now.irq + now.softirq, now.steal


def _seconds(process: psutil.Process) -> float:
    try:
        used = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(used.user + used.system)
