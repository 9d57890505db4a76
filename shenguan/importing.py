"""Loading a place's folder into the catalogue, at the first start and by hand."""

from importlib.resources import files
from pathlib import Path

from servicekit.clock import Clock
from servicekit.kit import open_kit
from servicekit.settings import Settings
from services.catalog.adapters import tables
from services.catalog.usecases.profiles import load_profile


class NoSuchProfile(Exception):
    """Neither a folder of that path nor one of that name under profiles/."""


def profile_folder(profile: str) -> Path:
    """The folder a setting or a person means: a path, or a name under profiles/."""
    folder = Path(profile) if "/" in profile else Path(str(files("profiles"))) / profile
    if not folder.is_dir():
        raise NoSuchProfile(f"没有地方配置 {profile}：应是 profiles/ 下的文件夹名，或一个路径")
    return folder


async def import_profile(settings: Settings, *, clock: Clock) -> tuple[str, ...]:
    """The keys of what was published; none when the folder was loaded before and is unchanged."""
    folder = profile_folder(settings.profile)
    kit = open_kit(
        "catalog", settings, clock=clock, tables=tables.kit, events=tables.events, role="import"
    )
    try:
        async with kit.engine.begin() as connection:
            return await load_profile(kit, connection, folder, at=clock.now())
    finally:
        await kit.close()
