"""Between click and the modules that do the work: settings in, one-line errors out."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import click
from pydantic import ValidationError

from servicekit.settings import PREFIX, Settings, UnknownSetting, load

Value = TypeVar("Value")


def settings_given() -> Settings:
    """What the environment says, or one line about what is wrong with it."""
    try:
        return load()
    except UnknownSetting as error:
        raise click.ClickException(str(error)) from error
    except ValidationError as error:
        wrong = "；".join(
            f"{PREFIX}{'.'.join(map(str, one['loc'])).upper()}：{one['msg']}"
            for one in error.errors(include_url=False)
        )
        raise click.ClickException(f"设置不对：{wrong}") from error


def own_settings(*, run_dir: str | None = None, **chosen: object) -> Settings:
    """For a system on this machine: what a person chose over what the environment says.

    `run_dir` is used where the environment names none.
    """
    read = settings_given()
    update = {name: value for name, value in chosen.items() if value is not None}
    folder = read.run_dir if run_dir is None or "run_dir" in read.model_fields_set else run_dir
    update["run_dir"] = str(Path(folder).resolve())
    return read.model_copy(update=update)


def finish(work: Coroutine[Any, Any, Value]) -> Value:
    """Runs to the end; what a person can mend becomes one line and exit code 1."""
    from shenguan import serving

    try:
        return serving.run(work)
    except Exception as error:
        if isinstance(error, _mendable()):
            raise click.ClickException(str(error)) from error
        raise


def beside(act: Callable[[Settings], Coroutine[Any, Any, Value]]) -> Value:
    """Acts on the databases the settings name, else on those of the run folder, running or not."""
    from shenguan.provision import at_hand

    settings = own_settings()

    async def work() -> Value:
        async with at_hand(settings) as ready:
            return await act(ready)

    return finish(work())


def _mendable() -> tuple[type[Exception], ...]:
    from httpx import TransportError

    from eventlog.deadletters import NotHeld
    from eventlog.topics import WrongTopic
    from services.catalog.adapters.profiles import BadProfile
    from shenguan.businessclock import ClockFailed
    from shenguan.chaos.stand import NotOurs
    from shenguan.importing import NoSuchProfile
    from shenguan.localkafka import KafkaFailed
    from shenguan.localpostgres import PostgresFailed
    from shenguan.preparing import AlreadyRuns
    from shenguan.process import NoSuchRole
    from shenguan.rehearse.caller import Refused
    from shenguan.serving import PortTaken

    return (
        *(UnknownSetting, PostgresFailed, KafkaFailed, PortTaken, AlreadyRuns, ConnectionError),
        *(NoSuchRole, NoSuchProfile, BadProfile, WrongTopic, NotHeld, ClockFailed),
        *(Refused, TransportError, NotOurs),
    )
