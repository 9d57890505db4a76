"""How to reach a Kafka cluster."""

import ssl
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaConfig:
    bootstrap_servers: str
    """host:port, several separated by commas."""
    client_id: str = "shenguan"
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: str | None = None
    """PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, which is taken when None."""
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    """Trusts the system's authorities when None."""
    cert_file: str | None = None
    """With `key_file`: this client's own certificate, for mutual TLS."""
    key_file: str | None = None
    request_timeout_ms: int = 15_000

    def options(self) -> dict[str, Any]:
        """What aiokafka's clients have in common."""
        options: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap_servers,
            "client_id": self.client_id,
            "security_protocol": self.security_protocol,
            "request_timeout_ms": self.request_timeout_ms,
        }
        if self.security_protocol.startswith("SASL"):
            options["sasl_mechanism"] = self.sasl_mechanism or "SCRAM-SHA-512"
            options["sasl_plain_username"] = self.username
            options["sasl_plain_password"] = self.password
        if self.security_protocol.endswith("SSL"):
            options["ssl_context"] = self._tls()
        return options

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.ca_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.cert_file is not None:
            context.load_cert_chain(self.cert_file, self.key_file)
        return context
