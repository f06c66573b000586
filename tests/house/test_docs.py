"""What the docs list is what there is."""

import re

from index.background import JOBS
from index.environment import variable
from index.errors import STATUS
from index.settings import DECLARATIONS
from tests.kit.source import ROOT

SETTINGS = ROOT / "docs" / "operators" / "settings.md"
RUNNING = ROOT / "docs" / "operators" / "running.md"
ANSWERS = ROOT / "docs" / "uploaders" / "answers.md"
FROM_OUTSIDE = {("internal", 500), ("method-not-allowed", 405)}
"""What is refused without a Problem: by the router, and by a bug."""


def test_every_setting_has_a_heading_its_sentence_and_its_default():
    assert faults(SETTINGS.read_text(encoding="utf-8")) == []


def test_a_planted_fault_is_found():
    text = SETTINGS.read_text(encoding="utf-8")

    assert faults(text.replace("## BASCULE_PORT\n", "")) == ["BASCULE_PORT has no heading"]
    assert faults(text + "\n## BASCULE_PRT\n") == ["BASCULE_PRT is not a setting"]
    assert faults(text.replace("`8080`", "`8081`")) == [
        "BASCULE_PORT does not begin with its sentence and default"
    ]


def test_every_answer_stands_in_the_docs_with_its_status():
    rows = re.findall(
        r"^\| (\d{3}) \| `(\S+)` \|", ANSWERS.read_text(encoding="utf-8"), re.MULTILINE
    )

    assert {(code, int(status)) for status, code in rows} == set(STATUS.items()) | FROM_OUTSIDE


def test_every_job_stands_in_the_docs():
    rows = re.findall(r"^\| `(\w+)` \| every ", RUNNING.read_text(encoding="utf-8"), re.MULTILINE)

    assert rows == sorted(job.name for job in JOBS)


def faults(text: str) -> list[str]:
    """What a list of the settings lacks, or has wrong."""
    found = dict(re.findall(r"^## (\S+)\n\n?(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    begins = {variable(name): _beginning(name) for name in DECLARATIONS}
    return (
        [f"{name} has no heading" for name in begins if name not in found]
        + [f"{name} is not a setting" for name in found if name not in begins]
        + [
            f"{name} does not begin with its sentence and default"
            for name, section in found.items()
            if not section.startswith(begins.get(name, ""))
        ]
    )


def _beginning(name: str) -> str:
    declaration = DECLARATIONS[name]
    default = f"`{declaration.default}`" if declaration.default else "none"
    lines = [declaration.sentence, f"Default: {default}."]
    if declaration.secret:
        lines.append(f"A secret: `{variable(name)}_FILE` names a file that holds it.")
    return "\n".join(lines) + "\n"
