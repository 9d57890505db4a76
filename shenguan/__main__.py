"""The command line. Each command reads its settings, calls one module and turns what it raises
into one line and an exit code.
"""

import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import click

from servicekit import logs
from servicekit.settings import Settings
from shenguan.chinese import Group
from shenguan.deadlettercommands import dead_letters
from shenguan.invoking import beside, finish, own_settings, settings_given
from shenguan.parts import BY_NAME, DATABASES, GATEWAY

PART = click.Choice(list(BY_NAME))


@click.group(cls=Group, context_settings={"max_content_width": 100})
def main() -> None:
    """审管：园区事园区办、市县同权、审管互动。"""


main.add_command(dead_letters)


@main.command(example="shenguan run --port 8000 --no-demo")
@click.option("--port", type=int, help="网关端口，默认 8000")
@click.option("--profile", help="地方配置：profiles/ 下的文件夹名，或一个路径")
@click.option("--demo/--no-demo", default=True, help="启动后是否演练一遍")
def run(port: int | None, profile: str | None, demo: bool) -> None:
    """一台机器、一个进程跑起全部，再演练一遍。

    自带 PostgreSQL；第二次启动保留已有数据。演练有一行失败则以 1 结束。
    """
    from shenguan import embedded

    settings = own_settings(port=port, profile=profile)
    sys.exit(finish(embedded.run(settings, demo=demo)))


@main.command(example="shenguan up --transport kafka")
@click.option("--profile", help="地方配置：profiles/ 下的文件夹名，或一个路径")
@click.option("--transport", type=click.Choice(["kafka", "postgres"]), help="事件传输，默认 kafka")
@click.option("--base-port", type=int, default=GATEWAY.port, help="网关端口；其余依次往后")
def up(profile: str | None, transport: str | None, base_port: int) -> None:
    """网关、服务、后台、控制台各自一个进程。

    数据在 .run/up；没有给地址时自带 PostgreSQL 和 Kafka。
    """
    from shenguan import processes

    settings = own_settings(profile=profile, transport=transport, run_dir=".run/up")
    if "transport" not in settings.model_fields_set:
        settings = settings.model_copy(update={"transport": "kafka"})
    sys.exit(finish(processes.up(settings, base_port=base_port)))


@main.command(example="shenguan serve approval --host 0.0.0.0 --port 8000 --metrics-port 9000")
@click.argument("name", type=PART)
@click.option("--host", default="127.0.0.1", help="监听地址")
@click.option("--port", type=int, help="端口，默认按约定")
@click.option("--metrics-port", type=int, help="健康检查和指标另开的端口；不给则不另开")
def serve(name: str, host: str, port: int | None, metrics_port: int | None) -> None:
    """运行一个部件的网页进程。"""
    from shenguan import process

    settings, part = _logged(), BY_NAME[name]
    port = part.port if port is None else port
    sys.exit(finish(process.serve(settings, part, host=host, port=port, metrics_port=metrics_port)))


@main.command(example="shenguan work approval --only relay,consumer")
@click.argument("name", type=PART)
@click.option("--only", default="", help="只运行这些：relay,consumer,timers,documents …")
@click.option("--host", default="127.0.0.1", help="健康检查和指标的监听地址")
@click.option("--port", type=int, help="健康检查和指标的端口，默认按约定")
def work(name: str, only: str, host: str, port: int | None) -> None:
    """运行一个部件的后台进程。"""
    from shenguan import process

    settings, part = _logged(), BY_NAME[name]
    wanted = [role for role in only.split(",") if role]
    port = part.worker_port if port is None else port
    sys.exit(finish(process.work(settings, part, only=wanted, host=host, port=port)))


@main.command(example="shenguan migrate intake approval")
@click.argument("names", nargs=-1, type=click.Choice(DATABASES))
def migrate(names: tuple[str, ...]) -> None:
    """把数据库迁移到当前版本；不写名字则全部。"""
    from shenguan import migrating

    moved = beside(lambda settings: migrating.migrate(settings, names or DATABASES))
    click.echo(f"已迁移：{'、'.join(moved)}" if moved else "都已是最新")


@main.command(example="SHENGUAN_TRANSPORT=kafka shenguan topics")
def topics() -> None:
    """建立并核对事件主题；分区数不对则报错，不改动已有主题。"""
    from shenguan import migrating

    settings = own_settings()
    if settings.transport == "kafka":
        finish(migrating.ensure_topics(settings))
    else:
        beside(migrating.ensure_topics)
    click.echo("主题齐备")


@main.command("import", example="shenguan import zhanggong")
@click.argument("profile")
def import_(profile: str) -> None:
    """把一个地方配置载入目录；有一行不合格则一行也不载入。"""
    from servicekit.clock import Clock
    from shenguan.importing import import_profile

    def act(settings: Settings) -> Coroutine[Any, Any, tuple[str, ...]]:
        chosen = settings.model_copy(update={"profile": profile})
        return import_profile(chosen, clock=Clock())

    keys = beside(act)
    click.echo(f"载入 {len(keys)} 个目录对象" if keys else "已经载入过，未变")


@main.command(example="shenguan rehearse --base-url http://127.0.0.1:8000")
@click.option("--base-url", default=f"http://127.0.0.1:{GATEWAY.port}", help="网关地址")
@click.option(
    "--credentials",
    type=click.Path(path_type=Path),
    default=Path(".run/credentials.json"),
    help="开发用发行者写下的凭据",
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON 而不是表")
def rehearse(base_url: str, credentials: Path, as_json: bool) -> None:
    """每个事项办一件，经 HTTP 走完整个审管闭环；中断后可接着跑。"""
    from shenguan.rehearse.run import rehearse as play

    out = credentials.parent / "rehearsal.json"
    rows, _ = finish(play(base_url, credentials, out=out, as_json=as_json))
    if as_json:
        click.echo(out.read_text(encoding="utf-8"), nl=False)
    sys.exit(any(row.failed for row in rows))


@main.command(example="shenguan clock --days 3")
@click.option("--base-url", default=f"http://127.0.0.1:{GATEWAY.port}", help="网关地址")
@click.option(
    "--credentials",
    type=click.Path(path_type=Path),
    default=Path(".run/credentials.json"),
    help="开发用发行者写下的凭据",
)
@click.option("--days", type=click.IntRange(min=1), help="往前拨几个自然日")
@click.option("--to", "moment", help="拨到的时刻，如 2026-12-01T09:00:00+08:00")
def clock(base_url: str, credentials: Path, days: int | None, moment: str | None) -> None:
    """看业务时钟，或往前拨（仅开发和演练）。"""
    from shenguan import businessclock

    now = finish(businessclock.move(base_url, credentials, days=days, moment=moment))
    click.echo(f"业务时间：{now}")


@main.command(example="shenguan settings > docs/settings.md")
def settings() -> None:
    """输出全部设置的一页说明（Markdown）。"""
    from shenguan.settingspage import page

    click.echo(page(), nl=False)


@main.command(example="shenguan chaos --seconds 120 --seed 1 --transport kafka")
@click.option("--seconds", type=click.IntRange(min=5), default=120, help="演练多少秒，默认 120")
@click.option("--seed", type=int, default=1, help="随机种子：同一个种子打击的次序相同")
@click.option(
    "--transport", type=click.Choice(["kafka", "postgres"]), default="kafka", help="默认 kafka"
)
@click.option("--rate", type=float, default=120.0, help="每秒请求作出多少个决定，默认 120")
@click.option(
    "--control",
    type=click.Choice(["", "no-inbox", "unordered-reader"]),
    default="",
    help="对照：去掉一道防线，演练必须查出问题",
)
@click.option(
    "--run-dir",
    type=click.Path(path_type=Path),
    default=Path(".run/chaos"),
    help="放数据的文件夹，默认 .run/chaos",
)
def chaos(*, run_dir: Path, **asked: Any) -> None:
    """故障演练：边办件边杀进程、数据库和消息服务，再清点有无丢失、重复、乱序。

    只用自己起的 PostgreSQL 和 Kafka，结束即删除。
    """
    from shenguan.chaos import run as rehearsal

    jars = run_dir.parent / "kafka-lib"
    sys.exit(finish(rehearsal.rehearse(rehearsal.Asked(**asked), run_dir, jars=jars)))


def _logged() -> Settings:
    """A process of its own says what it does on standard error, and takes settings as given."""
    given = settings_given()
    logs.configure(given.log_level)
    return given


if __name__ == "__main__":
    main(prog_name="shenguan")
