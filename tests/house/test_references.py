"""The references of docs/ list what there is, and every page keeps to one sentence a line."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from prometheus_client import REGISTRY

from index.api import accounts, acts, appeals, cases, moderation, projects, reports
from index.api.bodies import Body
from index.cli.main import commands
from index.environment import variable
from index.errors import STATUS
from index.routes import DOORS
from index.settings import DECLARATIONS
from tests.kit.guides import blocks, guides
from tests.kit.source import ROOT

README_LINES = 120
PAGES = {page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8") for page in guides()}
COMMANDS = PAGES["docs/operators/commands.md"]
API = PAGES["docs/uploaders/api.md"]
ANSWERS = PAGES["docs/uploaders/answers.md"]

DOOR = re.compile(
    r"^### (\w+) (\S+)\n\nWhom it answers: (\w+(?: in)?)|^\| `(\w+) (\S+)` \| (\w+) \|",
    re.MULTILINE,
)
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
SECOND_SENTENCE = re.compile(r"(?<=[\w)*\]][.!?]) (?=[A-Z`*\[])")


def test_every_command_and_option_is_in_the_reference_as_help_tells_it():
    assert sections(COMMANDS) == dict(told(typer.main.get_command(commands), "bascule"))


def test_every_address_is_in_the_reference_with_whom_it_answers():
    listed = [tuple(filter(None, found)) for found in DOOR.findall(API)]

    paths = [re.sub(r":\w+}", "}", door.path) for door in DOORS]
    there = zip((door.method for door in DOORS), paths, (door.who for door in DOORS), strict=True)
    assert sorted(listed) == sorted(there)


def test_every_field_of_a_body_is_in_the_reference():
    shapes = [
        shape
        for module in (accounts, acts, appeals, cases, moderation, projects, reports)
        for shape in vars(module).values()
        if isinstance(shape, type) and issubclass(shape, Body) and shape is not Body
    ]

    names = {name for shape in shapes for name in shape.__struct_encode_fields__}
    assert sorted(name for name in names if f"`{name}`" not in API) == []


def test_every_status_of_a_problem_is_in_the_reference():
    listed = re.findall(r"^\| (\d+) \| `([\w-]+)` \|", ANSWERS, re.MULTILINE)

    # These two are not Problems: the router's own refusal, and a fault of ours.
    others = {("405", "method-not-allowed"), ("500", "internal")}
    assert set(listed) == {(str(status), code) for code, status in STATUS.items()} | others


def test_every_metric_is_in_the_guide_to_running():
    listed = re.findall(r"^\| `(bascule_\w+)` \|", PAGES["docs/operators/running.md"], re.MULTILINE)

    found = [each.name for each in REGISTRY.collect() if each.name.startswith("bascule_")]
    assert sorted(listed) == sorted(found)


def test_no_page_names_a_setting_that_is_none():
    known = {variable(name) for name in DECLARATIONS}
    known |= {f"{name}_FILE" for name in known}

    named = {
        name for page in PAGES.values() for name in re.findall(r"\bBASCULE_[A-Z\d_]+[A-Z]", page)
    }
    assert sorted(named - known) == []


def test_every_decision_is_in_their_list():
    listed = LINK.findall(PAGES["docs/decisions/README.md"])

    assert listed == sorted(page.name for page in (ROOT / "docs/decisions").glob("0*.md"))


def test_the_readme_is_short():
    assert len(PAGES["README.md"].splitlines()) <= README_LINES


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_sentence_a_line_and_no_idle_words(name):
    assert list(faults(PAGES[name])) == []


def test_planted_faults_are_found():
    page = (
        "# A\n\nJust do it.\nOne. `Two`.\n```sh\nls. Just a command.\n```\n1. Three.\n   Simply.\n"
    )

    assert list(faults(page)) == ["3: Just", "4: two sentences", "9: Simply"]


def test_a_reference_that_differs_is_read_as_it_is():
    page = "# A\n\n## bascule a B\n\nDo.\nIt.\n\nMore.\n\n- `B`: What.\n  Then.\n- `--c`: Why.\n"

    assert sections(page) == {"bascule a B": ["Do. It.", "`B`: What.", "`--c`: Why."]}


def sections(page: str) -> dict[str, list[str]]:
    """The commands of the reference: what each does, then its arguments and options."""
    found = {}
    for section in page.split("\n## ")[1:]:
        heading, _, rest = section.partition("\n\n")
        does = " ".join(rest.partition("\n\n")[0].split())
        found[heading] = [does, *re.findall(r"^- (.+)$", rest, re.MULTILINE)]
    return found


def told(command: Any, path: str) -> Iterator[tuple[str, list[str]]]:
    """The same from the commands themselves; of a help only its first sentence counts."""
    for name, each in getattr(command, "commands", {}).items():
        yield from told(each, f"{path} {name}")
    if not hasattr(command, "commands"):
        own = [each for each in command.params if each.name != "data"]
        arguments = [_argument(each) for each in own if each.param_type_name == "argument"]
        lines = [f"`{_shown(each)}`: {_first_sentence(each.help)}" for each in own]
        yield " ".join([path, *arguments]), [" ".join(command.help.split()), *lines]


def _argument(argument: Any) -> str:
    name = argument.name.upper() + ("..." if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _shown(parameter: Any) -> str:
    is_option = parameter.param_type_name == "option"
    return parameter.opts[0] if is_option else parameter.name.upper()


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=\.) ", text)[0].removesuffix(".") + "."


def faults(page: str) -> Iterator[str]:
    """The lines outside of code that say too much, or a word that helps nobody."""
    code = {n for each in blocks(page) for n in range(each.line, each.line + len(each.lines) + 2)}
    for n, line in enumerate(page.splitlines()):
        prose = "" if n in code else re.sub(r"^\s*\d+\. ", "", line)
        if word := re.search(r"\b(simply|just)\b", prose, re.IGNORECASE):
            yield f"{n + 1}: {word[0]}"
        if not prose.startswith(("|", "#")) and SECOND_SENTENCE.search(prose):
            yield f"{n + 1}: two sentences"
