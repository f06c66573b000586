"""How settings are read: defaults, the environment, the command line, and every mistake."""

import re
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.environment import from_environment, variable
from index.settings import DECLARATIONS, LogFormat, Settings, Signup
from storage.problems import Invalid

KEY = "k" * 40


def test_nothing_set_gives_the_defaults():
    assert from_environment({"PATH": "/bin", "BASCULE": "x"}, overrides={}) == Settings()


def test_the_database_and_the_blobs_are_in_the_data_folder(tmp_path):
    settings = Settings(data=tmp_path / "a folder")

    assert (settings.database_url, settings.blobs_url) == (
        f"sqlite:///{tmp_path}/a folder/bascule.sqlite",
        f"file://{tmp_path}/a%20folder/blobs",
    )


def test_each_variable_is_read_into_its_field():
    environ = {
        "BASCULE_DATA": "/srv/bascule",
        "BASCULE_BLOBS_URL": "memory:",
        "BASCULE_PORT": "0",
        "BASCULE_SIGNUP": "Open",
        "BASCULE_LOG_FORMAT": "json",
        "BASCULE_PUBLIC_URL": "https://packages.example.org/index/",
        "BASCULE_TRUSTED_PROXIES": "10.0.0.0/8, ::1",
        "BASCULE_SECRET_KEY": KEY,
    }

    assert from_environment(environ, overrides={}) == Settings(
        data=Path("/srv/bascule"),
        blobs_url="memory:",
        port=0,
        signup=Signup.OPEN,
        log_format=LogFormat.JSON,
        public_url="https://packages.example.org/index",
        trusted_proxies=(ip_network("10.0.0.0/8"), ip_network("::1")),
        secret_key=KEY,
    )


def test_the_command_line_comes_before_the_environment():
    environ = {"BASCULE_PORT": "1", "BASCULE_HOST": "::1"}
    overrides = {"port": 0, "host": None, "data": Path("/srv")}

    assert from_environment(environ, overrides=overrides) == Settings(
        port=0, host="::1", data=Path("/srv")
    )


def test_an_empty_variable_is_as_good_as_none():
    environ = {variable(name): "" for name in DECLARATIONS}

    assert from_environment(environ, overrides={}) == Settings()


def test_a_secret_may_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text(f"{KEY}\n")
    environ = {"BASCULE_SECRET_KEY_FILE": str(tmp_path / "key")}

    assert from_environment(environ, overrides={}) == replace(Settings(), secret_key=KEY)


def test_every_mistake_is_told_at_once(tmp_path):
    environ = {
        "BASCULE_PRT": "8080",
        "BASCULE_HOST_FILE": "/run/host",
        "BASCULE_PORT": "80a",
        "BASCULE_READ": "everyone",
        "BASCULE_PUBLIC_URL": "packages.example.org",
        "BASCULE_TRUSTED_PROXIES": "10.0.0.1/8",
        "BASCULE_SECRET_KEY": "a secret",
        "BASCULE_BLOBS_URL": "memory:",
        "BASCULE_BLOBS_URL_FILE": "/run/url",
        "BASCULE_DATABASE_URL_FILE": f"{tmp_path}/none",
    }

    assert _complaints(environ, workers="0") == [
        "BASCULE_HOST_FILE is not a setting; the nearest is BASCULE_HOST.",
        "BASCULE_PRT is not a setting; the nearest is BASCULE_PORT.",
        f"BASCULE_DATABASE_URL cannot be read from the file '{tmp_path}/none'.",
        "BASCULE_BLOBS_URL is given twice: also as BASCULE_BLOBS_URL_FILE.",
        "BASCULE_PORT has to be a whole number from 0 to 65535, not '80a'.",
        "BASCULE_WORKERS has to be a whole number from 1 to 64, not '0'.",
        "BASCULE_SECRET_KEY has to have at least 32 characters.",
        "BASCULE_PUBLIC_URL has to be a URL like https://packages.example.org, "
        "not 'packages.example.org'.",
        "BASCULE_READ has to be one of: public, accounts, not 'everyone'.",
        "BASCULE_TRUSTED_PROXIES has to be addresses or networks such as 10.0.0.0/8, ::1, "
        "not '10.0.0.1/8'.",
    ]


@pytest.mark.parametrize(
    "text", [" ", "1e3", "-1", "+1", "٣", "1 0", "65536", "9" * 5000], ids=lambda text: text[:8]
)
def test_a_port_is_plain_digits(text):
    complaints = _complaints({"BASCULE_PORT": text})

    assert [each.partition(", not")[0] for each in complaints] == [
        "BASCULE_PORT has to be a whole number from 0 to 65535"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "ftp://example.org",
        "https://",
        "https://example.org/?q",
        "https://example.org/#f",
        "https://ann:hunter2@example.org",
        "https://example.org:99999",
        "https://[::1",
    ],
)
def test_a_public_url_is_an_address_and_no_more(text):
    complaints = _complaints({"BASCULE_PUBLIC_URL": text})

    assert len(complaints) == 1
    assert "hunter2" not in complaints[0]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20))
def test_a_secret_is_never_told(text):
    marked = f"x{text}hunter2"
    secrets = {"BASCULE_DATABASE_URL": marked, "BASCULE_SECRET_KEY": marked, "BASCULE_PORT": "no"}

    assert "hunter2" not in " ".join(_complaints(secrets))
    assert "hunter2" not in repr(Settings(database_url=marked, secret_key=marked))


@pytest.mark.parametrize(
    "text",
    [
        "sqlite:",
        "sqlite://",
        "sqlite:toast",
        "sqlite:///:memory:",
        "sqlite:///file:toast?uri=true",
        "sqlite:////srv/a?b",
        "sqlite://host/toast",
        "sqlite+other:////srv/toast",
        "toast",
        "postgresql:",
        "postgresql://host",
        "postgresql+other://host/toast",
        "mysql://host/toast",
    ],
)
def test_a_database_is_a_file_of_sqlite_or_one_of_postgresql(text):
    assert _complaints({"BASCULE_DATABASE_URL": text}) == [
        "BASCULE_DATABASE_URL has to be a URL like sqlite:////srv/bascule/bascule.sqlite"
        " or postgresql://name:password@host/bascule."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "file:",
        "file://",
        "file:toast",
        "file://host/toast",
        "file:///a?b",
        "memory:x",
        "s3:",
        "s3://",
        "s3://bucket?x=1",
        "s3://key:secret@bucket/x",
        "s3://bucket/../x y",
        "ftp://a",
    ],
)
def test_blobs_are_in_a_folder_a_bucket_or_in_memory(text):
    assert _complaints({"BASCULE_BLOBS_URL": text}) == [
        "BASCULE_BLOBS_URL has to be a URL like file:///srv/bascule/blobs, "
        "or s3://bucket/folder, or memory:."
    ]


def test_a_folder_has_a_name_that_can_be_written():
    assert _complaints({"BASCULE_DATA": "a\udcffb"}) == [
        "BASCULE_DATA has to be a path in UTF-8, not 'a\\udcffb'."
    ]
    assert _complaints({"BASCULE_DATA": "~nobody-of-that-name/x"}) == [
        "BASCULE_DATA has to be in the home of somebody who has one, not '~nobody-of-that-name/x'."
    ]


def _complaints(environ, **overrides):
    with pytest.raises(Invalid) as raised:
        from_environment(environ, overrides=overrides)
    return re.split(r"(?<=\.) (?=BASCULE_)", raised.value.message)
