"""Changes that commit together: in their order, each alone, none answered before the flush."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from sqlalchemy import event, text

from storage.database import Database, Transaction
from storage.problems import Conflict, Full, Problem
from storage.together import MOST, Together

MANY = 40


@pytest.fixture
def commits(database: Database) -> list[object]:
    """Something for each transaction that is committed from now on."""
    commits: list[object] = []
    event.listen(database.engine, "commit", commits.append)
    return commits


def toasted(tx: Transaction) -> list[int]:
    """Every slice there is, in order."""
    return [row.slice for row in tx.exec_driver_sql("SELECT slice FROM toast")]


def toast(tx: Transaction, number: int) -> int:
    """Add a slice; how many there are now."""
    tx.execute(text("INSERT INTO toast VALUES (:number)"), {"number": number})
    return len(toasted(tx))


def burn(tx: Transaction, number: int) -> int:
    """Add a slice and fail."""
    toast(tx, number)
    raise Conflict("The toast is burnt.")


def outcomes(*changes: Coroutine[Any, Any, Any]) -> list[Any]:
    """What comes of each of these, all of them begun at once."""

    async def all_of_them() -> list[Any]:
        return await asyncio.gather(*changes, return_exceptions=True)

    return asyncio.run(all_of_them())


def test_many_changes_share_few_flushes_and_one_that_fails_fails_alone(
    database: Database, commits: list[object]
):
    together = Together(database, settle=lambda: None)
    burnt = {0, 17, MANY - 1}

    found = outcomes(
        *(together.write(burn if each in burnt else toast, each) for each in range(MANY))
    )

    fine = [each for each in range(MANY) if each not in burnt]
    assert database.read_now(toasted) == fine
    assert [found[each] for each in fine] == list(range(1, len(fine) + 1))
    assert {str(found[each]) for each in burnt} == {"The toast is burnt."}
    assert len(commits) <= 2


def test_none_is_answered_before_what_is_beside_the_database_is_settled_and_all_is_committed(
    database: Database,
):
    answered: list[int] = []
    when_settled: list[tuple[list[int], list[int]]] = []

    def settle() -> None:
        when_settled.append((list(answered), database.read_now(toasted)))

    together = Together(database, settle=settle)

    async def one(number: int) -> None:
        await together.write(toast, number)
        assert number in database.read_now(toasted)
        answered.append(number)

    assert outcomes(*(one(number) for number in range(MANY))) == [None] * MANY
    assert 0 < len(when_settled) <= 2
    for answers, rows in when_settled:
        assert sorted(answers) == sorted(rows)


def test_what_cannot_be_settled_is_not_committed(database: Database):
    def settle() -> None:
        raise Full("The disk is full.")

    together = Together(database, settle=settle)

    found = outcomes(*(together.write(toast, number) for number in range(3)))

    assert [str(each) for each in found] == ["The disk is full."] * 3
    assert database.read_now(toasted) == []
    assert outcomes(Together(database, settle=lambda: None).write(toast, 4)) == [1]


def test_a_transaction_that_the_database_itself_takes_back_is_nobodys_success(database: Database):
    def lose_all(tx: Transaction) -> None:
        tx.exec_driver_sql("ROLLBACK")
        raise Full("The disk is full.")

    together = Together(database, settle=lambda: None)

    found = outcomes(together.write(toast, 1), together.write(lose_all), together.write(toast, 2))

    assert [isinstance(each, Problem) for each in found[:2]] == [True, True]
    assert database.read_now(toasted) == ([2] if found[2] == 1 else [])


def test_who_has_gone_before_its_turn_has_changed_nothing(database: Database):
    together = Together(database, settle=lambda: None)

    async def one_leaves() -> None:
        first, second = (asyncio.create_task(together.write(toast, each)) for each in (1, 2))
        last = asyncio.create_task(together.write(toast, 3))
        second.cancel()
        await asyncio.gather(first, last)
        with pytest.raises(asyncio.CancelledError):
            await second

    asyncio.run(one_leaves())

    assert database.read_now(toasted) == [1, 3]


def test_no_more_than_so_many_share_a_flush(database: Database, commits: list[object]):
    together = Together(database, settle=lambda: None)

    found = outcomes(*(together.write(toast, each) for each in range(2 * MOST + 1)))

    assert found == list(range(1, 2 * MOST + 2))
    assert len(commits) >= 3
