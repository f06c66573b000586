"""The queue has what is open in the order in which it presses, and says why in words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from moderation.queue import SEVERITY, Facts, corroboration, exposure, pressure, reasons
from storage.database import Transaction
from storage.records import Kind, Track
from storage.schema import downloads
from tests.house.test_queries import statements
from tests.kit.casework import dismisses, lines, queue, reports, some_reporters
from tests.kit.makers import a_wheel
from tests.kit.world import Person, World

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
NEW = Track()

tracks = st.builds(Track, confirmed=st.integers(0, 50), dismissed=st.integers(0, 50))
facts = st.builds(
    Facts,
    reporters=st.dictionaries(st.sampled_from(Kind), st.lists(tracks, min_size=1, max_size=5)),
    oldest_at=st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 25)).map(
        lambda at: at.replace(tzinfo=UTC)
    ),
    score=st.integers(0, 200),
    appeals=st.integers(0, 3),
    waiting=st.integers(0, 30),
    downloads=st.integers(0, 10**9),
    files=st.integers(0, 10**5),
    created_at=st.none() | st.just(AT - timedelta(days=30)),
)


def about(**more: Any) -> Facts:
    """A case that one newcomer reported as malware just now, unless said otherwise."""
    return replace(Facts(reporters={Kind.MALWARE: [NEW]}, oldest_at=AT), **more)


@given(facts)
def test_whatever_is_open_presses_and_says_since_when(some: Facts):
    assert pressure(some, at=AT) >= 0
    assert list(reasons(some, at=AT))[-1].startswith("oldest ")


MORE: dict[str, Callable[[Facts], Facts]] = {
    "downloads": lambda some: replace(some, downloads=some.downloads * 10 + 1),
    "files": lambda some: replace(some, files=some.files + 10),
    "age": lambda some: replace(some, oldest_at=some.oldest_at - timedelta(hours=3)),
    "an appeal": lambda some: replace(some, appeals=some.appeals + 1),
    "a waiting file": lambda some: replace(some, waiting=some.waiting + 1),
    "a signal": lambda some: replace(some, score=some.score + 10),
    "a report": lambda some: replace(
        some,
        reporters={
            **some.reporters,
            Kind.MALWARE: [*some.reporters.get(Kind.MALWARE, ()), NEW],
        },
    ),
}


@pytest.mark.parametrize("more", MORE)
@given(some=facts)
def test_more_never_presses_less(more: str, some: Facts):
    assert pressure(MORE[more](some), at=AT) >= pressure(some, at=AT)


@given(some=facts, kind=st.sampled_from(list(Kind)[1:]), number=st.integers(1, 20))
def test_reports_of_other_kinds_do_not_count_towards_malware(some: Facts, kind: Kind, number: int):
    malware = replace(some, reporters={Kind.MALWARE: [NEW]})
    both = replace(some, reporters={Kind.MALWARE: [NEW], kind: [NEW] * number})
    other = replace(some, reporters={kind: [NEW] * number})

    assert pressure(both, at=AT) == max(pressure(malware, at=AT), pressure(other, at=AT))


@given(tracks)
def test_the_track_record_of_a_reporter_moves_a_case_and_silences_nobody(track: Track):
    better = replace(track, confirmed=track.confirmed + 1)
    worse = replace(track, dismissed=track.dismissed + 1)

    assert 0 < corroboration([worse]) < corroboration([track]) < corroboration([better])
    assert corroboration([NEW]) == 1


def test_severity_exposure_corroboration_and_age_each_move_a_case():
    kinds = [about(reporters={kind: [NEW]}) for kind in SEVERITY]
    pressures = [pressure(each, at=AT) for each in kinds]

    assert pressures == sorted(pressures, reverse=True)
    assert exposure(about(), at=AT) == 1
    for more in (
        about(downloads=12_000),
        about(files=40),
        about(created_at=AT - timedelta(days=400)),
        about(reporters={Kind.MALWARE: [NEW] * 3}),
        about(oldest_at=AT - timedelta(days=1)),
    ):
        assert pressure(more, at=AT) > pressure(about(), at=AT)


def test_spam_in_the_most_popular_project_comes_after_malware_in_a_new_one():
    popular = about(
        reporters={Kind.SPAM: [NEW]},
        downloads=100_000_000,
        files=100,
        created_at=AT - timedelta(days=4_000),
    )

    assert pressure(popular, at=AT) < pressure(about(), at=AT)


def test_the_reasons_are_words():
    some = about(
        reporters={Kind.SPAM: [NEW], Kind.MALWARE: [NEW] * 3},
        oldest_at=AT - timedelta(hours=2),
        score=70,
        appeals=1,
        waiting=2,
        downloads=12_000,
    )

    assert list(reasons(some, at=AT)) == [
        "malware, reported by 3",
        "spam, reported by 1",
        "1 appeal",
        "2 files waiting",
        "signals of 70 together",
        "12,000 downloads",
        "oldest 2 h ago",
    ]


@pytest.fixture
def projects(ann: Person) -> None:
    """Three projects."""
    for name in ("toasting", "crumpets", "butter"):
        assert ann.uploads(a_wheel(name)).status_code == 200


@pytest.mark.usefixtures("projects")
def test_a_line_says_what_is_open_and_why(world: World, bea: Person):
    some = some_reporters(world, 3)
    for person in some:
        reports(person)
    reports(some[0], f"file:{a_wheel('toasting').filename}")
    world.services.database.write_now(_fetch, 12_000)
    world.clock.passes(hours=2)

    assert lines(bea) == [
        {
            "id": 1,
            "subject": "project:toasting",
            "words": "malware, reported by 3, 12,000 downloads, oldest 2 h ago",
            "reasons": ["malware, reported by 3", "12,000 downloads", "oldest 2 h ago"],
            "claim": None,
            "version": len(world.journal),
            "opened_at": "2026-11-25T12:00:00Z",
        }
    ]


def _fetch(tx: Transaction, number: int) -> None:
    tx.execute(insert(downloads).values(file_id=1, day="2026-11-25", count=number))


@pytest.mark.usefixtures("projects")
def test_a_reporter_who_was_wrong_presses_less_and_as_before_when_that_is_undone(
    world: World, bea: Person
):
    crier, newcomer = some_reporters(world, 2)
    dismissals = [dismisses(bea, reports(crier, "project:butter"))]
    crumpets = reports(newcomer, "project:crumpets")
    toasting = reports(crier, "project:toasting")
    assert queue(bea) == [crumpets, toasting]

    bea.undoes(dismissals[0])

    assert queue(bea) == [1, crumpets, toasting]


@pytest.mark.usefixtures("projects")
def test_a_dismissed_report_counts_no_more(world: World, bea: Person):
    first, second, third = some_reporters(world, 3)
    number = reports(first)
    dismisses(bea, number)

    reports(second, kind="other")
    other = reports(third, "project:crumpets", kind="spam")

    assert queue(bea) == [other, number]
    assert lines(bea)[1]["reasons"] == ["other, reported by 1", "oldest 0 min ago"]


@pytest.mark.usefixtures("projects")
def test_the_queue_is_as_long_as_asked_and_tells_how_much_there_is(world: World, bea: Person):
    (person,) = some_reporters(world, 1)
    for name in ("toasting", "crumpets", "butter"):
        reports(person, f"project:{name}")

    answer = bea.gets("/api/moderation/queue?limit=2").json()

    assert ([line["id"] for line in answer["cases"]], answer["open"]) == ([1, 2], 3)
    assert bea.gets("/api/moderation/queue?limit=0").status_code == 422
    assert bea.gets("/api/moderation/queue?limit=x").status_code == 422


@pytest.mark.usefixtures("projects")
def test_a_longer_queue_costs_no_more_questions(world: World, bea: Person):
    (person,) = some_reporters(world, 1)
    reports(person)
    assert queue(bea) == [1]
    with statements(world.services.database) as few:
        queue(bea)
    for name in ("crumpets", "butter"):
        reports(person, f"project:{name}")
    with statements(world.services.database) as more:
        queue(bea)

    assert len(few) == len(more)
