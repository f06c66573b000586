"""How much an account may add in a time: exactly the limit, whoever asks at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from starlette.types import Message

from storage.records import Role, Scope
from storage.schema import entries, files, projects
from tests.kit.forms import FORM, an_upload
from tests.kit.makers import Archive, a_wheel
from tests.kit.world import Person, World

AT_ONCE = 50
TOO_MANY_FILES = (
    "The limit of 5 files in 10 minutes is used up until 2026-11-25 12:10:00 UTC. "
    "Try again then, or ask the moderators of this index for more."
)


@pytest.fixture
def dan(world: World) -> Person:
    """An uploader that is new here."""
    return world.somebody("dan", new=True)


def release(number: int) -> Archive:
    """One of many releases of one project."""
    return a_wheel("toasting", f"{number}.0")


def uploads(person: Person, count: int, first: int = 0) -> list[int]:
    """The statuses of so many uploads to one project."""
    return [person.uploads(release(number)).status_code for number in range(first, first + count)]


def limits_of(person: Person) -> dict[str, tuple[int | None, int, int | None]]:
    """What an account is told of its limits: the limit, what is used, what is left."""
    told = person.gets("/api/me").json()["limits"]
    return {name: (each["limit"], each["used"], each["remaining"]) for name, each in told.items()}


def test_what_is_over_the_limit_is_refused_with_when_to_come_back(world: World, dan: Person):
    assert uploads(dan, 5) == [200] * 5
    before = world.rows(files, projects, entries)
    world.clock.passes(seconds=30)

    answer = dan.uploads(release(6))

    assert (answer.status_code, answer.text) == (429, TOO_MANY_FILES)
    told = {name: answer.headers[name] for name in ("retry-after", "ratelimit-policy", "ratelimit")}
    assert told == {
        "retry-after": "570",
        "ratelimit-policy": '"projects_per_day";q=2;w=86400, "files_per_day";q=20;w=86400, '
        '"files_per_10_minutes";q=5;w=600',
        "ratelimit": '"projects_per_day";r=1;t=86370, "files_per_day";r=15;t=86370, '
        '"files_per_10_minutes";r=0;t=570',
    }
    assert world.rows(files, projects, entries) == before


def test_every_answer_that_counts_says_what_is_left(dan: Person, bea: Person):
    first = dan.uploads(release(1))
    again = dan.uploads(release(1))
    bea.sets_mode("review")
    waiting = dan.uploads(release(2))

    assert [answer.status_code for answer in (first, again, waiting)] == [200, 200, 202]
    assert [answer.headers["ratelimit"] for answer in (first, again, waiting)] == [
        '"projects_per_day";r=1;t=86400, "files_per_day";r=19;t=86400, '
        '"files_per_10_minutes";r=4;t=600',
    ] * 2 + [
        '"projects_per_day";r=0;t=86400, "files_per_day";r=3;t=86400, '
        '"files_per_10_minutes";r=0;t=600'
    ]


def test_of_fifty_at_once_exactly_the_limit_gets_in(world: World, other: World, dan: Person):
    people = [dan, replace(dan, world=other)] * (AT_ONCE // 2)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        wheels = [release(number) for number in range(AT_ONCE)]
        answers = list(threads.map(Person.uploads, people, wheels))

    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [429] * (AT_ONCE - 5)
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {(each.text, each.headers["retry-after"]) for each in refused} == {
        (TOO_MANY_FILES, "600")
    }
    assert len(world.rows(files)["files"]) == 5
    assert [entry.act for entry in world.journal if entry.actor == "account:dan"] == [
        "project-add",
        *["upload"] * 5,
    ]


def test_what_was_refused_or_is_here_already_does_not_count(dan: Person):
    assert uploads(dan, 4) == [200] * 4
    for _ in range(6):
        assert dan.uploads(release(9), sha256_digest="0" * 64).status_code == 400
        assert dan.uploads(release(0)).status_code == 200
    assert limits_of(dan)["files_per_10_minutes"] == (5, 4, 1)

    assert uploads(dan, 2, first=4) == [200, 429]
    assert dan.uploads(release(0)).status_code == 200
    other = a_wheel("toasting", "1.0", summary="Other bytes.")
    assert dan.uploads(other).status_code == 400


def test_who_has_used_the_limit_up_is_told_before_the_file_comes(world: World, dan: Person):
    assert uploads(dan, 5) == [200] * 5
    begun = an_upload(release(6)).partition(b"PK")[0]
    coming = iter([begun])
    answered: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": next(coming), "more_body": True}

    async def send(message: Message) -> None:
        answered.append(message)

    headers = {**FORM, "authorization": f"Bearer {dan.secret}", "host": "index.test"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/legacy/",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    assert world.client.portal is not None
    world.client.portal.call(world.client.app, scope, receive, send)

    assert answered[0]["status"] == 429
    assert list(coming) == []


def test_the_windows_slide(world: World, dan: Person):
    for minute in range(5):
        assert uploads(dan, 1, first=minute) == [200]
        world.clock.passes(minutes=1)
    assert uploads(dan, 1, first=10) == [429]

    world.clock.passes(minutes=5, microseconds=-1)
    assert uploads(dan, 1, first=10) == [429]
    world.clock.passes(microseconds=1)
    assert uploads(dan, 2, first=10) == [200, 429]
    world.clock.passes(days=1)
    assert limits_of(dan) == {
        "projects_per_day": (2, 0, 2),
        "files_per_day": (20, 0, 20),
        "files_per_10_minutes": (5, 0, 5),
    }


def test_a_day_has_its_own_limits(world: World, dan: Person):
    for hour in range(4):
        assert uploads(dan, 5, first=5 * hour) == [200] * 5
        world.clock.passes(hours=1)

    refused = dan.uploads(release(20))
    assert (refused.status_code, refused.headers["retry-after"]) == (429, str(20 * 3600))
    assert refused.text.startswith("The limit of 20 files in 24 hours is used up until 2026-11-26 ")

    world.clock.passes(hours=20)
    assert dan.uploads(a_wheel("crumpets")).status_code == 200
    assert dan.uploads(a_wheel("butter")).status_code == 200
    refused = dan.uploads(a_wheel("jam"))
    assert refused.text.startswith("The limit of 2 new projects in 24 hours is used up until ")
    assert dan.uploads(release(20)).status_code == 200


def test_from_careful_on_new_accounts_have_a_quarter_rounded_up(dan: Person, bea: Person):
    quarter = {
        "projects_per_day": (1, 0, 1),
        "files_per_day": (5, 0, 5),
        "files_per_10_minutes": (2, 0, 2),
    }
    whole = limits_of(dan)

    modes = [bea.sets_mode(step) for step in ("careful", "review")]

    assert limits_of(dan) == quarter
    for mode in modes:
        assert limits_of(dan) == quarter
        bea.undoes(mode)
    assert limits_of(dan) == whole


class TestWithSmallNumbers:
    """Every number is a setting."""

    @pytest.fixture
    def settings(self) -> dict[str, object]:
        """Numbers that a test can reach."""
        return {
            "new_account_projects_per_day": 0,
            "trusted_projects_per_day": 1,
            "trusted_files_per_day": 3,
        }

    @pytest.mark.parametrize(
        ("role", "new", "expected"),
        [
            (Role.UPLOADER, True, [429, 429, 429, 429, 429]),
            (Role.UPLOADER, False, [200, 429, 200, 200, 429]),
            (Role.MODERATOR, True, [200, 429, 200, 200, 429]),
            (Role.ADMIN, True, [200, 200, 200, 200, 200]),
        ],
        ids=["new", "trusted", "a moderator", "an admin"],
    )
    def test_who_may_add_how_much(self, world: World, role: Role, new: bool, expected: list[int]):
        person = world.somebody("pat", role=role, scope=Scope.UPLOAD, new=new)
        wheels = [release(0), a_wheel("crumpets"), release(1), release(2), release(3)]

        assert [person.uploads(each).status_code for each in wheels] == expected

    def test_admins_are_told_of_no_limit(self, world: World):
        adm = world.somebody("adm", role=Role.ADMIN)

        answer = adm.uploads(release(1))

        assert "ratelimit" not in answer.headers
        assert limits_of(adm) == {
            "projects_per_day": (None, 1, None),
            "files_per_day": (None, 1, None),
            "files_per_10_minutes": (None, 1, None),
        }


def test_decisions_about_what_was_added_give_nothing_back(dan: Person, bea: Person):
    uploads(dan, 3)
    used = limits_of(dan)

    hold = bea.holds("project:toasting")
    assert limits_of(dan) == used
    bea.undoes(hold)
    assert dan.withdraws("toasting/1.0").status_code == 201
    assert limits_of(dan) == used
