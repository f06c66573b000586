"""Everybody may read what was decided, by which role and why; no name of anybody is in it."""

import re

from tests.kit.makers import a_wheel
from tests.kit.world import Person

TOAST, OTHER = a_wheel("toasting", "1.0"), a_wheel("crumpets", "1.0")
FILE = f"file:{TOAST.filename}"
PATH = "/api/decisions"


def test_the_log_tells_what_was_decided_and_why(
    ann: Person, bea: Person, eve: Person, anyone: Person
):
    ann.uploads(TOAST)
    hold = bea.holds("account:ann", FILE, note="Seen twice.", **{"for": "1h"})
    eve.undoes(hold)

    common = {"at": "2026-11-25T12:00:00Z", "subjects": ["account", FILE], "subject_count": 2}
    assert anyone.gets(f"{PATH}?limit=2").json()["decisions"] == [
        {
            **common,
            "id": hold + 1,
            "act": "undo",
            "by": "admin",
            "reason": "A mistake.",
            "note": "",
            "until": None,
            "effective": True,
        },
        {
            **common,
            "id": hold,
            "act": "hold",
            "by": "moderator",
            "reason": "Because.",
            "note": "Seen twice.",
            "until": "2026-11-25T13:00:00Z",
            "effective": False,
        },
    ]


def test_the_log_names_nobody(ann: Person, bea: Person, eve: Person, anyone: Person):
    ann.uploads(TOAST)
    ann.withdraws("toasting/1.0")
    eve.undoes(bea.holds("account:ann", FILE, private_note="It is ann again."))

    told = anyone.gets(PATH)

    roles = [each["by"] for each in told.json()["decisions"]]
    assert roles == ["admin", "moderator", "owner", "operator", "operator", "operator"]
    assert [name for name in ("ann", "bea", "eve") if re.search(rf"\b{name}\b", told.text)] == []


def test_of_many_subjects_the_first_are_listed_and_all_are_counted(
    ann: Person, bea: Person, anyone: Person
):
    many = [a_wheel("toasting", f"1.{number}") for number in range(103)]
    for archive in many:
        ann.uploads(archive)
    names = sorted(f"file:{archive.filename}" for archive in many)
    bea.holds(*names[:100])
    bea.holds(*names)

    shown = anyone.gets(f"{PATH}?limit=2").json()["decisions"]

    assert [(each["subjects"], each["subject_count"]) for each in shown] == [
        (names[:100], 103),
        (names[:100], 100),
    ]


def test_the_log_is_read_page_by_page(ann: Person, bea: Person, anyone: Person):
    ann.uploads(TOAST)
    for _ in range(3):
        bea.holds(FILE)
    every = anyone.gets(PATH).json()["decisions"]

    pages, before = [], every[0]["id"] + 1
    while page := anyone.gets(f"{PATH}?limit=2&before={before}").json()["decisions"]:
        pages.append(page)
        before = page[-1]["id"]

    assert [each for page in pages for each in page] == every
    assert {len(page) for page in pages[:-1]} == {2}


def test_a_page_of_the_log_has_a_limit(anyone: Person):
    for question in ("limit=101", "limit=x", "before=-1", "before=" + "9" * 30):
        assert anyone.gets(f"{PATH}?{question}").status_code == 422
