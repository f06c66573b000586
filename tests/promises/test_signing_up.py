"""Where anyone may make an account, one address makes so many a day, and no more at once."""

from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network

import pytest

from index.settings import Signup
from storage.schema import accounts, entry_addresses
from tests.kit.signing_in import at, signs_up
from tests.kit.world import World

TOO_MANY = (
    "The limit of 5 new accounts from one address in 24 hours is used up "
    "until 2026-11-26 12:00:00 UTC. Try again then, or ask the moderators of this index for more."
)


@pytest.fixture
def settings() -> dict[str, object]:
    """Anyone may make an account, also through a proxy."""
    return {"signup": Signup.OPEN, "trusted_proxies": (ip_network("10.0.0.0/8"),)}


def test_an_address_makes_five_accounts_a_day(world: World):
    here, there = at(world, "192.0.2.1"), at(world, "192.0.2.2")
    made = [signs_up(here, f"new{number}") for number in range(5)]
    before = world.journal

    refused = signs_up(here, "new5")

    assert [answer.status_code for answer in made] == [201] * 5
    policy = '"signups_per_day";q=5;w=86400'
    assert [(each.headers["ratelimit-policy"], each.headers["ratelimit"]) for each in made] == [
        (policy, f'"signups_per_day";r={left};t=86400') for left in (4, 3, 2, 1, 0)
    ]
    assert (refused.status_code, refused.text) == (429, TOO_MANY)
    assert refused.headers["retry-after"] == "86400"
    assert refused.headers["ratelimit"] == '"signups_per_day";r=0;t=86400'
    assert world.journal == before
    assert signs_up(there, "new5").status_code == 201


def test_what_was_refused_does_not_count(world: World):
    for _ in range(6):
        assert signs_up(world, "-").status_code == 400
        assert signs_up(world, email="nobody").status_code == 400
    assert signs_up(world, "new").status_code == 201
    for _ in range(6):
        assert signs_up(world, "new").status_code == 409

    assert signs_up(world, "other").headers["ratelimit"] == '"signups_per_day";r=3;t=86400'


def test_an_address_is_forgotten_when_it_counts_no_longer(world: World):
    signs_up(world, "new0")
    world.clock.passes(hours=23)
    for number in range(1, 5):
        signs_up(world, f"new{number}")
    assert signs_up(world, "new5").headers["retry-after"] == "3600"

    world.clock.passes(hours=1)
    assert signs_up(world, "new5").status_code == 201
    kept = world.rows(entry_addresses)["entry_addresses"]
    assert len(kept) == 5
    world.clock.passes(days=1)
    assert signs_up(at(world, "192.0.2.2"), "new6").status_code == 201
    assert [address for _, address in world.rows(entry_addresses)["entry_addresses"]] == [
        "192.0.2.2"
    ]


def test_of_many_at_once_five_get_in(world: World):
    with ThreadPoolExecutor(15) as threads:
        names = [f"new{number}" for number in range(15)]
        answers = list(threads.map(lambda name: signs_up(world, name), names))

    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [429] * 10
    assert len(world.rows(accounts)["accounts"]) == 5


def test_behind_a_trusted_proxy_each_client_has_its_own_limit(world: World):
    proxy = at(world, "10.0.0.1")

    def through(client: str, name: str) -> int:
        body = {"name": name, "password": "a long password"}
        headers = {"x-forwarded-for": f"198.51.100.7, {client}"}
        return proxy.anyone.asks("POST", "/api/accounts", json=body, headers=headers).status_code

    assert [through("192.0.2.1", f"one{number}") for number in range(6)] == [201] * 5 + [429]
    assert through("192.0.2.2", "two") == 201
