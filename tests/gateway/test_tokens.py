"""The development issuer: what it gives, and everything it must refuse."""

import base64
import json
import stat
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from gateway.issuer.tokens import challenge_of
from tests.gateway.conftest import BASE, Opened, Opens, bearer

REDIRECT = f"{BASE}/signed-in"
VERIFIER = "v" * 64


def asked(**changed: str | None) -> dict[str, str]:
    query: dict[str, str | None] = {
        "response_type": "code",
        "client_id": "console",
        "redirect_uri": REDIRECT,
        "scope": "openid",
        "state": "s1",
        "nonce": "n1",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (query | changed).items() if value is not None}


async def a_code(opened: Opened, officer: str = "zg-park-sun", **changed: str) -> str:
    page = await opened.client.get(
        "/oauth/authorize", params=asked(**changed), headers={"Accept": "application/json"}
    )
    back = await opened.client.post(
        "/oauth/authorize", data={"ticket": page.json()["ticket"], "officer": officer}
    )
    assert back.status_code == 303
    answer = parse_qs(urlsplit(back.headers["location"]).query)
    assert answer["state"] == ["s1"]
    assert answer["iss"] == [BASE]
    return answer["code"][0]


async def exchange(opened: Opened, code: str, **changed: str) -> Any:
    form = {
        "grant_type": "authorization_code",
        "client_id": "console",
        "redirect_uri": REDIRECT,
        "code": code,
        "code_verifier": VERIFIER,
    }
    return await opened.client.post("/oauth/token", data=form | changed)


def credentials(opened: Opened) -> Any:
    return json.loads((Path(opened.settings.run_dir) / "credentials.json").read_text())


async def claims_of(opened: Opened, token: str) -> dict[str, Any]:
    keys = KeySet.import_key_set((await opened.client.get("/.well-known/jwks.json")).json())
    return jwt.decode(token, keys, algorithms=["ES256"]).claims


async def test_credentials_are_for_their_owner_alone(opened: Opened) -> None:
    path = Path(opened.settings.run_dir) / "credentials.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    written = credentials(opened)
    assert written["clients"]["ywtb"]["secret"]
    assert written["clients"]["console"]["secret"] is None
    assert written["officers"]["zg-park-sun"]["roles"] == ["approver"]


async def test_secrets_and_keys_outlive_a_restart(opens: Opens) -> None:
    first = await opens()
    before, token = credentials(first), (await first.system())
    second = await opens(settings=first.settings)
    assert credentials(second) == before
    assert (await second.client.get("/api/v1/items", headers=token)).status_code == 200


async def test_a_system_gets_a_token_by_its_secret(opened: Opened) -> None:
    secret = credentials(opened)["clients"]["ywtb"]["secret"]
    answer = await opened.client.post(
        "/oauth/token", data={"grant_type": "client_credentials"}, auth=("ywtb", secret)
    )
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert body["expires_in"] == 1800
    claims = await claims_of(opened, body["access_token"])
    assert claims["sub"] == "ywtb"
    assert claims["scope"] == "filings:write filings:read"
    assert claims["aud"] == "shenguan"
    assert claims["iss"] == BASE
    assert claims["exp"] - claims["iat"] == 1800
    assert claims["jti"]
    assert "org" not in claims


async def test_less_scope_may_be_asked_and_more_is_refused(opened: Opened) -> None:
    secret = credentials(opened)["clients"]["ywtb"]["secret"]
    form = {"grant_type": "client_credentials", "client_id": "ywtb", "client_secret": secret}
    less = await opened.client.post("/oauth/token", data={**form, "scope": "filings:read"})
    assert less.json()["scope"] == "filings:read"
    more = await opened.client.post("/oauth/token", data={**form, "scope": "internal"})
    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")


async def test_a_wrong_secret_is_refused_and_soon_locked_out(opens: Opens) -> None:
    opened = await opens(guess_rate="3/hour")
    form = {"grant_type": "client_credentials", "client_id": "ywtb", "client_secret": "wrong"}
    statuses = [(await opened.client.post("/oauth/token", data=form)).status_code for _ in range(4)]
    assert statuses == [401, 401, 401, 429]
    right = form | {"client_secret": credentials(opened)["clients"]["ywtb"]["secret"]}
    assert (await opened.client.post("/oauth/token", data=right)).status_code == 429


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password", "client_id": "console"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "client_id": "console"}, "unauthorized_client"),
        ({"grant_type": "client_credentials", "client_id": "nobody"}, "invalid_client"),
        ({"client_id": "console"}, "unsupported_grant_type"),
    ],
)
async def test_other_grants_and_strangers_are_refused(
    opened: Opened, form: dict[str, str], error: str
) -> None:
    answer = await opened.client.post("/oauth/token", data=form)
    assert answer.json()["error"] == error


async def test_an_officer_signs_in_by_code_and_pkce(opened: Opened) -> None:
    answer = await exchange(opened, await a_code(opened))
    assert answer.status_code == 200
    claims = await claims_of(opened, answer.json()["access_token"])
    assert claims["sub"] == "zg-park-sun"
    assert claims["org"] == "zg-park"
    assert claims["roles"] == ["approver"]
    assert claims["name"].startswith("孙平")
    identity = await claims_of(opened, answer.json()["id_token"])
    assert (identity["aud"], identity["nonce"]) == ("console", "n1")


async def test_an_identity_token_opens_no_service(opened: Opened) -> None:
    answer = await exchange(opened, await a_code(opened))
    refused = await opened.client.get("/api/v1/cases", headers=bearer(answer.json()["id_token"]))
    assert refused.status_code == 401


async def test_a_program_signs_an_officer_in_and_calls(opened: Opened) -> None:
    headers = await opened.officer("zg-park-chen")
    answer = await opened.client.get("/api/v1/filings", headers=headers)
    assert answer.json()["part"] == "intake"


async def test_whom_one_acts_for_stands_in_the_token(opened: Opened) -> None:
    answer = await exchange(opened, await a_code(opened, acting_for="zg-xingzheng-shenpi"))
    claims = await claims_of(opened, answer.json()["access_token"])
    assert claims["acting_for"] == "zg-xingzheng-shenpi"


async def test_a_wrong_verifier_spends_the_code(opened: Opened) -> None:
    code = await a_code(opened)
    wrong = await exchange(opened, code, code_verifier="w" * 64)
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_grant")
    assert (await exchange(opened, code)).json()["error"] == "invalid_grant"


async def test_a_code_is_good_once(opened: Opened) -> None:
    code = await a_code(opened)
    assert (await exchange(opened, code)).status_code == 200
    assert (await exchange(opened, code)).json()["error"] == "invalid_grant"


async def test_another_client_cannot_use_the_code(opened: Opened) -> None:
    code = await a_code(opened)
    stolen = await exchange(opened, code, client_id="rehearsal")
    assert stolen.json()["error"] == "invalid_grant"
    assert (await exchange(opened, code)).status_code == 200


async def test_the_redirect_address_must_be_the_one_asked_with(opened: Opened) -> None:
    answer = await exchange(opened, await a_code(opened), redirect_uri=f"{BASE}/elsewhere")
    assert answer.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "nobody"},
        {"client_id": "ywtb"},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": f"{REDIRECT}/more"},
        {"redirect_uri": None},
    ],
)
async def test_nobody_is_sent_to_an_address_not_registered(
    opened: Opened, changed: dict[str, str | None]
) -> None:
    answer = await opened.client.get("/oauth/authorize", params=asked(**changed))
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "登录请求无效" in answer.text


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "openid internal"}, "invalid_scope"),
        ({"acting_for": "Nobody!"}, "invalid_request"),
    ],
)
async def test_a_bad_request_is_told_to_the_client(
    opened: Opened, changed: dict[str, str | None], error: str
) -> None:
    answer = await opened.client.get("/oauth/authorize", params=asked(**changed))
    assert answer.status_code == 303
    told = parse_qs(urlsplit(answer.headers["location"]).query)
    assert told["error"] == [error]
    assert told["state"] == ["s1"]


async def test_a_repeated_parameter_is_refused(opened: Opened) -> None:
    twice = urlencode([*asked().items(), ("redirect_uri", "https://evil.example/")])
    answer = await opened.client.get(f"/oauth/authorize?{twice}")
    assert answer.status_code == 400


async def test_the_page_lists_officers_by_organisation_under_a_strict_policy(
    opened: Opened,
) -> None:
    answer = await opened.client.get("/oauth/authorize", params=asked())
    assert answer.status_code == 200
    assert "赣州市章贡区行政审批局" in answer.text
    assert 'value="zg-park-chen"' in answer.text
    assert "<script" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert f"form-action 'self' {BASE}" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


async def test_the_style_is_the_one_the_policy_allows(opened: Opened) -> None:
    import hashlib

    answer = await opened.client.get("/oauth/authorize", params=asked())
    style = answer.text.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]


async def test_a_form_without_the_browsers_cookie_signs_nobody_in(opened: Opened) -> None:
    page = await opened.client.get(
        "/oauth/authorize", params=asked(), headers={"Accept": "application/json"}
    )
    opened.client.cookies.clear()
    answer = await opened.client.post(
        "/oauth/authorize", data={"ticket": page.json()["ticket"], "officer": "zg-park-sun"}
    )
    assert answer.status_code == 403
    assert "location" not in answer.headers


@pytest.mark.parametrize("ticket", ["", "v1.AAAA", "nonsense", "v9.x"])
async def test_a_made_up_ticket_signs_nobody_in(opened: Opened, ticket: str) -> None:
    answer = await opened.client.post(
        "/oauth/authorize", data={"ticket": ticket, "officer": "zg-park-sun"}
    )
    assert answer.status_code == 403


async def test_nobody_signs_in_as_a_stranger(opened: Opened) -> None:
    page = await opened.client.get(
        "/oauth/authorize", params=asked(), headers={"Accept": "application/json"}
    )
    answer = await opened.client.post(
        "/oauth/authorize", data={"ticket": page.json()["ticket"], "officer": "nobody"}
    )
    assert answer.status_code == 403


async def signed(opened: Opened, key: Any = None, **changed: Any) -> str:
    now = int(time.time())
    claims = {"sub": "ywtb", "aud": "shenguan", "iss": BASE, "iat": now, "exp": now + 600}
    own = await opened.keys.newest()
    return jwt.encode({"alg": "ES256", "kid": own.kid}, claims | changed, key or own)


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another"},
        {"iss": "https://evil.example"},
        {"exp": int(time.time()) - 120},
        {"sub": None},
        {"exp": None},
    ],
)
async def test_a_token_with_a_wrong_claim_is_refused(
    opened: Opened, changed: dict[str, Any]
) -> None:
    assert (
        await opened.client.get("/api/v1/items", headers=bearer(await signed(opened)))
    ).status_code == 200
    token = await signed(opened, **changed)
    assert (await opened.client.get("/api/v1/items", headers=bearer(token))).status_code == 401


async def test_a_token_of_another_key_is_refused(opened: Opened) -> None:
    token = await signed(opened, key=ECKey.generate_key("P-256"))
    assert (await opened.client.get("/api/v1/items", headers=bearer(token))).status_code == 401


async def test_alg_none_and_key_confusion_are_refused(opened: Opened) -> None:
    good = await signed(opened)
    _, payload, _ = good.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    public = (await opened.client.get("/.well-known/jwks.json")).text
    confused = jwt.encode(
        {"alg": "HS256"},
        json.loads(base64.urlsafe_b64decode(payload + "==")),
        OctKey.import_key(public),
    )
    for token in (f"{none}.{payload}.", confused):
        assert (await opened.client.get("/api/v1/items", headers=bearer(token))).status_code == 401


async def test_the_published_keys_hold_no_private_part(opened: Opened) -> None:
    keys = (await opened.client.get("/.well-known/jwks.json")).json()["keys"]
    assert keys
    assert all("d" not in key for key in keys)


async def test_discovery_names_what_is_there(opened: Opened) -> None:
    found = (await opened.client.get("/.well-known/openid-configuration")).json()
    assert found["issuer"] == BASE
    assert found["token_endpoint"] == f"{BASE}/oauth/token"
    assert found["code_challenge_methods_supported"] == ["S256"]


async def test_beside_an_outside_issuer_there_is_none_of_ours(opens: Opens) -> None:
    opened = await opens(oidc_issuer="https://login.example.gov.cn")
    for path in ("/oauth/authorize", "/.well-known/jwks.json"):
        assert (await opened.client.get(path)).status_code == 404
    assert (await opened.client.post("/oauth/token")).status_code == 404
    assert not (Path(opened.settings.run_dir) / "credentials.json").exists()
