"""`credentials.json` in the run folder: what a rehearsal needs to sign in, for its owner alone."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from gateway.issuer.people import Person
from gateway.issuer.store import Client
from servicekit.settings import Settings

NAME = "credentials.json"
OFFICERS_CLIENT = "rehearsal"


def write(settings: Settings, clients: Iterable[Client], officers: Mapping[str, Person]) -> Path:
    """Replaces the file in one step, mode 0600."""
    path = Path(settings.run_dir) / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{NAME}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(_content(settings, clients, officers), out, ensure_ascii=False, indent=1)
    fresh.replace(path)
    return path


def _content(
    settings: Settings, clients: Iterable[Client], officers: Mapping[str, Person]
) -> dict[str, object]:
    listed = list(clients)
    redirects = {client.id: client.redirect_uris for client in listed}
    return {
        "note": "开发和演练用的凭据，仅限本机；不得用于正式环境",
        "issuer": settings.issuer,
        "clients": {
            client.id: {
                "name": client.name,
                "secret": client.secret,
                "scope": " ".join(client.scope),
                "redirect_uris": client.redirect_uris,
            }
            for client in listed
        },
        "officers_sign_in_by": {
            "client_id": OFFICERS_CLIENT,
            "redirect_uri": next(iter(redirects.get(OFFICERS_CLIENT, ())), None),
        },
        "officers": {
            person.id: {
                "name": person.name,
                "post": person.post,
                "roles": person.roles,
                "org": person.org,
                "org_name": person.org_name,
            }
            for person in officers.values()
        },
    }
