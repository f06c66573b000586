"""The guides of docs/ and their code blocks, run in one shell as a reader runs them.

A comment on the line before a block says how it is run: `clients` needs real clients or curl, or
what those did, and so does the whole page then; `serves` starts a server, which is tried by itself;
`in: PATH` is text that goes into that file. Comments elsewhere say what is there when the reader
begins.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.kit.installed import CLIENTS, command, make_environment, python
from tests.kit.live import BASCULE, Server, a_server
from tests.kit.makers import a_wheel, an_sdist
from tests.kit.projects import a_project
from tests.kit.source import ROOT

SHELL = "sh"
SITE = "127.0.0.1:8080"
"""Where the guides say that the index is."""
GUIDE_SECONDS = 300
SAME_BYTES = {"SOURCE_DATE_EPOCH": "1764000000"}
"""What makes flit build the same bytes again."""
TOAST = """\
[project]
name = "toast"
version = "1"
requires-python = ">=3.11"

[tool.pdm]
distribution = false

"""
MAKERS = (a_wheel, an_sdist)

_FENCE = re.compile(r"^```(\w*)$")
_MARK = re.compile(r"^<!-- (clients|serves|in: \S+) -->$")
_PUBLISHED = re.compile(r"^<!-- ann has published (\S+) (\S+) -->$", re.MULTILINE)
_BUILT = "<!-- crumbs 1.0 is built here -->"
_PRIVATE = "<!-- only accounts may read -->"
_STARTED = "<!-- a project toast is here -->"
_HINT = "trap 'echo \"Line $LINENO of the page failed.\" >&2' ERR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One code block of a page; *line* is that of its opening fence, counted from 0."""

    line: int
    language: str
    mark: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def guides() -> list[Path]:
    """Every page that may have code blocks to run."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: str) -> Iterator[Block]:
    """The code blocks of a page, in order."""
    lines = page.splitlines()
    begin = None
    for at, line in enumerate(lines):
        fence = _FENCE.match(line)
        if fence and begin is None:
            begin, language = at, fence[1]
        elif line == "```" and begin is not None:
            mark = _MARK.match(lines[begin - 1])
            yield Block(
                line=begin,
                language=language,
                mark=mark[1] if mark else "",
                lines=tuple(lines[begin + 1 : at]),
            )
            begin = None


def needs_clients(page: str) -> bool:
    """Whether a block of the page needs real clients."""
    return any(block.mark == "clients" for block in blocks(page))


def script(page: str) -> str:
    """The page as a shell script whose line numbers are those of the page."""
    lines = [""] * len(page.splitlines())
    lines[0] = _HINT
    for block in blocks(page):
        content = slice(block.line + 1, block.line + 1 + len(block.lines))
        if block.mark.startswith("in: "):
            path = block.mark.removeprefix("in: ")
            lines[block.line] = f"cat >>{path} <<'END OF BLOCK'"
            lines[content] = block.lines
            lines[content.stop] = "END OF BLOCK"
        elif block.language == SHELL and block.mark != "serves":
            lines[content] = block.lines
    return "\n".join(lines) + "\n"


@contextmanager
def a_scene(page: str, folder: Path) -> Iterator[Server]:
    """What is there when a reader of the page begins: a checkout in *folder*, and a server."""
    if _BUILT in page:
        a_project(folder, "crumbs", "1.0", built_by="flit")
        environment = os.environ | SAME_BYTES
        flit = [command("flit"), "build"]
        subprocess.run(flit, cwd=folder, env=environment, check=True, capture_output=True)
    if _STARTED in page:
        (folder / "pyproject.toml").write_text(TOAST, encoding="utf-8")
    a_checkout(folder)
    settings = {"read": "accounts"} if _PRIVATE in page else {}
    with a_server(folder / "data", **settings) as server:
        if published := _PUBLISHED.findall(page):
            token = server.a_token("ann")
            server.publish(token, *(make(*each) for each in published for make in MAKERS))
        yield server


def a_checkout(folder: Path) -> None:
    """Make *folder* a checkout whose environment is made already, and is the one we run in."""
    own = folder / ".venv" / "bin" / "python"
    make_environment(folder / ".venv")
    _command(folder, "bascule", f'PYTHONPATH={ROOT} exec {" ".join(BASCULE)} "$@"')
    for part in ("scripts", "requirements"):
        shutil.copytree(ROOT / part, folder / part)
    (folder / "pyproject.toml").touch()
    made_from = folder / ".venv" / "from"
    made_from.mkdir()
    for part in ("requirements/serve.txt", "pyproject.toml"):
        shutil.copy(folder / part, made_from)
    said = subprocess.run([own, "-V"], check=True, capture_output=True, text=True).stdout.strip()
    (made_from / "identity").write_text(f"{said} in {folder}\n", encoding="utf-8")


def run(page: str, folder: Path, server: Server) -> None:
    """Run what a page says, in *folder*, against the server. Fails if any of it does."""
    text = script(page).replace(SITE, server.url.partition("//")[2])
    (folder / "page").write_text(text, encoding="utf-8")
    answer = subprocess.run(
        ["bash", "-euo", "pipefail", "page"],
        cwd=folder,
        env=_environment(folder, server, with_clients=needs_clients(page)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=GUIDE_SECONDS,
    )
    assert answer.returncode == 0, answer.stdout


def _environment(folder: Path, server: Server, *, with_clients: bool) -> dict[str, str]:
    """That of somebody who has activated the checkout's environment, and nothing else."""
    places = [folder / ".venv" / "bin"]
    if with_clients:
        own = folder / ".venv" / "bin" / "python"
        _command(folder, "pip", f'exec {python("pip")} -m pip --python {own} "$@"')
        places += [command(client).parent for client in CLIENTS]
    return {
        "HOME": str(folder),
        "PATH": ":".join([*map(str, places), "/usr/bin:/bin"]),
        "VIRTUAL_ENV": str(folder / ".venv"),
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "COLUMNS": "200",
        "BASCULE_DATA": str(server.folder),
        **SAME_BYTES,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "PDM_CHECK_UPDATE": "0",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }


def _command(folder: Path, name: str, line: str) -> None:
    place = folder / ".venv" / "bin" / name
    place.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    place.chmod(0o755)
