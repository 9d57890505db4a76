"""A real Kafka for tests.

Where it comes from: `SHENGUAN_TEST_KAFKA_BOOTSTRAP_SERVERS` if given, else a container if an engine
answers, else one broker from Maven Central's jars. Tests that kill the broker always kill one of
their own.

python -m tests.support.kafka RUN_DIR    removes the broker there when its standard input ends
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from shenguan.localkafka import LocalKafka
from tests.support import containers, used

ROOT = Path(__file__).parents[2]
JARS = ROOT / ".run" / "kafka-lib"
CONTAINER_IMAGE = "confluentinc/cp-kafka:7.9.1"


@dataclass(frozen=True)
class KafkaBroker:
    """`local` is None where the broker is not ours to stop."""

    bootstrap_servers: str
    origin: str
    local: LocalKafka | None = None


@pytest.fixture(scope="session")
def kafka_broker(pytestconfig: pytest.Config) -> Iterator[KafkaBroker]:
    """The session's one broker."""
    with _running() as broker:
        used.note(pytestconfig, "Kafka", broker.origin)
        yield broker


@pytest.fixture
def own_kafka_broker(kafka_broker: KafkaBroker) -> Iterator[LocalKafka]:
    """A broker that may be killed; it runs again when the test is over."""
    if kafka_broker.local is None:
        with own_broker() as broker:
            assert broker.local is not None
            yield broker.local
    else:
        yield kafka_broker.local
        kafka_broker.local.start()


@contextmanager
def _running() -> Iterator[KafkaBroker]:
    given = os.environ.get("SHENGUAN_TEST_KAFKA_BOOTSTRAP_SERVERS")
    if given:
        yield KafkaBroker(given, "given by SHENGUAN_TEST_KAFKA_BOOTSTRAP_SERVERS")
    elif containers.engine_answers():
        with _container() as address:
            yield KafkaBroker(address, f"container {CONTAINER_IMAGE}")
    else:
        with own_broker() as broker:
            yield broker


@contextmanager
def _container() -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from testcontainers.community.kafka import KafkaContainer
    container = KafkaContainer(CONTAINER_IMAGE).with_kraft()
    container.with_env("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
    with container:
        yield container.get_bootstrap_server()


@contextmanager
def own_broker() -> Iterator[KafkaBroker]:
    """A broker of this session alone, empty; its data goes with it."""
    run_dir = Path(tempfile.mkdtemp(prefix="shenguan-test-kafka-"))
    reaper = subprocess.Popen(
        [sys.executable, "-m", "tests.support.kafka", str(run_dir)],
        stdin=subprocess.PIPE,
        cwd=ROOT,
        start_new_session=True,
    )
    local = LocalKafka(run_dir, jars=JARS)
    try:
        address = local.start().bootstrap_servers
        version = next(JARS.glob("kafka-server-4*.jar"), JARS).stem.removeprefix("kafka-server-")
        yield KafkaBroker(address, f"{version} (jars from Maven Central)", local)
    finally:
        local.kill()
        reaper.communicate()


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    sys.stdin.read()
    with contextlib.suppress(FileNotFoundError):
        LocalKafka(Path(sys.argv[1]), jars=JARS).remove()
    shutil.rmtree(sys.argv[1], ignore_errors=True)
