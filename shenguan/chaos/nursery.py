"""Starts and kills the system's processes: a child is forked from one that has imported everything,

so that a restart costs a machine of two cores tenths of a second instead of three. What the child
runs is what `shenguan serve` and `shenguan work` run.

Spoken to by lines of JSON on standard input, answers by lines on standard output:
`{"start": name, "kind": …, "part": …, "only": […], "ports": […]}` → `{"started": name, "pid": n}`;
`{"kill": name}` → `{"killed": name}`; a child that ends by itself: `{"ended": name, "status": n}`.
"""

import ctypes
import gc
import json
import os
import select
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from servicekit import logs
from servicekit.settings import Settings, load
from shenguan import process, serving
from shenguan.chaos.controls import part_of
from shenguan.parts import PARTS

HOST = "127.0.0.1"
LOOK_EVERY_S = 0.05
NICE_OF_RENDERING = 15
"""Papers are drawn up when nobody else needs the machine."""
_PR_SET_PDEATHSIG = 1


class Nursery:
    """The children by name."""

    def __init__(self, settings: Settings, control: str) -> None:
        self._settings = settings
        self._control = control
        self._logs = Path(settings.run_dir) / "log"
        self._pids: dict[str, int] = {}

    def obey(self, order: dict[str, Any]) -> None:
        if "start" in order:
            name = str(order["start"])
            self._pids[name] = self._fork(name, order)
            _say(started=name, pid=self._pids[name])
        else:
            name = str(order["kill"])
            pid = self._pids.pop(name, None)
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            _say(killed=name, was=pid is not None)

    def look(self) -> None:
        """Tells of children that ended by themselves."""
        for name, pid in list(self._pids.items()):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                del self._pids[name]
                _say(ended=name, status=status)

    def end(self) -> None:
        for pid in self._pids.values():
            os.kill(pid, signal.SIGTERM)
        for pid in self._pids.values():
            os.waitpid(pid, 0)

    def _fork(self, name: str, order: dict[str, Any]) -> int:
        pid = os.fork()
        if pid:
            return pid
        status = 1
        try:
            self._become(name)
            status = serving.run(self._work(order))
        except BaseException as error:  # noqa: BLE001 - nothing may return into the parent's loop
            print(f"{name}: {error!r}", file=sys.stderr, flush=True)
        finally:
            os._exit(status)

    def _become(self, name: str) -> None:
        end_with_parent()
        with Path(os.devnull).open() as nothing:
            os.dup2(nothing.fileno(), 0)
        with (self._logs / f"{name}.log").open("ab") as own:
            os.dup2(own.fileno(), 1)
            os.dup2(own.fileno(), 2)
        if name.endswith(".documents"):
            os.nice(NICE_OF_RENDERING)
        logs.configure(self._settings.log_level)

    async def _work(self, order: dict[str, Any]) -> int:
        part = part_of(order["part"], self._control)
        port, beside = order["ports"]
        if order["kind"] == "web":
            return await process.serve(
                self._settings, part, host=HOST, port=port, metrics_port=beside
            )
        return await process.work(self._settings, part, only=order["only"], host=HOST, port=port)


def end_with_parent() -> None:
    """On Linux the kernel kills this process when the one that made it dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _say(**line: Any) -> None:
    print(json.dumps(line), flush=True)


def main() -> None:
    """Until standard input ends. The first argument names the control run, or is empty."""
    end_with_parent()
    for part in PARTS:
        import_module(f"{part.package}.web")
        if part.works:
            import_module(f"{part.package}.worker")
    nursery = Nursery(load(), sys.argv[1])
    gc.collect()
    gc.freeze()
    _say(ready=True)
    unread = b""
    while True:
        nursery.look()
        if not select.select([0], [], [], LOOK_EVERY_S)[0]:
            continue
        got = os.read(0, 65536)
        if not got:
            nursery.end()
            return
        *lines, unread = (unread + got).split(b"\n")
        for line in lines:
            nursery.obey(json.loads(line))


if __name__ == "__main__":
    main()
