"""A profile folder, and the JSON of it that the database keeps, as checked objects."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from contracts import catalog as contract
from services.catalog.domain.setup import PapersSetup, PlaceSetup, ScopeSetup, Setup

FILES = (
    "profile.toml",
    "annex1.tsv",
    "scope.json",
    "organisations.json",
    "boundary.geojson",
    "guides.json",
    "agreements.json",
)
SHIPPED = Path(str(package_files("profiles")))
_T = TypeVar("_T")
_PLACE = TypeAdapter(PlaceSetup)
_SCOPE = TypeAdapter(ScopeSetup)
_PAPERS = TypeAdapter(PapersSetup)
_NOT_YET = {"publication": {"id": "", "count": 0}, "version": 0}


class BadProfile(Exception):
    """A file of a profile is missing or not as it must be; the message names file and field."""

    def __init__(self, file: str, text: str) -> None:
        super().__init__(f"{file} {text}")
        self.file = file


@dataclass(frozen=True, slots=True)
class Profile:
    """A place as its folder tells it. Objects carry no publication and no version yet."""

    setup: Setup
    raw: Mapping[str, Any]
    """`place`, `scope` and `papers` as JSON, for the database."""
    annex: bytes
    objects: tuple[contract.CatalogEvent, ...]
    digest: str


def read(folder: Path) -> Profile:
    """Raises BadProfile. Calendars lie beside the profile, in `calendar/<name>.json`."""
    place = _toml(folder / "profile.toml")
    calendar = _calendar_file(folder, str(place.get("calendar", "china")))
    raw = {
        "place": place,
        "scope": _json(folder / "scope.json"),
        "papers": _json(folder / "agreements.json"),
    }
    setup = checked(raw)
    organisations = _organisations(folder, setup.place)
    objects = (
        *organisations,
        _calendar(calendar),
        *_guides(_json(folder / "guides.json"), setup.place),
    )
    return Profile(
        setup=setup,
        raw=raw,
        annex=_bytes(folder / "annex1.tsv"),
        objects=objects,
        digest=_digest([*(folder / name for name in FILES), calendar]),
    )


def checked(raw: Mapping[str, Any]) -> Setup:
    """The setup of a place from JSON. Raises BadProfile."""
    return Setup(
        place=_valid(_PLACE, raw["place"], "profile.toml"),
        scope=_valid(_SCOPE, raw["scope"], "scope.json"),
        papers=_valid(_PAPERS, raw["papers"], "agreements.json"),
    )


def _valid(adapter: TypeAdapter[_T], value: Any, name: str) -> _T:
    try:
        return adapter.validate_json(json.dumps(value, default=str), strict=False)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadProfile(name, f"{where}：{first['msg']}") from error


def _organisations(folder: Path, place: PlaceSetup) -> list[contract.CatalogEvent]:
    lines = _json(folder / "boundary.geojson")["features"]
    made: list[contract.CatalogEvent] = []
    for one in _json(folder / "organisations.json")["organisations"]:
        boundary = [_line(feature, lines) for feature in lines if _is_line(feature, one["id"])]
        body = {**_NOT_YET, **one, "tenant": place.tenant, "boundary": boundary}
        made.append(_model(contract.Organisation, body, f"organisations.json {one['id']}"))
    return made


def _is_line(feature: Mapping[str, Any], org: str) -> bool:
    about = feature["properties"]
    return bool(about["kind"] == "boundary" and about["park"] == org)


def _line(feature: Mapping[str, Any], features: list[Mapping[str, Any]]) -> dict[str, Any]:
    about = feature["properties"]
    parcels = [
        one["properties"]["number"]
        for one in features
        if one["properties"]["kind"] == "parcel" and about["id"] in one["properties"]["lines"]
    ]
    kept = ("id", "valid_from", "valid_to", "source", "mark")
    return {
        **{name: about[name] for name in kept if name in about},
        "geometry": feature["geometry"],
        "parcels": parcels,
    }


def _guides(data: Mapping[str, Any], place: PlaceSetup) -> list[contract.CatalogEvent]:
    shared = {
        "valid_from": data["valid_from"],
        "guide_version": data["guide_version"],
        "day_unit": data["day_unit"],
        "fee": data["fee"],
        "mark": data.get("mark"),
        "tenant": place.tenant,
    }
    made: list[contract.CatalogEvent] = []
    for key, guide in data["guides"].items():
        body = {**_NOT_YET, **shared, **guide}
        body["item"] = f"{place.item_prefix}-{key}"
        body["id"] = f"{body['item']}:{body['guide_version']}"
        body["materials"] = [{"mark": data.get("mark"), **one} for one in guide["materials"]]
        made.append(_model(contract.Guide, body, f"guides.json {key}"))
    return made


def _calendar_file(folder: Path, name: str) -> Path:
    """Beside the profile, else the one that ships with the product."""
    own = folder.parent / "calendar" / f"{name}.json"
    return own if own.exists() else SHIPPED / "calendar" / f"{name}.json"


def _calendar(path: Path) -> contract.CatalogEvent:
    body = {**_NOT_YET, "id": path.stem, "years": _json(path)}
    return _model(contract.Calendar, body, path.name)


def _model(
    model: type[contract.CatalogEvent], body: Mapping[str, Any], where: str
) -> contract.CatalogEvent:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadProfile(where, f"{field}：{first['msg']}") from error


def _digest(files: list[Path]) -> str:
    seen = hashlib.sha256()
    for file in files:
        seen.update(file.name.encode() + b"\n" + hashlib.sha256(_bytes(file)).digest())
    return seen.hexdigest()


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_bytes(path).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadProfile(path.name, f"不是有效的 TOML：{error}") from error


def _json(path: Path) -> Any:
    try:
        return json.loads(_bytes(path))
    except ValueError as error:
        raise BadProfile(path.name, f"不是有效的 JSON：{error}") from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadProfile(path.name, "缺少此文件") from error
