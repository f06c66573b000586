"""The guides that need real clients are run from the first line to the last, with the newest."""

import pytest

from tests.kit.guides import a_scene, guides, needs_clients, run
from tests.kit.source import ROOT

pytestmark = pytest.mark.clients

PAGES = {page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8") for page in guides()}


@pytest.mark.parametrize("name", [name for name in PAGES if needs_clients(PAGES[name])])
def test_a_guide_does_what_it_says_with_real_clients(name, tmp_path):
    with a_scene(PAGES[name], tmp_path) as server:
        run(PAGES[name], tmp_path, server)
