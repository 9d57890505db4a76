import pytest

from servicekit.settings import Settings, UnknownSetting, load


def test_an_unknown_setting_stops_the_start_and_is_named():
    with pytest.raises(UnknownSetting, match="SHENGUAN_TRANSPROT"):
        load({"SHENGUAN_TRANSPROT": "kafka"})


def test_settings_of_tests_are_not_ours():
    load({"SHENGUAN_TEST_POSTGRES_URL": "x", "PATH": "y"})


def test_one_server_serves_every_database_by_name():
    settings = Settings(postgres_url="postgresql://u:p@db:5432")
    assert settings.database_url("approval") == "postgresql+asyncpg://u:p@db:5432/shenguan_approval"


def test_a_database_of_its_own_comes_first():
    settings = Settings(
        postgres_url="postgresql://u:p@db", approval_postgres_url="postgresql://a@other/x"
    )
    assert settings.database_url("approval") == "postgresql+asyncpg://a@other/x"


def test_a_database_nobody_named_is_named_in_the_error():
    with pytest.raises(UnknownSetting, match="SHENGUAN_INTAKE_POSTGRES_URL"):
        Settings().database_url("intake")


def test_every_setting_says_in_chinese_what_it_is():
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert any("\u4e00" <= char <= "\u9fff" for char in field.description), name
