"""`shenguan dead-letters`: look at events that were set aside, send them again, give one up."""

from uuid import UUID

import click

from shenguan.chinese import Command, Group
from shenguan.invoking import beside
from shenguan.parts import HEARING

PART = click.Choice(list(HEARING))


@click.group("dead-letters", cls=Group)
def dead_letters() -> None:
    """看被搁置的事件，修好后按序重发，或具名放弃一条。"""


@dead_letters.command("list", cls=Command, example="shenguan dead-letters list approval")
@click.argument("part", type=PART)
def list_(part: str) -> None:
    """列出在等的键，等得最久的在前。"""
    from shenguan import deadletters

    for one in beside(lambda settings: deadletters.held(settings, part)):
        state = "须处理" if one.dead else "等前因" if one.missing else "将重试"
        click.echo(
            f"{one.topic}\t{one.key}\t{state}\t{one.waiting} 条"
            f"\t自 {one.since:%Y-%m-%d %H:%M:%SZ}\t{one.reason}"
        )


@dead_letters.command(
    cls=Command, example="shenguan dead-letters show approval intake.v1 202612010000000012"
)
@click.argument("part", type=PART)
@click.argument("topic")
@click.argument("key")
def show(part: str, topic: str, key: str) -> None:
    """看一个键下等着的事件，按将要生效的次序。"""
    from shenguan import deadletters

    for one in beside(lambda settings: deadletters.show(settings, part, topic, key)):
        click.echo(f"{one.event_id}\t{one.error or '排在后面'}")
        click.echo(one.body.decode(errors="replace"))


@dead_letters.command(
    cls=Command, example="shenguan dead-letters resend approval intake.v1 202612010000000012"
)
@click.argument("part", type=PART)
@click.argument("topic")
@click.argument("key")
def resend(part: str, topic: str, key: str) -> None:
    """把一个键下的事件按序重发；有一条仍失败则停在它前面，以 1 结束。"""
    from shenguan import deadletters

    freed = beside(lambda settings: deadletters.resend(settings, part, topic, key))
    click.echo(f"已生效 {freed.applied} 条，还剩 {freed.left} 条")
    if freed.error:
        raise click.ClickException(freed.error)


@dead_letters.command(
    cls=Command,
    example='shenguan dead-letters drop approval 0199c0de-… --reason "对方已撤回" --name 萧衡',
)
@click.argument("part", type=PART)
@click.argument("event_id", type=click.UUID)
@click.option("--reason", required=True, help="为什么放弃")
@click.option("--name", required=True, help="谁决定的")
def drop(part: str, event_id: UUID, reason: str, name: str) -> None:
    """永远放弃一条事件；理由和姓名留在库里。"""
    from shenguan import deadletters

    beside(lambda settings: deadletters.drop(settings, part, event_id, reason=reason, name=name))
    click.echo("已放弃")
