"""RECORD: every file of a wheel is in it, with its own digest and size, and nothing else is."""

import base64
import hashlib
import io
import zipfile

import pytest

from tests.kit.inspecting import inspected, refusal
from tests.kit.makers import Archive, a_wheel

FOLDER = "toasting-1.0.dist-info"
MODULE = "toasting/__init__.py"


def record_of(wheel: Archive) -> str:
    with zipfile.ZipFile(io.BytesIO(wheel.content)) as archive:
        return archive.read(f"{FOLDER}/RECORD").decode()


def a_wheel_with_record(*changes: tuple[str, str], more: str = "", **kwargs) -> Archive:
    """The usual wheel, with other words in its RECORD."""
    text = record_of(a_wheel(**kwargs))
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return a_wheel(record=(text + more).encode(), **kwargs)


def line_of(algorithm: str, content: bytes = b"SIDES = 2\n") -> str:
    digest = base64.urlsafe_b64encode(hashlib.new(algorithm, content).digest())
    return f"{algorithm}={digest.rstrip(b'=').decode()}"


SHA256 = line_of("sha256")


@pytest.mark.parametrize(
    "record",
    [
        a_wheel_with_record(more="\n\n\r\n"),
        a_wheel_with_record(("\n", "\r\n")),
        a_wheel_with_record((SHA256, line_of("sha512"))),
        a_wheel_with_record((SHA256, line_of("sha384"))),
        a_wheel_with_record((SHA256, line_of("blake2b"))),
        a_wheel_with_record((SHA256, SHA256 + "=")),
        a_wheel_with_record((f"{SHA256},10", f"{SHA256},")),
        a_wheel_with_record(("toasting/__init__", "toasting\\__init__")),
        a_wheel_with_record((f"{FOLDER}/RECORD,,\n", "")),
        a_wheel_with_record(more=f"{MODULE},{SHA256},10\n"),
        a_wheel_with_record(more=f"{FOLDER}/RECORD.jws,,\n"),
        a_wheel_with_record(more=f"{FOLDER}/RECORD.p7s,,\n"),
    ],
)
def test_a_record_may_be_written_in_several_ways(record):
    assert inspected(record).warnings == ()


def test_signatures_of_a_record_need_no_line_in_it():
    wheel = a_wheel(files={f"{FOLDER}/RECORD.jws": b"{}", f"{FOLDER}/RECORD.p7s": b""})
    unlisted = a_wheel(
        files={f"{FOLDER}/RECORD.jws": b"{}", f"{FOLDER}/RECORD.p7s": b""},
        record=record_of(a_wheel(files={})).encode(),
    )

    assert inspected(wheel).warnings == inspected(unlisted).warnings == ()


RECORDS = {
    "lists what is not there": (
        a_wheel_with_record(more="toasting/x.py,sha256=AA,1\n"),
        "RECORD lists 'toasting/x.py', which is not there.",
    ),
    "lists a folder": (
        a_wheel_with_record(more="toasting/,,\n"),
        "RECORD lists 'toasting/', which is not there.",
    ),
    "misses what is there": (
        a_wheel_with_record((f"{MODULE},{SHA256},10\n", "")),
        f"RECORD does not list '{MODULE}'.",
    ),
    "misses all": (
        a_wheel(record=b""),
        f"RECORD does not list '{FOLDER}/METADATA'. RECORD does not list '{FOLDER}/WHEEL'. "
        f"RECORD does not list '{MODULE}'.",
    ),
    "has another digest": (
        a_wheel_with_record((SHA256, line_of("sha256", b"x"))),
        f"RECORD has another digest of '{MODULE}' than the file.",
    ),
    "has a digest that is too short": (
        a_wheel_with_record((SHA256, "sha256=AAAA")),
        f"RECORD has another digest of '{MODULE}' than the file.",
    ),
    "has another size": (
        a_wheel_with_record((f"{SHA256},10", f"{SHA256},11")),
        f"RECORD has another size of '{MODULE}' than the file.",
    ),
    "has no digest": (
        a_wheel_with_record((SHA256, "")),
        f"RECORD has no digest of '{MODULE}'.",
    ),
    "has an md5": (
        a_wheel_with_record((SHA256, line_of("md5"))),
        f"RECORD has a 'md5' digest of '{MODULE}'; use sha256.",
    ),
    "has a sha1": (
        a_wheel_with_record((SHA256, line_of("sha1"))),
        f"RECORD has a 'sha1' digest of '{MODULE}'; use sha256.",
    ),
    "has a sha224": (
        a_wheel_with_record((SHA256, line_of("sha224"))),
        f"RECORD has a 'sha224' digest of '{MODULE}'; use sha256.",
    ),
    "has an unknown digest": (
        a_wheel_with_record((SHA256, "crc32=AAAA")),
        f"RECORD has a 'crc32' digest of '{MODULE}'; use sha256.",
    ),
    "has a digest in hex": (
        a_wheel_with_record((SHA256, "sha256=" + "e" * 64)),
        f"RECORD has another digest of '{MODULE}' than the file.",
    ),
    "has a digest that is no base64": (
        a_wheel_with_record((SHA256, "sha256=A+!")),
        f"RECORD has a digest of '{MODULE}' that is not urlsafe-base64.",
    ),
    "has a size that is no number": (
        a_wheel_with_record((f"{SHA256},10", f"{SHA256},ten")),
        f"RECORD has a size of '{MODULE}' that is not a number.",
    ),
    "has a size in other digits": (
        a_wheel_with_record((f"{SHA256},10", f"{SHA256},１０")),
        f"RECORD has a size of '{MODULE}' that is not a number.",
    ),
    "has two lines that differ": (
        a_wheel_with_record(more=f"{MODULE},{SHA256},11\n"),
        f"RECORD lists '{MODULE}' twice, and differently.",
    ),
    "has lines of two values": (
        a_wheel_with_record(more="toasting/x.py,sha256=AA\n"),
        "RECORD has a line of 2 values instead of 3, at 'toasting/x.py'.",
    ),
    "is not UTF-8": (a_wheel(record=b"\xff,,\n"), "RECORD is not UTF-8."),
    "is not comma-separated values": (
        a_wheel(record=b'"' + b"x" * 200_000),
        "RECORD is not comma-separated values.",
    ),
}


@pytest.mark.parametrize(("wheel", "message"), RECORDS.values(), ids=RECORDS.keys())
def test_a_wheel_is_refused_whose_record(wheel, message):
    assert refusal(wheel) == message


def test_a_few_complaints_stand_for_many():
    message = refusal(a_wheel(files={f"{n:02}.py": b"" for n in range(20)}, record=b""))

    assert message.startswith("RECORD does not list '00.py'. RECORD does not list '01.py'. ")
    assert message.endswith(" There are 12 more complaints like these.")
