"""Real clients as people run them: each with a home of its own, and no index but the one given."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from urllib.parse import urlsplit

from tests.kit.installed import command, make_environment, python

CLIENT_SECONDS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a client did: its exit code, and all that it said."""

    code: int
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody whose home, caches and project are in a folder of their own.

    *index* is the address of the server, such as `http://127.0.0.1:8080`; with a *token*, it is
    sent along, when uploading and when installing.
    """

    home: Path
    index: str
    token: str | None = None

    @property
    def simple_url(self) -> str:
        """Where installers look, with the token in it if there is one."""
        return f"{self._with_token()}/simple/"

    @property
    def upload_url(self) -> str:
        """Where uploaders send to. They are given the token apart."""
        return f"{self.index}/legacy/"

    @property
    def project(self) -> Path:
        """The folder that clients work in. Its `.venv` is what they install into."""
        return self.home / "project"

    def installed(self) -> dict[str, str]:
        """What has been installed by whichever client: each name with its version."""
        places = [str(place) for place in self.project.glob(".venv/lib/python*/site-packages")]
        return {found.name: found.version for found in distributions(path=places)}

    def _with_token(self) -> str:
        address = urlsplit(self.index)
        if self.token is None:
            return self.index
        return address._replace(netloc=f"__token__:{self.token}@{address.netloc}").geturl()


def pip_install(person: Person, *arguments: str) -> Run:
    """`pip install`, without a lock file or a project."""
    address = urlsplit(person.index)
    host = ["--trusted-host", address.netloc] if address.scheme == "http" else []
    into = ["--python", str(_environment(person))]
    index = ["--index-url", person.simple_url, *host]
    return _run(person, "pip", [*into, "install", *index, *arguments])


def uv_install(person: Person, *arguments: str) -> Run:
    """`uv pip install`, without a lock file or a project."""
    into = ["--python", str(_environment(person))]
    index = ["--default-index", person.simple_url]
    return _run(person, "uv", ["pip", "install", "--no-config", *into, *index, *arguments])


def poetry_add(person: Person, *requirements: str) -> Run:
    """`poetry add` in a project that has the index as its only source."""
    source = f'[[tool.poetry.source]]\nname = "bascule"\nurl = "{person.simple_url}"\n'
    _begin(person, source + 'priority = "primary"\n\n[tool.poetry]\npackage-mode = false\n')
    return _run(person, "poetry", ["add", "--no-interaction", "--no-ansi", *requirements])


def pdm_add(person: Person, *requirements: str) -> Run:
    """`pdm add` in a project that has the index instead of the default one."""
    source = f'[[tool.pdm.source]]\nname = "pypi"\nurl = "{person.simple_url}"\n'
    _begin(person, source + "verify_ssl = false\n\n[tool.pdm]\ndistribution = false\n")
    return _run(person, "pdm", ["add", *requirements])


def twine_upload(person: Person, *arguments: str | Path) -> Run:
    """`twine upload`; the arguments are files, or options of its own such as `--verbose`."""
    quietly = ["--non-interactive", "--disable-progress-bar", "--config-file", os.devnull]
    where = ["--repository-url", person.upload_url]
    who = ["--username", "__token__", "--password", person.token or ""]
    return _run(person, "twine", ["upload", *quietly, *where, *who, *arguments])


def uv_publish(person: Person, *arguments: str | Path) -> Run:
    """`uv publish`; the arguments are files, or options of its own such as `--check-url`."""
    where = ["--no-config", "--publish-url", person.upload_url, "--trusted-publishing", "never"]
    who = ["--token", person.token or ""]
    return _run(person, "uv", ["publish", *where, *who, *arguments])


def hatch_publish(person: Person, *arguments: str | Path) -> Run:
    """`hatch publish`; the arguments are files."""
    where = ["--repo", person.upload_url]
    who = ["--user", "__token__", "--auth", person.token or ""]
    return _run(person, "hatch", ["publish", "--no-prompt", *where, *who, *arguments])


def flit_publish(person: Person, *arguments: str) -> Run:
    """`flit publish`: builds the person's project and uploads what it built."""
    settings = {
        "FLIT_INDEX_URL": person.upload_url,
        "FLIT_USERNAME": "__token__",
        "FLIT_PASSWORD": person.token or "",
    }
    return _run(person, "flit", ["publish", *arguments], settings)


def poetry_publish(person: Person, *arguments: str) -> Run:
    """`poetry publish`: uploads what is in `dist`; with `--build` builds it first."""
    settings = {"POETRY_REPOSITORIES_BASCULE_URL": person.upload_url}
    where = ["--no-interaction", "--no-ansi", "--repository", "bascule"]
    who = ["--username", "__token__", "--password", person.token or ""]
    return _run(person, "poetry", ["publish", *where, *who, *arguments], settings)


def pdm_publish(person: Person, *arguments: str) -> Run:
    """`pdm publish`: builds the person's project, unless `--no-build`, and uploads that."""
    where = ["--repository", person.upload_url]
    who = ["--username", "__token__", "--password", person.token or ""]
    return _run(person, "pdm", ["publish", *where, *who, *arguments])


def build(person: Person) -> Run:
    """`uv build`: an sdist and a wheel of the person's project; what that needs is on the index."""
    index = ["--no-config", "--default-index", person.simple_url]
    return _run(person, "uv", ["build", *index, "--python", str(_environment(person))])


def _environment(person: Person) -> Path:
    make_environment(person.project / ".venv")
    return person.project / ".venv" / "bin" / "python"


def _begin(person: Person, settings: str) -> None:
    """A project that a client may add requirements to, unless there is one."""
    _environment(person)
    described = '[project]\nname = "mine"\nversion = "1"\nrequires-python = ">=3.11"\n'
    place = person.project / "pyproject.toml"
    if not place.exists():
        place.write_text(f"{described}dependencies = []\n\n{settings}", encoding="utf-8")


def _run(
    person: Person,
    client: str,
    arguments: list[str | Path],
    settings: Mapping[str, str] | None = None,
) -> Run:
    person.project.mkdir(parents=True, exist_ok=True)
    begin = [python("pip"), "-m", "pip"] if client == "pip" else [command(client)]
    answer = subprocess.run(
        [*begin, *arguments],
        cwd=person.project,
        env={**_alone(person), **(settings or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=CLIENT_SECONDS,
    )
    return Run(code=answer.returncode, output=answer.stdout)


def _alone(person: Person) -> dict[str, str]:
    """An environment in which nothing of this machine's configuration is seen."""
    return {
        "HOME": str(person.home),
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "COLUMNS": "1000",  # So that no sentence is broken into two lines.
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_INDEX_URL": person.simple_url,
        "UV_DEFAULT_INDEX": person.simple_url,
        "UV_PYTHON_DOWNLOADS": "never",
        "PDM_CHECK_UPDATE": "0",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
