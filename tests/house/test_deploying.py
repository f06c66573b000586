"""The image, compose.yaml and the unit of systemd know the settings, and nothing of registries."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from index.environment import variable
from index.settings import DECLARATIONS, Settings
from tests.kit.source import ROOT

DOCKERFILE = ROOT / "Dockerfile"
COMPOSE = ROOT / "compose.yaml"
UNIT = ROOT / "deploy" / "bascule.service"
UNIT_TEXT = UNIT.read_text(encoding="utf-8")
KEY = re.compile(r"[A-Za-z]+=")
SETTING = re.compile(r"\bBASCULE_[A-Z_0-9]+")
FROM_OUTSIDE = re.compile(r"\$\{([A-Z_]+):\?\}")


def test_every_setting_that_is_set_is_one():
    files = (DOCKERFILE, COMPOSE, UNIT)

    assert [fault for path in files for fault in strangers(path.read_text(encoding="utf-8"))] == []


def test_a_planted_setting_is_found():
    assert strangers("environment:\n  BASCULE_PRT: 1\n  BASCULE_PORT: 2") == ["BASCULE_PRT"]


def test_every_stage_of_the_image_is_made_from_the_base_that_is_given():
    lines = DOCKERFILE.read_text(encoding="utf-8").splitlines()
    stages = [line.split()[1] for line in lines if line.startswith("FROM ")]

    assert set(stages) == {"${BASE}"}
    assert [line for line in lines if "<<" in line or "--link" in line] == []


def test_what_the_image_copies_is_let_through_and_nothing_else():
    copied = re.findall(r"^COPY (?!--)(.*) \S+$", DOCKERFILE.read_text(encoding="utf-8"), re.M)
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    passed = [line.removeprefix("!") for line in ignored if line.startswith("!")]

    assert ignored[0] == "*"
    assert sorted(passed) == sorted(" ".join(copied).split())
    assert [name for name in passed if not (ROOT / name).exists()] == []


def test_two_nodes_share_one_database_and_differ_in_nothing_but_who_begins():
    services = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    first, second = services["node-1"], services["node-2"]

    assert first.pop("build") == {"context": ".", "args": {"BASE": "${BASE:?}"}}
    assert first.pop("depends_on") == {"postgres": {"condition": "service_healthy"}}
    assert second.pop("depends_on") == {"node-1": {"condition": "service_healthy"}}
    assert first == second
    assert set(first["environment"]) >= {"BASCULE_DATABASE_URL", "BASCULE_SECRET_KEY"}


def test_images_come_from_where_the_operator_says():
    services = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    ours = {each.pop("image") for name, each in services.items() if name.startswith("node")}

    assert ours == {"bascule"}
    assert [each["image"] for each in services.values() if "image" in each] == [
        "${POSTGRES_IMAGE:?}",
        "${NGINX_IMAGE:?}",
    ]


def test_what_compose_wants_from_outside_stands_in_the_page():
    page = (ROOT / "docs" / "operators" / "containers.md").read_text(encoding="utf-8")
    wanted = set(FROM_OUTSIDE.findall(COMPOSE.read_text(encoding="utf-8")))

    assert wanted - set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.M)) == set()


def test_compose_mounts_files_that_are_there_and_trusts_the_proxy_alone():
    compose = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    mounted = re.findall(r"^(\./\S+?):", "\n".join(compose["services"]["nginx"]["volumes"]), re.M)
    [network] = compose["networks"]["inside"]["ipam"]["config"]
    environment = compose["services"]["node-1"]["environment"]

    assert [name for name in mounted if not (ROOT / name).is_file()] == []
    assert environment["BASCULE_TRUSTED_PROXIES"] == network["subnet"]


def test_the_unit_waits_longer_than_a_stop_takes_and_runs_what_scripts_make():
    unit = dict(line.split("=", 1) for line in UNIT_TEXT.splitlines() if KEY.match(line))

    assert int(unit["TimeoutStopSec"]) > Settings().stop_seconds
    assert unit["ExecStart"] == "/opt/bascule/.venv/bin/bascule serve"


def test_systemd_understands_the_unit(tmp_path):
    assert complaints(tmp_path, UNIT_TEXT) == ""


def test_a_planted_mistake_in_the_unit_is_found(tmp_path):
    text = UNIT_TEXT.replace("ProtectHome=", "ProtectHom=")

    assert "'ProtectHom'" in complaints(tmp_path, text)


def strangers(text: str) -> list[str]:
    """The settings that are named in a text, and are none."""
    known = set(map(variable, DECLARATIONS))
    return [name for name in SETTING.findall(text) if name not in known]


def complaints(folder: Path, text: str) -> str:
    """What systemd says about a unit. Without one here, only CI insists on the test."""
    program = shutil.which("systemd-analyze")
    if program is None and os.environ.get("CI") != "true":
        pytest.skip("There is no systemd here; CI has it.")
    assert program is not None
    written = folder / "bascule.service"
    written.write_text(re.sub(r"^(ExecStart=)\S+", rf"\1{sys.executable}", text, flags=re.M))
    told = subprocess.run(
        [program, "verify", "--man=no", written], capture_output=True, text=True, check=False
    )
    return told.stdout + told.stderr
