"""What an upload is answered, in the order of UPLOADS.md: rows 1, 2 and 6 to 8."""

from typing import Any

import pytest

from tests.kit.forms import FORM, a_body, a_part, an_upload, content_part, text_parts
from tests.kit.makers import a_wheel
from tests.kit.refusing import everything, refusal, refused
from tests.kit.world import Person

TOAST = a_wheel()
LATER = a_wheel(version="2.0")
TEXT, FILE = text_parts(TOAST), content_part(TOAST)
BREAD_SHA256 = "f" * 64
BAD_DIGEST = "The file changed on the way; upload it again."
WRONG_TYPE = (
    "An upload is a form of the type multipart/form-data, with a boundary. "
    "Use twine, uv publish or another client that uploads to a package index."
)


@pytest.mark.parametrize("path", ["/legacy/", "/legacy"])
def test_a_sound_file_is_published(ann: Person, anyone: Person, path: str):
    answer = ann.asks("POST", path, headers=FORM, content=an_upload(TOAST))

    said = f"{TOAST.filename} is published.\n"
    assert (answer.status_code, answer.text) == (200, said)
    assert anyone.sees("toasting") == [TOAST.filename]
    assert anyone.downloads(TOAST).content == TOAST.content


@pytest.mark.parametrize(
    ("action", "status", "said"),
    [
        (
            None,
            400,
            "The request does not say what to do: it has no :action. "
            "Send the field :action with the value file_upload.",
        ),
        (
            "publish",
            400,
            "The :action of an upload is file_upload, not 'publish'. "
            "Send the field :action with the value file_upload.",
        ),
        (
            "submit",
            410,
            "Projects are not announced any more: the first upload of a file makes the project.",
        ),
        (
            "doc_upload",
            410,
            "Documentation is not hosted here any more: host it elsewhere and link to it.",
        ),
    ],
)
def test_row_1_another_action_is_refused(ann: Person, action: str | None, status: int, said: str):
    assert refusal(ann, TOAST, action=action) == (status, said)


def test_row_1_the_action_may_be_in_the_query_string(ann: Person):
    body = an_upload(TOAST, action=None, protocol_version=None)

    path = "/legacy/?:action=file_upload&protocol_version=1"
    assert ann.asks("POST", path, headers=FORM, content=body).status_code == 200
    assert refused(ann, an_upload(LATER, action=None), "?:action=submit")[0] == 410


UNKNOWN_PROTOCOL = (400, "Unknown protocol version. Send protocol_version=1.")


@pytest.mark.parametrize("version", ["2", "0", "one", ["1", "2"]])
def test_row_2_another_protocol_version_is_refused(ann: Person, version: Any):
    assert refusal(ann, TOAST, protocol_version=version) == UNKNOWN_PROTOCOL


def test_row_2_another_protocol_version_in_the_query_string_is_refused(ann: Person):
    assert refused(ann, an_upload(TOAST), "?protocol_version=2") == UNKNOWN_PROTOCOL


def test_row_2_no_protocol_version_is_fine(ann: Person):
    assert ann.uploads(TOAST, protocol_version=None).status_code == 200


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (TEXT, "The form has no file. Send it as the part named content."),
        ([*TEXT, FILE, FILE], "The form has two parts named content. Send one file at a time."),
        (
            [*TEXT, a_part("content", "toast")],
            "The part named content must be a file, with a filename.",
        ),
        (
            [*TEXT, a_part("summary", "Toast.", filename="summary.txt"), FILE],
            "The field 'summary' must be text, not a file.",
        ),
        (
            [*TEXT, content_part(TOAST, "Content-Type: image/png")],
            "A distribution is not an image. Send a wheel or an sdist.",
        ),
        (
            [*TEXT, *[a_part("classifiers", "x")] * 50_000, FILE],
            "The form has more than 50,000 parts.",
        ),
        (
            [*TEXT, a_part("description", bytes((16 << 20) + 1)), FILE],
            "The field 'description' is larger than 16,777,216 bytes.",
        ),
        (
            [*TEXT, *[a_part("description", bytes(16 << 20))] * 4, FILE],
            "The text fields together are larger than 67,108,864 bytes.",
        ),
        (
            [*TEXT, *[a_part("x" * 4000, "")] * 17_000, FILE],
            "The text fields together are larger than 67,108,864 bytes.",
        ),
        ([*TEXT, a_part("summary", b"\xff"), FILE], "The field 'summary' is not UTF-8."),
    ],
    ids=[
        "no file",
        "two files",
        "file without a name",
        "text as a file",
        "image",
        "parts",
        "long field",
        "long fields",
        "long names",
        "latin-1",
    ],
)
def test_row_6_a_form_that_is_not_an_upload_is_refused(ann: Person, parts: list[bytes], said: str):
    assert refused(ann, a_body(*parts)) == (400, said)


@pytest.mark.parametrize("kind", ["", "multipart/form-data", "application/json", "text/plain; x=y"])
def test_row_6_what_is_no_form_is_refused(ann: Person, kind: str):
    assert refused(ann, an_upload(TOAST), **{"content-type": kind}) == (400, WRONG_TYPE)


def test_row_6_a_form_at_its_limits_is_accepted(ann: Person):
    many = [a_part("classifiers", "x")] * (50_000 - len(TEXT) - 2)
    long = a_part("description", bytes(16 << 20))

    body = a_body(*TEXT, *many, long, FILE)

    assert ann.asks("POST", "/legacy/", headers=FORM, content=body).status_code == 200


@pytest.mark.parametrize("nothing", ["", "UNKNOWN", "\0", "UNK\0NOWN"])
def test_row_7_a_field_that_says_nothing_is_absent(ann: Person, nothing: str):
    assert refusal(ann, TOAST, name=nothing) == (400, "The form has no name.")
    assert ann.uploads(TOAST, comment=nothing, requires_python=nothing).status_code == 200


def test_row_7_nul_is_dropped(ann: Person, anyone: Person):
    assert ann.uploads(TOAST, name="toast\0ing", comment="Cri\0sp.").status_code == 200

    [file] = anyone.gets("/pypi/toasting/json").json()["urls"]
    assert file["comment_text"] == "Crisp."


@pytest.mark.parametrize(
    ("lies", "said"),
    [
        (
            {"md5_digest": None, "sha256_digest": None, "blake2_256_digest": None},
            "The form has no digest: "
            "send at least one of md5_digest, sha256_digest, blake2_256_digest.",
        ),
        ({"sha256_digest": "f" * 63}, "The sha256_digest is not 64 hex digits."),
        ({"md5_digest": "toast"}, "The md5_digest is not 32 hex digits."),
        (
            {"sha256_digest": BREAD_SHA256},
            f"The sha256 digest of the file is {TOAST.sha256}, "
            f"not {BREAD_SHA256} as the form says. {BAD_DIGEST}",
        ),
    ],
    ids=["none", "short", "malformed", "wrong"],
)
def test_row_8_a_digest_has_to_be_given_and_right(ann: Person, lies: dict[str, Any], said: str):
    assert refusal(ann, TOAST, **lies) == (400, said)


@pytest.mark.parametrize("digest", ["md5_digest", "sha256_digest", "blake2_256_digest"])
def test_row_8_any_digest_that_is_wrong_is_refused(ann: Person, digest: str):
    honest = dict(TOAST.fields())[digest]
    wrong = honest[:-1] + ("0" if honest[-1] != "0" else "1")

    status, said = refusal(ann, TOAST, **{digest: wrong})

    assert (status, f"not {wrong} as the form says" in said) == (400, True)
    before = everything(ann.world.services)
    assert ann.uploads(TOAST, **{digest: honest.upper()}).status_code == 200
    assert everything(ann.world.services) != before
