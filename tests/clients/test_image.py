"""The image is built, starts, says how it is, and stops, as nobody and with nothing to write on."""

import os
import re
import socket
import subprocess

import pytest

from tests.kit.source import ROOT

pytestmark = [pytest.mark.clients, pytest.mark.slow]

TOOL = ROOT.parent / "shared" / "tools" / "image-check"
BUILD_SECONDS = 600
MOST_ABOVE_THE_BASE_MB = 200


def test_the_image_is_small_and_serves_as_nobody_from_a_disk_that_is_read_only():
    told = checked("--read-only", "--cap-drop", "all")

    assert re.findall(r"user '(\S+)'", told) == ["10001:10001"]
    assert re.findall(r"answered in .*: (200 .*)", told) == ["200 ready"]
    assert "the image's HEALTHCHECK passed" in told
    assert "stop: exit status 0" in told
    [above_mb] = re.findall(r"of which ([\d.]+) MB above the base", told)
    assert float(above_mb) < MOST_ABOVE_THE_BASE_MB


def checked(*options: str) -> str:
    """What image-check says of the image. Where it cannot run, only CI insists on the test."""
    if not (TOOL.exists() and os.geteuid() == 0) and os.environ.get("CI") != "true":
        pytest.skip("No image can be built here; CI does.")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    answer = subprocess.run(
        [TOOL, ROOT, f"http://127.0.0.1:{port}/readyz", *options],
        env={**os.environ, "IMAGE_CHECK_PORT_VAR": "BASCULE_PORT"},
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout
