"""Whether a container engine answers on this machine, for the fixtures that would use one."""

import os
import socket
from urllib.parse import urlsplit

DEFAULT_HOST = "unix:///var/run/docker.sock"


def engine_answers() -> bool:
    """True where something accepts connections at DOCKER_HOST or the default socket."""
    host = urlsplit(os.environ.get("DOCKER_HOST") or DEFAULT_HOST)
    unix = host.scheme == "unix"
    address = host.path if unix else (host.hostname or "127.0.0.1", host.port or 2375)
    with socket.socket(socket.AF_UNIX if unix else socket.AF_INET) as probe:
        probe.settimeout(2)
        try:
            probe.connect(address)
        except OSError:
            return False
        return True
