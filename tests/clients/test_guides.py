"""Every code block of the docs is run: here all of them, with the newest clients."""

import pytest

from tests.kit.guides import a_scene, blocks, guides, run
from tests.kit.source import ROOT

pytestmark = pytest.mark.clients

PAGES = {page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8") for page in guides()}
MARKED = [
    name for name, page in PAGES.items() if any(block.mark == "clients" for block in blocks(page))
]


@pytest.mark.parametrize("name", MARKED)
def test_a_guide_does_what_it_says_with_real_clients(name, tmp_path):
    page = PAGES[name]

    with a_scene(page, tmp_path, with_clients=True) as server:
        run(page, tmp_path, server, with_clients=True)
