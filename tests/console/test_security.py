"""Headers, cookies, sessions, forged forms, redirects elsewhere."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from console import sessions
from console.signin import own
from console.tables import session
from servicekit.clock import real_now
from tests.console import samples
from tests.console.conftest import Opened, hidden, open_console
from tests.support.postgres import PostgresServer

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self' http://127.0.0.1:8000; "
    "frame-ancestors 'none'; base-uri 'none'"
)


async def age(console: Opened, **columns: timedelta) -> None:
    """Every session as if so much time had passed since."""
    moved = {name: session.c[name] - by for name, by in columns.items()}
    async with console.kit.engine.begin() as connection:
        await connection.execute(update(session).values(moved))


async def count(console: Opened) -> int:
    async with console.kit.engine.connect() as connection:
        return int(await connection.scalar(select(func.count()).select_from(session)) or 0)


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/desk", "/static/console.css", "/static/none", "/verify/X", "/livez"]
)
async def test_every_answer_has_the_strict_policy(console: Opened, path: str) -> None:
    answer = await console.browser().get(path)
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"


async def test_an_error_nobody_foresaw_is_a_page_with_the_policy_too(console: Opened) -> None:
    browser = await console.officer("zg-park-sun")
    console.api.says("GET", f"/cases/{samples.NO}", {"no": samples.NO})
    answer = await browser.get(f"/cases/{samples.NO}")
    assert answer.status_code == 500
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert "页面出现意外错误" in answer.text
    assert "Traceback" not in answer.text


async def test_pages_are_not_kept_and_files_are(console: Opened) -> None:
    browser = console.browser()
    page = await browser.get("/")
    assert page.headers["Cache-Control"] == "no-store"
    address = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert "immutable" in (await browser.get(address)).headers["Cache-Control"]


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    console: Opened,
) -> None:
    answer = await console.sign_in(console.browser(), "zg-park-chen")
    (cookie,) = [
        line
        for line in answer.headers.get_list("set-cookie")
        if line.startswith(f"{sessions.COOKIE}=")
    ]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


async def test_the_cookie_is_secure_behind_https(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    async with open_console(
        postgres_server, tmp_path, public_url="https://shenguan.example"
    ) as console:
        answer = await console.sign_in(console.browser(), "zg-park-chen")
        assert all("Secure" in line for line in answer.headers.get_list("set-cookie")[1:])
        assert "Strict-Transport-Security" in answer.headers


async def test_signing_in_gives_a_new_session_and_ends_the_old(console: Opened) -> None:
    browser = await console.officer("zg-park-chen")
    before, old = await count(console), browser.cookies[sessions.COOKIE]
    await console.sign_in(browser, "zg-park-chen")
    assert browser.cookies[sessions.COOKIE] != old
    assert await count(console) == before
    thief = console.browser()
    thief.cookies.set(sessions.COOKIE, old)
    assert (await thief.get("/desk")).status_code == 303


async def test_a_cookie_planted_before_signing_in_is_never_taken_over(console: Opened) -> None:
    browser = console.browser()
    browser.cookies.set(sessions.COOKIE, "planted", domain="127.0.0.1")
    answer = await console.sign_in(browser, "zg-park-chen")
    assert "planted" not in str(answer.headers.get_list("set-cookie"))
    thief = console.browser()
    thief.cookies.set(sessions.COOKIE, "planted")
    assert (await thief.get("/desk")).status_code == 303


async def test_the_database_does_not_hold_the_cookie_nor_the_token(console: Opened) -> None:
    browser = await console.officer("zg-park-chen")
    cookie = browser.cookies[sessions.COOKIE]
    async with console.kit.engine.connect() as connection:
        rows = (await connection.execute(select(session))).all()
    assert cookie not in str(rows)
    assert "eyJ" not in str(rows)


async def test_a_session_ends_after_half_an_hour_without_a_visit(console: Opened) -> None:
    browser = await console.officer("zg-park-chen")
    await age(console, seen_at=timedelta(minutes=29))
    assert (await browser.get("/desk")).status_code == 200
    await age(console, seen_at=timedelta(minutes=30))
    answer = await browser.get("/filings?status=received")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?to=%2Ffilings%3Fstatus%3Dreceived"


async def test_a_session_ends_after_eight_hours_whatever_is_done(console: Opened) -> None:
    browser = await console.officer("zg-park-chen", expires_in=24 * 3600)
    await age(console, expires_at=timedelta(hours=7, minutes=59))
    assert (await browser.get("/desk")).status_code == 200
    await age(console, expires_at=timedelta(minutes=1))
    assert (await browser.get("/desk")).status_code == 303


async def test_a_session_does_not_outlive_its_token(console: Opened) -> None:
    await console.officer("zg-park-chen", expires_in=600)
    async with console.kit.engine.connect() as connection:
        newest = select(session.c.expires_at).order_by(session.c.created_at.desc()).limit(1)
        expires = await connection.scalar(newest)
    assert expires is not None
    assert expires < real_now() + timedelta(seconds=601)


async def test_a_token_the_api_no_longer_takes_leads_to_signing_in(console: Opened) -> None:
    browser = await console.officer("zg-park-chen")
    console.api.says("GET", "/filings", {"code": "unauthenticated"}, status=401)
    assert (await browser.get("/filings")).headers["location"].startswith("/sign-in")
    assert (await browser.get("/desk")).status_code == 303


async def test_signing_out_ends_the_session(console: Opened) -> None:
    browser = await console.officer("zg-park-chen")
    cookie = browser.cookies[sessions.COOKIE]
    csrf = hidden((await browser.get("/desk")).text, "csrf")
    assert (await browser.post("/sign-out", data={"csrf": "wrong"})).status_code == 403
    assert (await browser.get("/desk")).status_code == 200
    assert (await browser.post("/sign-out", data={"csrf": csrf})).headers["location"] == "/"
    browser.cookies.set(sessions.COOKIE, cookie)
    assert (await browser.get("/desk")).status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        f"/cases/{samples.NO}/review",
        f"/cases/{samples.NO}/outside-decision",
        f"/filings/{samples.NO}/acceptance",
        f"/filings/{samples.NO}/corrections",
        f"/filings/new?item={samples.ITEM}",
        f"/pushes/{samples.PUSH}/claim",
        f"/feedback/{samples.NO}/{samples.FEEDBACK}/acknowledgement",
        "/catalogue/competence",
    ],
)
@pytest.mark.parametrize("csrf", [None, "", "somebody else's"])
async def test_a_form_without_the_sessions_secret_does_nothing(
    console: Opened, path: str, csrf: str | None
) -> None:
    browser = await console.officer("zg-park-chen")
    console.api.asked.clear()
    answer = await browser.post(path, data={} if csrf is None else {"csrf": csrf})
    assert answer.status_code == 403
    assert "没有办理任何事项" in answer.text
    assert [one for one in console.api.asked if one.method == "POST"] == []


async def test_a_form_without_a_session_leads_to_signing_in(console: Opened) -> None:
    case = f"/cases/{samples.NO}"
    answer = await console.browser().post(
        f"{case}/review", data={"csrf": "x"}, headers={"Referer": f"https://any.example{case}"}
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/sign-in?to=%2Fcases%2F{samples.NO}"


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "evil",
        "/desk\r\nSet-Cookie: a=b",
        "/\t/evil.example",
        "",
    ],
)
async def test_signing_in_never_leads_to_another_site(console: Opened, to: str) -> None:
    answer = await console.sign_in(console.browser(), "zg-park-chen", to=to)
    assert answer.headers["location"] == "/desk"


async def test_signing_in_leads_back_to_the_page(console: Opened) -> None:
    answer = await console.sign_in(console.browser(), "zg-park-chen", to="/board?rehearsal=true")
    assert answer.headers["location"] == "/board?rehearsal=true"


def test_a_path_of_ours_is_kept() -> None:
    assert own("/cases/20261122000000017?done=seal") == "/cases/20261122000000017?done=seal"


async def test_an_answer_to_another_sign_in_is_refused(console: Opened) -> None:
    browser = console.browser()
    await browser.get("/sign-in")
    answer = await browser.get("/signed-in", params={"code": "stolen", "state": "guessed"})
    assert answer.status_code == 400
    assert sessions.COOKIE not in browser.cookies


async def test_a_code_without_its_verifier_is_worth_nothing(console: Opened) -> None:
    browser = console.browser()
    code = console.api.grant("token", challenge="another")
    begun = await browser.get("/sign-in")
    state = begun.headers["location"].partition("&state=")[2].partition("&")[0]
    answer = await browser.get("/signed-in", params={"code": code, "state": state})
    assert answer.status_code == 400
    assert sessions.COOKIE not in browser.cookies
