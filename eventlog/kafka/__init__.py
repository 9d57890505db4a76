"""Apache Kafka as the transport; the only place that imports aiokafka."""

from eventlog.kafka.config import KafkaConfig
from eventlog.kafka.producer import KafkaProducer
from eventlog.kafka.reader import KafkaReader
from eventlog.kafka.topics import ensure

__all__ = ["KafkaConfig", "KafkaProducer", "KafkaReader", "ensure"]
