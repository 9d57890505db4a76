"""The rules every public model keeps: readers ignore what they don't know, writers only add."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

OrganisationId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")]
ItemId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")]
CaseNo = Annotated[str, StringConstraints(pattern=r"^(YL)?[0-9]{16}[0-9A-Z]$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        msg = "a moment needs its offset, e.g. 2026-03-02T09:00:00+08:00"
        raise ValueError(msg)
    return value


Moment = Annotated[datetime, AfterValidator(_aware)]
"""RFC 3339 with offset. Events carry UTC, REST answers +08:00."""


class Fact(BaseModel):
    """Part of a public event: immutable, unknown fields ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_bytes="base64")


class EventData(Fact):
    """The `data` of one public event. `TYPE` is the CloudEvents type, `TOPIC` where it stands."""

    TYPE: ClassVar[str]
    TOPIC: ClassVar[str]


class Officer(Fact):
    """Who acted, in which organisation and role. Officials' names are official and public."""

    id: str
    name: str
    org: OrganisationId
    role: str
    acting_for: OrganisationId | None = None
    paper: str | None = None
    """The named paper under which a person acts in another organisation's seat."""
