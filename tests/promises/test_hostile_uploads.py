"""Uploads by somebody who means harm: whatever comes, an answer and nothing else comes of it."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from httpx2 import Response
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.kit.forms import BOUNDARY, FORM, a_body, a_part, content_part, text_parts
from tests.kit.makers import Archive, a_wheel, an_sdist
from tests.kit.refusing import everything
from tests.kit.world import Person, a_world

EXAMPLE_SECONDS = 5
NUMBERS = count()
TOAST = a_wheel()
TEXT, FILE = text_parts(TOAST), content_part(TOAST)

hostile = settings(max_examples=150, deadline=EXAMPLE_SECONDS * 1000)


@pytest.fixture(scope="module")
def ann(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Iterator[Person]:
    """An uploader whose index lasts for all examples."""
    with a_world(tmp_path_factory.mktemp("hostile"), template) as world:
        yield world.somebody("ann")
        assert world.sweep() == (0, 0)


def sent(ann: Person, body: bytes, content_type: str = FORM["content-type"]) -> Response:
    """The answer to a body; if that is a refusal, in a sentence, and with nothing changed."""
    services = ann.world.services
    before = everything(services)
    headers = {"content-type": content_type.encode("latin-1", "replace")}
    answer = ann.asks("POST", "/legacy/", headers=headers, content=body)  # type: ignore[arg-type]
    if answer.status_code != 200:
        assert 400 <= answer.status_code < 500
        assert answer.text.isprintable()
        assert answer.text
        assert len(answer.text) < 8000
        assert everything(services) == before
    return answer


mutations = st.lists(
    st.tuples(
        st.sampled_from(["cut", "drop", "double", "flip", "insert"]),
        st.floats(0, 1),
        st.integers(1, 64),
        st.sampled_from(
            [b"\r\n", b"--", b'"', b"\0", b"\xff", b";", b"\r\n\r\n", BOUNDARY.encode()]
        ),
    ),
    min_size=1,
    max_size=4,
)


def mutated(body: bytes, changes: list[tuple[str, float, int, bytes]]) -> bytes:
    """*body* with a few things wrong, each at a place between its begin and its end."""
    for how, where, length, piece in changes:
        at = int(where * len(body))
        before, there, after = body[:at], body[at : at + length], body[at + length :]
        body = {
            "cut": before,
            "drop": before + after,
            "double": before + there + there + after,
            "flip": before + bytes(each ^ 0x20 for each in there) + after,
            "insert": before + piece + there + after,
        }[how]
    return body


@hostile
@given(st.binary(max_size=400))
@example(b"")
@example(b"--" + BOUNDARY.encode() + b"--")
@example(b"--" + BOUNDARY.encode())
@example(b"\r\n" * 10_000)
def test_bytes_that_are_no_form(ann: Person, body: bytes):
    assert sent(ann, body).status_code == 400


@hostile
@given(mutations)
def test_forms_that_are_almost_right(ann: Person, changes: list[tuple[str, float, int, bytes]]):
    archive = a_wheel(version=f"1.{next(NUMBERS)}")

    sent(ann, mutated(a_body(*text_parts(archive), content_part(archive)), changes))


@hostile
@given(mutations, st.sampled_from([a_wheel, an_sdist]))
def test_archives_that_are_almost_right(ann: Person, changes, make):
    archive: Archive = make(version=f"2.{next(NUMBERS)}")
    broken = replace(archive, content=mutated(archive.content, changes))

    answer = sent(ann, a_body(*text_parts(broken), content_part(broken)))

    if answer.status_code == 200:
        assert ann.downloads(broken).content == broken.content


heads = st.sampled_from(
    [
        "",
        "Content-Disposition",
        "Content-Disposition:",
        "Content-Disposition: form-data",
        'Content-Disposition: attachment; name="name"',
        'Content-Disposition: form-data; name="name',
        "Content-Disposition: form-data; name=name; name=version",
        'Content-Disposition: form-data; name=""',
        'Content-Disposition: form-data; name="na\0me"',
        'Content-Disposition: form-data; name="na\udc80me"',
        "Content-Disposition: form-data; name*=UTF-8''name",
        "Content-Disposition: form-data; name=\"content\"; filename*=UTF-8''toast.whl",
        'Content-Disposition: form-data; name="content"; filename=""',
        'Content-Disposition: form-data; name="name"\r\n continued: yes',
        'Content-Disposition: form-data; name="name"\r\nContent-Disposition: form-data; name="a"',
        'Content-Disposition: form-data; name="name"\r\nContent-Type: text/plain; charset=utf-7',
        'Content-Disposition: form-data; name="name"\r\nContent-Type: text/plain; charset=toast',
        'Content-Disposition: form-data; name="name"\r\nContent-Length: -1',
        'Content-Disposition: form-data; name="name"\r\nContent-Length: 99999999999999999999',
        'Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64',
        'Content-Disposition: form-data; name="a"\r\nContent-Type: multipart/mixed; boundary=b',
        'Content-Disposition: form-data; name="a"' + "\r\nX-Toast: yes" * 20,
        'Content-Disposition: form-data; name="a"\r\nX-Toast: ' + "x" * 9000,
        "X" * 9000,
        " Content-Disposition: form-data",
        'Content-Disposition\r\n: form-data; name="a"',
        "\xff: \xfe",
    ]
)
odd_parts = st.builds(
    lambda head, value: head.encode("utf-8", "surrogateescape") + b"\r\n\r\n" + value,
    heads,
    st.binary(max_size=20),
)


@hostile
@given(st.lists(odd_parts, min_size=1, max_size=4), st.permutations([*TEXT, FILE]))
def test_forms_with_odd_parts(ann: Person, odd: list[bytes], rest: list[bytes]):
    assert sent(ann, a_body(*odd, *rest)).status_code in (200, 400)


@hostile
@given(st.text(max_size=40), st.text(max_size=300))
@example("name", "a" * 60_000)
@example("content", "toast")
def test_fields_that_say_anything(ann: Person, key: str, value: str):
    field = a_part(key.replace('"', ""), value.encode("utf-8", "surrogatepass"))

    sent(ann, a_body(field, *TEXT, FILE))


FIELDS = (
    "name",
    "version",
    "filetype",
    "sha256_digest",
    "md5_digest",
    "comment",
    "protocol_version",
)


@hostile
@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=60), min_size=1))
def test_values_of_the_fields_that_count(ann: Person, lies: dict[str, str]):
    content = content_part(TOAST)
    clean = {key: value.encode("utf-8", "replace").decode() for key, value in lies.items()}

    sent(ann, a_body(*text_parts(TOAST, **clean), content))


odd_names = st.text(
    st.one_of(st.characters(), st.sampled_from('./\\"%;:\r\n\0-+ \u202e\u200b')), max_size=300
)


@hostile
@given(odd_names)
@example("toasting-1.0-py3-none-any.whl/")
@example("%2e%2e%2fetc%2fpasswd")
@example("toasting-1.0-py3-none-any.whl%0d%0aX-Toast: yes")
@example("toasting-1.0-py3-none-any.whl\u202e")
@example("con")
@example("a" * 100_000)
def test_file_names_that_are_tricks(ann: Person, name: str):
    parts = [*TEXT, a_part("content", TOAST.content, filename=name)]

    assert sent(ann, a_body(*parts)).status_code == 400


@hostile
@given(st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=200))
@example("multipart/form-data; boundary=" + "x" * 60_000)
@example("multipart/form-data; boundary=" + '"; a="' * 9000)
@example("multipart/form-data; boundary=é")
@example('multipart/form-data; boundary=""')
@example('multipart/form-data; boundary="\\"; boundary=a')
def test_content_types_that_are_tricks(ann: Person, kind: str):
    assert sent(ann, a_body(*TEXT, FILE), kind).status_code == 400
