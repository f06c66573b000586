"""What runs when a file is installed is looked at, however much of it there is."""

from index.upload.policy import Limits
from tests.kit.inspecting import inspected
from tests.kit.makers import a_wheel, an_sdist

LONG = b"import os\n" + b"# nothing\n" * 100_000


def test_an_sdist_shows_its_setup_and_its_build_backend():
    files = {"setup.py": b"import os\n", "pyproject.toml": b"[build-system]\n", "a/setup.py": b""}

    assert inspected(an_sdist(files=files)).installs == {
        "toasting-1.0/setup.py": "import os\n",
        "toasting-1.0/pyproject.toml": "[build-system]\n",
    }


def test_a_wheel_shows_its_path_files():
    wheel = a_wheel(files={"a.pth": b"import os\n", "toasting/b.pth": b"..\n", "c.py": b"1\n"})

    assert inspected(wheel).installs == {"a.pth": "import os\n", "toasting/b.pth": "..\n"}


def test_of_a_long_file_the_beginning_is_shown_and_nothing_is_refused():
    most = Limits().noted_bytes
    sdist = inspected(an_sdist(files={"setup.py": LONG, "z.py": b"1\n"}))
    wheel = inspected(a_wheel(files={"a.pth": LONG}))

    for shown in (sdist.installs["toasting-1.0/setup.py"], wheel.installs["a.pth"]):
        assert (len(shown), LONG.decode().startswith(shown)) == (most, True)
    assert "toasting-1.0/z.py" in sdist.files


def test_more_files_than_are_looked_at_are_no_fault():
    files = {f"{number:03}.pth": b"\xff\n" for number in range(Limits().noted + 5)}

    assert inspected(a_wheel(files=files)).installs == {
        f"{number:03}.pth": "\ufffd\n" for number in range(Limits().noted)
    }
