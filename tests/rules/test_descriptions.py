"""Descriptions: rendered as declared, without harm from what is in them."""

import pytest

from index.upload.policy import Limits, Policy
from tests.kit.inspecting import inspected, refusal
from tests.kit.makers import a_wheel

BROKEN = "Toast\n==\n\n*even\n"


def described(text: str, content_type: str | None):
    extra = [f"Description-Content-Type: {content_type}"] if content_type else []
    return a_wheel(metadata_extra=extra, description=text)


@pytest.mark.parametrize("content_type", ["text/x-rst", "TEXT/X-RST; charset=UTF-8"])
def test_restructuredtext_that_renders_passes(content_type):
    assert inspected(described("Toast\n=====\n\n*Even* – über all.\n", content_type)).warnings == ()


@pytest.mark.parametrize(
    "text",
    [
        BROKEN,
        ".. toast::\n",
        ".. include:: /etc/passwd\n",
        ".. raw:: html\n   :file: /etc/passwd\n",
        ".. csv-table:: x\n   :url: file:///etc/passwd\n",
        ".. only a comment\n",
    ],
)
def test_restructuredtext_that_does_not_render_is_refused(text):
    assert refusal(described(text, "text/x-rst")) == (
        "The Description does not render as text/x-rst, as declared; try `twine check`."
    )


@pytest.mark.parametrize("content_type", ["text/markdown", "text/plain; charset=UTF-8"])
@pytest.mark.parametrize("policy", Policy)
def test_everything_renders_as_markdown_and_as_plain_text(content_type, policy):
    assert inspected(described(BROKEN, content_type), policy=policy).warnings == ()


def test_where_nothing_is_declared_only_the_public_index_expects_restructuredtext():
    undeclared = described(BROKEN, None)

    assert inspected(undeclared, policy=Policy.PRIVATE).warnings == ()
    assert refusal(undeclared, policy=Policy.PUBLIC) == (
        "The Description does not render as text/x-rst, the default; declare what it is."
    )


def test_a_description_of_nothing_passes():
    assert inspected(described("\n \n", "text/x-rst"), policy=Policy.PUBLIC).warnings == ()


def test_a_description_that_takes_too_long_is_refused():
    doubling = "".join(f".. |a{n}| replace:: {f'|a{n + 1}| ' * 10}\n" for n in range(12))
    bomb = described(f"{doubling}.. |a12| replace:: x\n\n|a0|\n", "text/x-rst")

    assert refusal(bomb, limits=Limits(rendering_seconds=1)) == (
        "The Description takes more than 1 seconds to render."
    )
