"""Law 2: undoing decisions, in any order, leaves the world in which they were never made."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings

from moderation import accounts, publishing
from moderation.permissions import known_project
from storage import journal, projects, undoes, verifying
from storage.database import Database, Transaction
from storage.records import Kind, Mode, Role, Scope
from tests.kit.below import TERMS, Below, submission
from tests.kit.clock import START
from tests.kit.histories import (
    DAY,
    FILES,
    FIRST,
    HOUR,
    MODERATORS,
    UPLOADERS,
    Step,
    lived,
)
from tests.kit.observing import below, casework, domain_rows, permissions
from tests.kit.placed import migrated
from tests.kit.steps import histories
from tests.kit.through import Through, observed
from tests.kit.without import lived_without
from tests.kit.world import a_world

STEPS = 40
HISTORIES = 2 * settings.default.max_examples
"""200; with ``--hypothesis-profile=deep`` 10,000."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Two uploaders with a token each, who share a project with a release of two files."""
    database = Database(f"sqlite:///{migrated(tmp_path_factory.mktemp('rows'))}")
    database.write_now(_begin)
    yield database
    database.close()


TOAST = "file:toasting-1.0-py3-none-any.whl"
HOLD, RELEASE = Step("hold", "bea", ([TOAST], [], None)), Step("release", "cat", ([0],))
UNDO_ALL = Step("undo all", "cat", ("bea", HOUR))
WITHDRAW, RESTORE = Step("withdraw", "ann", (TOAST,)), Step("restore", "bob", (TOAST,))
REVIEW, OPEN = Step("mode", "bea", (Mode.REVIEW, None)), Step("mode", "cat", (Mode.OPEN, None))
NEW = Step("upload", "bob", ("file:toasting-2.0-py3-none-any.whl",))
LATER = Step("wait", args=(HOUR,))
VOUCH, NOTHING = (
    Step("vouch", "bea", ("account:bob",)),
    Step("limits", "bea", ("account:bob", 0, DAY)),
)
MALWARE = Step("report", "bob", ("project:toasting", Kind.MALWARE))
DISMISS, CASE = Step("dismiss", "bea", case="project:toasting"), "project:toasting"
HOLD_IT, RELEASE_IT = replace(HOLD, case=CASE), replace(RELEASE, case=CASE)
APPEAL, CLAIM = Step("appeal", "ann", (0,)), Step("claim", "cat", (CASE,))


@settings(max_examples=HISTORIES, deadline=None)
@given(steps=histories(STEPS))
@example(steps=[REVIEW, Step("undo", "bea", (0,)), REVIEW, OPEN, Step("undo", "bea", (2,))])
@example(steps=[REVIEW, NEW, LATER, RELEASE, LATER, Step("undo", "bea", (1,))])
@example(steps=[REVIEW, REVIEW, NEW, LATER, OPEN, Step("undo", "bea", (2,))])
@example(steps=[REVIEW, NEW, LATER, RELEASE, NEW])
@example(steps=[VOUCH, REVIEW, NEW, UNDO_ALL, Step("undo", "cat", (0,))])
@example(steps=[NOTHING, NEW, LATER, NOTHING, UNDO_ALL, NEW])
@example(steps=[HOLD, RELEASE, HOLD, RELEASE, Step("undo", "bea", (2,))])
@example(steps=[WITHDRAW, RESTORE, WITHDRAW, RESTORE, Step("undo", "bea", (2,))])
@example(steps=[HOLD, Step("undo", "cat", (0,)), HOLD, UNDO_ALL, Step("undo", "bea", (2,))])
@example(steps=[MALWARE, DISMISS, LATER, Step("undo", "cat", (0,)), CLAIM])
@example(steps=[MALWARE, HOLD_IT, APPEAL, RELEASE_IT, Step("undo", "cat", (1,))])
@example(steps=[MALWARE, HOLD, APPEAL, LATER, DISMISS, Step("undo", "bea", (1,))])
def test_a_history_with_undoes_is_the_history_without_what_they_undid(
    database: Database, steps: list[Step]
):
    history, now, with_undoes = database.rehearse_now(_world_with, steps)
    without = database.rehearse_now(_world_without, history, _moments(now))

    assert with_undoes == without


@settings(max_examples=HISTORIES // 20, deadline=None)
@given(steps=histories(STEPS // 2))
def test_so_it_is_through_the_public_door(
    tmp_path_factory: pytest.TempPathFactory, template: Path, steps: list[Step]
):
    folder = tmp_path_factory.mktemp("worlds")
    with a_world(folder / "with", template) as world:
        index = Through(world)
        history, now = lived(index, steps, START)
        with_undoes = _answers(index, now)
    with a_world(folder / "without", template) as world:
        index = Through(world)
        lived_without(index, history)

        assert _answers(index, now) == with_undoes


def _answers(index: Through, now: datetime) -> list[dict[str, Any]]:
    answers = []
    for at in _moments(now):
        index.world.clock.now = at
        answers.append(observed(index))
    return answers


def _world_with(tx: Transaction, steps: list[Step]):
    history, now = lived(Below(tx), steps, START)
    assert undoes.wrongly_settled(tx) == []
    assert verifying.verify_within(tx) == journal.last_serial(tx)
    return history, now, _observed(tx, _moments(now))


def _world_without(tx: Transaction, history, moments: list[datetime]):
    lived_without(Below(tx), history)
    return _observed(tx, moments)


def _moments(now: datetime) -> list[datetime]:
    """Then, and when some holds are about to end, have ended and have ended long ago."""
    return [now, now + HOUR, now + 2 * DAY]


def _observed(tx: Transaction, moments: list[datetime]):
    seen = {at: below(tx, at) | casework(tx, at) for at in moments}
    return seen, permissions(tx, moments[0]), domain_rows(tx)


def _begin(tx: Transaction) -> None:
    people = {}
    for name in (*UPLOADERS, *MODERATORS):
        people[name] = accounts.register(
            tx,
            name=name,
            email=None,
            role=Role.MODERATOR if name in MODERATORS else Role.UPLOADER,
            password_hash=None,
            by="operator:test",
            at=START,
        )
    for name in UPLOADERS:
        accounts.add_token(
            tx,
            people[name],
            token_id=name,
            secret=name,
            scope=Scope.UPLOAD,
            project=None,
            expires_at=None,
            by="operator:test",
            at=START,
        )
    for file in FIRST:
        publishing.publish(tx, submission(FILES[file]), people["ann"], None, terms=TERMS, at=START)
    toasting = known_project(tx, "toasting")
    projects.add_member(tx, toasting.id, people["bob"].id, at=START)
