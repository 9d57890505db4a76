"""The command line tells people, in Chinese, what each command does and how it is typed."""

import os
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from servicekit.settings import Settings
from shenguan.__main__ import main
from shenguan.chinese import Command


def commands(group: click.Group = main, path: tuple[str, ...] = ()):
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


@pytest.mark.parametrize(("path", "command"), list(commands()), ids=str)
def test_every_command_explains_itself_in_chinese_with_an_example(path, command):
    shown = CliRunner().invoke(main, [*path, "--help"])
    assert shown.exit_code == 0
    assert isinstance(command, Command)
    assert f"shenguan {' '.join(path)}" in command.example
    for word in ("用法：", "选项", "示例", "显示本说明"):
        assert word in shown.output
    assert any("\u4e00" <= letter <= "\u9fff" for letter in command.help or "")


@pytest.mark.parametrize(("path", "command"), list(commands()), ids=str)
def test_every_option_says_what_it_means(path, command):
    silent = [one.name for one in command.params if isinstance(one, click.Option) and not one.help]
    assert silent == []


def test_the_settings_page_has_a_row_for_every_setting():
    page = CliRunner().invoke(main, ["settings"]).output
    for name in Settings.model_fields:
        assert f"`SHENGUAN_{name.upper()}`" in page


def test_an_unknown_setting_stops_a_command_with_one_line():
    done = subprocess.run(
        [sys.executable, "-m", "shenguan", "migrate"],
        env={**os.environ, "SHENGUAN_KAFKA_BOOTSTRAP_SERVER": "k1:9092"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "SHENGUAN_KAFKA_BOOTSTRAP_SERVER" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_value_is_named_by_its_variable():
    done = subprocess.run(
        [sys.executable, "-m", "shenguan", "migrate"],
        env={**os.environ, "SHENGUAN_POOL_SIZE": "many"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "SHENGUAN_POOL_SIZE" in done.stderr
    assert "Traceback" not in done.stderr
