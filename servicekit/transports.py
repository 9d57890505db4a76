"""The transport the settings name. There is no silent fallback from one to the other."""

from eventlog import kafka, postgres
from eventlog.transport import Producer, Reader
from servicekit.settings import PREFIX, Settings, UnknownSetting


def producer(settings: Settings, part: str) -> Producer:
    """What a part's relay sends with."""
    if settings.transport == "kafka":
        return kafka.KafkaProducer(kafka_config(settings, part))
    return postgres.PostgresProducer(settings.database_url("log"))


def reader(settings: Settings, part: str) -> Reader:
    """What a part's consumer reads with."""
    if settings.transport == "kafka":
        return kafka.KafkaReader(kafka_config(settings, part))
    return postgres.PostgresReader(settings.database_url("log"))


def kafka_config(settings: Settings, part: str) -> kafka.KafkaConfig:
    """How the settings say Kafka is reached."""
    if not settings.kafka_bootstrap_servers:
        msg = f"传输为 kafka 时须设置 {PREFIX}KAFKA_BOOTSTRAP_SERVERS"
        raise UnknownSetting(msg)
    return kafka.KafkaConfig(
        bootstrap_servers=settings.kafka_bootstrap_servers,
        client_id=f"shenguan-{part}",
        security_protocol=settings.kafka_security_protocol,
        sasl_mechanism=settings.kafka_sasl_mechanism,
        username=settings.kafka_username,
        password=settings.kafka_password,
        ca_file=settings.kafka_ca_file,
    )
