"""Every code block of the docs is run: here all that need no real clients."""

import os
import subprocess

import httpx2
import pytest

from tests.kit.guides import SHELL, a_checkout, a_scene, blocks, guides, run, script
from tests.kit.live import a_server
from tests.kit.source import ROOT

PAGES = {page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8") for page in guides()}
RUN = [name for name, page in PAGES.items() if any(not block.mark for block in blocks(page))]
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

<!-- clients -->
```sh
false
```

<!-- serves -->
```sh
bascule serve
```
"""


@pytest.mark.parametrize("name", RUN)
def test_a_guide_does_what_it_says(name, tmp_path):
    page = PAGES[name]

    with a_scene(page, tmp_path, with_clients=False) as server:
        run(page, tmp_path, server, with_clients=False)


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
    alone = script(PLANTED, with_clients=False)
    with_clients = script(PLANTED, with_clients=True)

    assert len(alone.splitlines()) == len(PLANTED.splitlines())
    assert ("false" in alone, "false" in with_clients) == (False, True)
    assert "bascule" not in with_clients
    assert ran(alone, tmp_path) == (0, "")


def test_a_block_that_fails_is_found(tmp_path):
    failing = script(PLANTED.replace('= "[one]', '= "[two]'), with_clients=False)

    assert ran(failing, tmp_path) == (1, "Line 9 of the page failed.\n")


def ran(text, folder):
    """How a script ends, and what it says."""
    command = ["bash", "-euo", "pipefail", "-c", text]
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return answer.returncode, answer.stderr
