"""Passwords: what is told of a wrong one, and how guessing is limited (ATTACKS 34)."""

from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network

import pytest
from argon2 import PasswordHasher

from index.auth.callers import FAILURES_PER_ACCOUNT, FAILURES_PER_ADDRESS
from index.auth.passwords import is_outdated
from storage import accounts
from tests.kit.signing_in import PASSWORD, at, logs_in
from tests.kit.world import Person, World

TOO_MANY = "Too many log-ins failed from your address. Wait, or use a token."
WRONG = "The name or the password is wrong. Check both, or use a token."


@pytest.fixture
def settings() -> dict[str, object]:
    """One network has a proxy that is believed."""
    return {"trusted_proxies": (ip_network("10.0.0.0/8"),)}


@pytest.fixture
def eva(world: World) -> Person:
    """An uploader with a password."""
    return world.somebody("eva", password=PASSWORD)


def test_what_does_not_fit_is_told_alike(world: World, eva: Person):
    world.somebody("keyed")

    for name, password in (("eva", "wrong"), ("nobody", PASSWORD), ("keyed", PASSWORD), ("", "")):
        answer = logs_in(world, name, password)
        assert (answer.status_code, answer.text) == (401, WRONG)
        assert answer.headers["www-authenticate"].startswith("Basic ")


def test_a_hash_of_yesterday_is_renewed_by_a_log_in(world: World, eva: Person):
    old = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    write = world.services.database.write_now
    write(accounts.set_password_hash, eva.account.id, old)
    assert logs_in(world, password="wrong").status_code == 401
    assert world.asks_rows(accounts.password_hash, eva.account.id) == old

    assert logs_in(world).status_code == 200

    new = world.asks_rows(accounts.password_hash, eva.account.id)
    assert (is_outdated(old), is_outdated(new)) == (True, False)
    assert logs_in(world).status_code == 200
    assert logs_in(world, password="wrong").status_code == 401


def test_guesses_are_limited_and_an_owner_elsewhere_is_not_locked_out(world: World, eva: Person):
    thief, owner = at(world, "198.51.100.7"), at(world, "203.0.113.9")

    for _ in range(FAILURES_PER_ACCOUNT):
        assert logs_in(thief, password="guess").status_code == 401

    answer = logs_in(thief)
    assert (answer.status_code, answer.text) == (429, TOO_MANY)
    assert answer.headers["retry-after"] == "901"
    body = {"name": "eva", "password": PASSWORD}
    assert thief.anyone.asks("POST", "/api/tokens", json=body).status_code == 429
    assert logs_in(owner).status_code == 200
    assert logs_in(thief, "fay").status_code == 401


def test_refused_guesses_do_not_count_and_the_limit_ends(world: World, eva: Person):
    for _ in range(FAILURES_PER_ACCOUNT):
        logs_in(world, password="guess")
    world.clock.passes(minutes=14)
    for _ in range(3):
        assert logs_in(world).headers["retry-after"] == "61"

    world.clock.passes(minutes=1)

    assert logs_in(world).status_code == 200


def test_a_log_in_makes_earlier_failures_good(world: World, eva: Person):
    for _ in range(3):
        for _ in range(FAILURES_PER_ACCOUNT - 1):
            assert logs_in(world, password="guess").status_code == 401
        assert logs_in(world).status_code == 200


def test_an_address_has_a_limit_over_all_accounts(world: World, eva: Person):
    thief = at(world, "198.51.100.7")
    for number in range(FAILURES_PER_ADDRESS - 1):
        world.services.database.write_now(
            accounts.note_failure, name=f"a{number}", address="198.51.100.7", at=world.clock()
        )
    assert logs_in(thief, "fay").status_code == 401

    assert logs_in(thief).status_code == 429
    assert logs_in(world).status_code == 200


def test_guesses_sent_all_at_once_are_limited_too(world: World, eva: Person):
    with ThreadPoolExecutor(12) as threads:
        answers = [threads.submit(logs_in, world, password=f"guess {n}") for n in range(24)]
        statuses = sorted(answer.result().status_code for answer in answers)

    assert statuses == [401] * FAILURES_PER_ACCOUNT + [429] * (24 - FAILURES_PER_ACCOUNT)


def test_a_client_s_own_word_on_its_address_is_not_believed(world: World, eva: Person):
    thief, proxy = at(world, "198.51.100.7"), at(world, "10.1.2.3")
    for number in range(FAILURES_PER_ACCOUNT):
        spoofed = {"x-forwarded-for": f"203.0.113.{number}"}
        assert logs_in(thief, password="guess", **spoofed).status_code == 401
        behind = {"x-forwarded-for": f"203.0.113.{number}, 192.0.2.1"}
        assert logs_in(proxy, password="guess", **behind).status_code == 401

    assert logs_in(thief, **{"x-forwarded-for": "203.0.113.99"}).status_code == 429
    assert logs_in(proxy, **{"x-forwarded-for": "203.0.113.99, 192.0.2.1"}).status_code == 429
    assert logs_in(proxy, **{"x-forwarded-for": "192.0.2.1, 203.0.113.99"}).status_code == 200
