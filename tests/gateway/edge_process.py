"""The gateway as a process of its own, settings from the environment."""

from gateway.edge import Edge
from gateway.web import create_app
from servicekit import settings


def app() -> Edge:
    return create_app(settings.load())
