"""Every code block of the docs is run: here those of the guides that need no real clients."""

import os
import subprocess

import httpx2
import pytest

from tests.kit.guides import (
    SHELL,
    a_checkout,
    a_scene,
    blocks,
    guides,
    needs_clients,
    run,
    script,
)
from tests.kit.live import a_server
from tests.kit.source import ROOT

PAGES = {page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8") for page in guides()}
ALONE = [name for name, page in PAGES.items() if list(blocks(page)) and not needs_clients(page)]
SERVING = [
    pytest.param(block.text, id=f"{name}:{block.line + 1}")
    for name, page in PAGES.items()
    for block in blocks(page)
    if block.mark == "serves"
]

PLANTED = """\
# A guide

<!-- in: notes.txt -->
```ini
[one]
```

```sh
test "$(cat notes.txt)" = "[one]"
```

<!-- serves -->
```sh
bascule serve
```
"""


@pytest.mark.parametrize("name", ALONE)
def test_a_guide_does_what_it_says(name, tmp_path):
    with a_scene(PAGES[name], tmp_path) as server:
        run(PAGES[name], tmp_path, server)


@pytest.mark.parametrize("block", SERVING)
def test_what_starts_the_server_in_a_guide_starts_it(block, tmp_path):
    a_checkout(tmp_path)
    path = f"PATH={tmp_path}/.venv/bin:{os.environ['PATH']}"
    shell = ("env", f"--chdir={tmp_path}", path, "bash", "-euc", f'{block} "$@"', "guide")

    with a_server(tmp_path / "data", command=shell) as server:
        assert httpx2.get(f"{server.url}/healthz").status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_every_block_is_for_the_shell_or_goes_into_a_file(name):
    stray = [
        f"{name}:{block.line + 1}"
        for block in blocks(PAGES[name])
        if block.language != SHELL and not block.mark.startswith("in: ")
    ]

    assert stray == []


def test_a_page_becomes_a_script_with_the_same_line_numbers(tmp_path):
    text = script(PLANTED)

    assert len(text.splitlines()) == len(PLANTED.splitlines())
    assert ran(text, tmp_path) == (0, "")


def test_a_block_that_fails_is_found(tmp_path):
    failing = script(PLANTED.replace('= "[one]', '= "[two]'))

    assert ran(failing, tmp_path) == (1, "Line 9 of the page failed.\n")


def test_a_page_with_a_block_for_clients_needs_them():
    assert needs_clients(PLANTED) is False
    assert needs_clients(PLANTED.replace("serves", "clients")) is True


def ran(text, folder):
    """How a script ends, and what it says."""
    command = ["bash", "-euo", "pipefail", "-c", text]
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return answer.returncode, answer.stderr
