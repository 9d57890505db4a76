"""A Kafka of our own on this machine: one KRaft broker from Maven Central's jars, on Java 17.

The jars are fetched once by Maven (`deploy/kafka/pom.xml`). The broker has ports, a data folder and
a process group of its own and keeps them over restarts. Like the local PostgreSQL it outlives the
process that started it until `stop` is called: one that is alive is adopted.
"""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

DEPLOY = Path(__file__).resolve().parent.parent / "deploy" / "kafka"
START_TIMEOUT = 60.0  # seconds; a recovery after a crash is inside it
STOP_TIMEOUT = 20.0
STARTED = "Kafka Server started"

JVM = (
    *("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
    *("-Dorg.slf4j.simpleLogger.logFile=System.out", "-Dfile.encoding=UTF-8"),
)


class KafkaFailed(Exception):
    """Kafka could not be set up or started; the text says what is missing or where to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    bootstrap_servers: str
    pid: int
    adopted: bool


class LocalKafka:
    """The one broker of a run folder; the jars lie in `jars`, which several may share."""

    def __init__(self, run_dir: Path, *, jars: Path) -> None:
        run_dir.mkdir(parents=True, exist_ok=True)
        self.home = run_dir.resolve() / "kafka"
        self.home.mkdir(exist_ok=True)
        self.jars = jars.resolve()
        self.log = self.home / "server.log"
        self._known = self.home / "broker.json"
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> Broker:
        """Adopts the broker that runs on this folder or starts one. Raises KafkaFailed."""
        with _alone(self.home / "start.lock"):
            running = self._running()
            if running is not None:
                return Broker(bootstrap_servers=self.address, pid=running.pid, adopted=True)
            java = _tool("java", "Debian package openjdk-17-jre-headless")
            fetch_jars(self.jars)
            if not (self.home / "data" / "meta.properties").exists():
                self._format(java)
            pid = self._launch(java)
            return Broker(bootstrap_servers=self.address, pid=pid, adopted=False)

    def stop(self) -> None:
        """Ends the broker in order; none running is fine."""
        self._end(signal.SIGTERM)
        self._end(signal.SIGKILL)

    def kill(self) -> None:
        """SIGKILL, as a crash would: nothing is flushed or said goodbye to."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        process = self._running()
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, how)
        deadline = time.monotonic() + STOP_TIMEOUT
        while self._running() is not None and time.monotonic() < deadline:
            time.sleep(0.01)
        if self._child is not None:  # a child of ours has to be waited for, or it stays a zombie
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(STOP_TIMEOUT)

    def remove(self) -> None:
        """Stops the broker and deletes its data."""
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def address(self) -> str:
        """host:port, the same over restarts."""
        return f"127.0.0.1:{self._state()['port']}"

    def _state(self) -> dict[str, int]:
        if not self._known.exists():
            ports = _free_ports(2)
            self._write({"port": ports[0], "controller_port": ports[1], "pid": 0})
        state: dict[str, int] = json.loads(self._known.read_text())
        return state

    def _write(self, state: dict[str, int]) -> None:
        fresh = self._known.with_suffix(".new")
        fresh.write_text(json.dumps(state))
        fresh.replace(self._known)

    def _running(self) -> psutil.Process | None:
        pid = self._state()["pid"]
        try:
            process = psutil.Process(pid)
            ours = str(self._properties) in process.cmdline()
        except psutil.Error:
            return None
        return process if pid and ours and process.status() != psutil.STATUS_ZOMBIE else None

    @property
    def _properties(self) -> Path:
        return self.home / "server.properties"

    def _format(self, java: str) -> None:
        state = self._state()
        local, control = f"127.0.0.1:{state['port']}", f"127.0.0.1:{state['controller_port']}"
        own = {
            "listeners": f"PLAINTEXT://{local},CONTROLLER://{control}",
            "advertised.listeners": f"PLAINTEXT://{local}",
            "controller.quorum.voters": f"1@{control}",
            "log.dirs": self.home / "data",
        }
        lines = [(DEPLOY / "server.properties").read_text()]
        lines += [f"{name}={value}\n" for name, value in own.items()]
        self._properties.write_text("".join(lines))
        tool = (java, *JVM, "-cp", f"{self.jars}/*", "kafka.tools.StorageTool")
        _run([*tool, "format", "-t", _cluster_id(), "-c", str(self._properties)])

    def _launch(self, java: str) -> int:
        command = [java, *JVM, "-cp", f"{self.jars}/*", "kafka.Kafka", str(self._properties)]
        with self.log.open("ab") as out:
            begin = out.tell()
            process = subprocess.Popen(
                command,
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._child = process
        self._write(self._state() | {"pid": process.pid})
        deadline = time.monotonic() + START_TIMEOUT
        while STARTED not in self._said_since(begin):
            if process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                last = self._said_since(begin)[-2000:]
                raise KafkaFailed(f"Kafka did not start, see {self.log}\n{last}")
            time.sleep(0.05)
        return process.pid

    def _said_since(self, begin: int) -> str:
        with self.log.open("rb") as said:
            said.seek(begin)
            return said.read().decode(errors="replace")


def _cluster_id() -> str:
    """22 characters of base64; a leading dash would look like an option."""
    return "k" + secrets.token_urlsafe(16)[1:]


def fetch_jars(target: Path) -> None:
    """The broker's jars, by Maven, where they are not there yet. Raises KafkaFailed."""
    pom = DEPLOY / "pom.xml"
    done = target / "pom.xml"
    target.mkdir(parents=True, exist_ok=True)
    with _alone(target / "fetch.lock"):
        if done.exists() and done.read_bytes() == pom.read_bytes():
            return
        maven = _tool("mvn", "Debian package maven")
        _run(
            [
                *(maven, "-q", "-B", "-f", str(pom), "dependency:copy-dependencies"),
                f"-DoutputDirectory={target}",
            ]
        )
        shutil.copyfile(pom, done)


def _tool(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise KafkaFailed(f"{name} is missing: install the {package}")
    return found


def _run(command: list[str]) -> str:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip()
        raise KafkaFailed(f"{Path(command[0]).name} failed: {said[-2000:]}")
    return done.stdout


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
