"""Creating and checking topics on a Kafka cluster."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from eventlog.failures import told
from eventlog.kafka import clients
from eventlog.kafka.clients import UNREACHABLE
from eventlog.kafka.config import KafkaConfig
from eventlog.topics import Spec, WrongTopic, check

_LEADERS_SECONDS = 20.0
_MAX_MESSAGE = 1_048_588


async def ensure(config: KafkaConfig, topics: Iterable[Spec], *, replication: int = 3) -> None:
    """Creates what is missing, checks what is there, waits until every partition has a leader.

    `replication` is cut to the number of brokers. Raises WrongTopic for what exists otherwise and
    ConnectionError while the cluster cannot be reached. Nothing that exists is changed.
    """
    wanted = list(topics)
    admin = AIOKafkaAdminClient(**config.options())
    try:
        await clients.start(admin.start(), admin.close)
        await _create(admin, wanted, replication)
        async with asyncio.timeout(_LEADERS_SECONDS):
            found = await _led(admin, wanted)
        settings = await _settings(admin, wanted)
    except (*UNREACHABLE, TimeoutError) as error:
        raise ConnectionError(told(error)) from error
    finally:
        await admin.close()
    for spec in wanted:
        policy, retention = settings[spec.name]
        check(
            spec,
            partitions=found[spec.name],
            compacted="compact" in policy,
            retention_ms=None if retention < 0 else retention,
        )


async def _create(admin: Any, wanted: Sequence[Spec], replication: int) -> None:
    existing = set(await admin.list_topics())
    brokers = len((await admin.describe_cluster())["brokers"])
    copies = min(replication, brokers)
    missing = [_new(spec, copies) for spec in wanted if spec.name not in existing]
    if not missing:
        return
    response = await admin.create_topics(missing)
    for name, code, *rest in response.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise WrongTopic(f"{name} could not be created: {error.__name__} {rest}")


def _new(spec: Spec, copies: int) -> NewTopic:
    settings = {
        "cleanup.policy": "compact" if spec.compacted else "delete",
        "retention.ms": "-1" if spec.retention_ms is None else str(spec.retention_ms),
        "max.message.bytes": str(_MAX_MESSAGE),
        "min.insync.replicas": str(max(1, copies - 1)),
        "unclean.leader.election.enable": "false",
    }
    return NewTopic(spec.name, spec.partitions, copies, topic_configs=settings)


async def _led(admin: Any, wanted: Sequence[Spec]) -> dict[str, int]:
    """Partitions per topic, once all of them have a leader; fresh ones have none for a moment."""
    names = [spec.name for spec in wanted]
    while True:
        described = await admin.describe_topics(names)
        if all(
            topic["error_code"] == 0
            and all(part["error_code"] == 0 and part["leader"] >= 0 for part in topic["partitions"])
            for topic in described
        ):
            return {topic["topic"]: len(topic["partitions"]) for topic in described}
        await asyncio.sleep(0.05)


async def _settings(admin: Any, wanted: Sequence[Spec]) -> dict[str, tuple[str, int]]:
    """Cleanup policy and retention in ms per topic; -1 is for ever."""
    keys = {"cleanup.policy": None, "retention.ms": None}
    asked = [ConfigResource(ConfigResourceType.TOPIC, spec.name, configs=keys) for spec in wanted]
    found: dict[str, tuple[str, int]] = {}
    for response in await admin.describe_configs(asked):
        for _, _, _, name, entries in response.resources:
            values = {entry[0]: entry[1] for entry in entries}
            found[name] = (values["cleanup.policy"], int(values["retention.ms"]))
    return found
