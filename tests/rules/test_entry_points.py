"""Entry points: INI that can be read, scripts with the names of commands."""

import pytest

from tests.kit.inspecting import inspected, refusal
from tests.kit.makers import Archive, a_wheel

FOLDER = "toasting-1.0.dist-info"


def scripts(text: str | bytes) -> Archive:
    content = text.encode() if isinstance(text, str) else text
    return a_wheel(files={f"{FOLDER}/entry_points.txt": content})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[console_scripts]\ntoast = toasting:main\n",
        "[console_scripts]\nToast-3.1_x = toasting:main [extra]\ntoast-3.1_x = toasting:main\n",
        "; comment\n[gui_scripts]\nröster = toasting:main\n",
        "[mkdocs.plugins]\nmaterial/search = material:Search\n",
        "[a]\nb = %(c)s\n",
    ],
)
def test_entry_points_that_can_be_installed_pass(text):
    assert inspected(scripts(text)).warnings == ()


@pytest.mark.parametrize("group", ["console_scripts", "gui_scripts"])
@pytest.mark.parametrize(
    "name", ["../toast", "/bin/toast", "a b", "toast\\x", "..", ".", "a:b", "toast!", "a;b", "$x"]
)
def test_a_script_has_the_name_of_a_command(group, name):
    assert refusal(scripts(f"[{group}]\n{name} = toasting:main\n")) == (
        f"The file entry_points.txt has a script named {name!r}."
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[console_scripts]\n\xff = x:y\n", "The file entry_points.txt is not UTF-8."),
        ("toast = x:y\n", "The file entry_points.txt is not valid INI: File contains no section"),
        ("[a]\ntoast\n", "The file entry_points.txt is not valid INI: Source contains parsing"),
        ("[a]\nb = c\nb = d\n", "The file entry_points.txt is not valid INI: While reading from"),
        ("[a]\n[a]\n", "The file entry_points.txt is not valid INI: While reading from"),
        ("[a]\ntoast: x\n", "The file entry_points.txt is not valid INI: Source contains parsing"),
    ],
)
def test_entry_points_that_are_no_ini_are_refused(content, message):
    assert refusal(scripts(content)).startswith(message)
