"""Settings are read once; a fault names the variable and never its value."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from gateway.settings import Settings, SettingsFault, read_settings

SECRET = "s3cr3t-that-must-not-show"


def test_without_a_variable_everything_has_its_default():
    settings = read_settings({"PATH": "/bin", "HOME": "/root"})
    assert settings == Settings()
    assert settings.database == f"sqlite:///{Path('var/home/soglasie.db').absolute()}"
    assert settings.keys == Path("var/home/keys")
    assert settings.outbox == Path("var/home/outbox")


def test_variables_are_read_by_the_names_of_the_fields():
    settings = read_settings(
        {
            "SOGLASIE_HOME": "/srv/soglasie",
            "SOGLASIE_PORT": "9000",
            "SOGLASIE_PUBLIC_URL": "https://soglasie.example.org/",
            "SOGLASIE_WORKER_PAUSE": "0.5",
            "SOGLASIE_DATABASE_URL": "postgresql+psycopg://db/soglasie",
        }
    )
    assert settings.home == Path("/srv/soglasie")
    assert (settings.port, settings.worker_pause) == (9000, 0.5)
    assert settings.as_host.public_url == "https://soglasie.example.org"
    assert settings.database == "postgresql+psycopg://db/soglasie"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("SOGLASIE_PORT", "80b", id="port with a letter"),
        pytest.param("SOGLASIE_PORT", "0", id="port nought"),
        pytest.param("SOGLASIE_PORT", "65536", id="port too high"),
        pytest.param("SOGLASIE_PUBLIC_URL", "soglasie.example.org", id="address without scheme"),
        pytest.param("SOGLASIE_PUBLIC_URL", "ftp://example.org", id="address of another kind"),
        pytest.param("SOGLASIE_WORKER_PAUSE", "0", id="no pause"),
        pytest.param("SOGLASIE_WORKER_PAUSE", "-1", id="pause back in time"),
        pytest.param("SOGLASIE_WORKER_PAUSE", "nan", id="a pause that is no number"),
        pytest.param("SOGLASIE_MAIL_FROM", "  ", id="blank text"),
        pytest.param("SOGLASIE_COLOUR", "blue", id="unknown variable"),
    ],
)
def test_what_cannot_be_used_is_named(name: str, value: str):
    with pytest.raises(SettingsFault) as fault:
        read_settings({name: value})
    assert name in str(fault.value)


def test_all_faults_are_told_at_once_and_no_value():
    with pytest.raises(SettingsFault) as fault:
        read_settings(
            {
                "SOGLASIE_PORT": SECRET,
                "SOGLASIE_PUBLIC_URL": SECRET,
                "SOGLASIE_SMTP_PASWORD": SECRET,
            }
        )
    assert str(fault.value) == (
        "cannot use: SOGLASIE_PORT, SOGLASIE_PUBLIC_URL, SOGLASIE_SMTP_PASWORD"
    )


def test_secrets_do_not_show():
    settings = read_settings(
        {
            "SOGLASIE_SMTP_PASSWORD": SECRET,
            "SOGLASIE_DATABASE_URL": f"postgresql+psycopg://soglasie:{SECRET}@db/soglasie",
        }
    )
    assert SECRET not in repr(settings)


def test_no_secret_has_a_default():
    assert [f.name for f in fields(Settings) if not f.repr and f.default is not None] == []
