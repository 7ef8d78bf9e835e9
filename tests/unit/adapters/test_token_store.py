"""One token for all: renewed once, early, by one; never asked for in a storm."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.adapters.token_store import LEASE, FreshToken, PlatformToken, TokenStore
from bot.clock import FixedClock
from bot.db import Base, Database
from bot.errors import PlatformMisconfigured, WechatBusy

LIFE_S = 7200


@dataclass
class Platform:
    """Hands out numbered tokens; `script` entries come first: a token, or an error to raise."""

    asked: list[bool] = field(default_factory=list)
    script: list[FreshToken | Exception] = field(default_factory=list)
    on_ask: threading.Event | None = None
    go_on: threading.Event | None = None

    def __call__(self, *, force: bool) -> FreshToken:
        self.asked.append(force)
        number = len(self.asked)
        if self.on_ask is not None and self.go_on is not None:
            self.on_ask.set()
            self.go_on.wait(5)
        if self.script:
            found = self.script.pop(0)
            if isinstance(found, Exception):
                raise found
            return found
        return FreshToken(f"token-{number}", LIFE_S)


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def store(database: Database, clock: FixedClock, platform: Platform) -> TokenStore:
    return TokenStore(database, clock, platform, "wx1")


@pytest.fixture
def neighbour(tmp_path: Path, database: Database, clock: FixedClock, platform: Platform) -> Iterator[TokenStore]:
    """Another process on the same database."""
    other = Database(f"sqlite:///{tmp_path / 'test.db'}")
    yield TokenStore(other, clock, platform, "wx1")
    other.close()


def test_first_need_fetches_and_later_ones_read_the_row(store, neighbour, platform) -> None:
    assert [store.get(), store.get(), neighbour.get()] == ["token-1"] * 3

    assert platform.asked == [False]


def test_token_is_encrypted_at_rest(store, database) -> None:
    token = store.get()

    with database.reading() as session:
        stored = session.execute(text("SELECT value FROM platform_token")).scalar_one()
    assert token not in stored


def test_token_is_renewed_at_four_fifths_of_its_life(store, platform, clock) -> None:
    store.get()

    clock.advance(LIFE_S * 0.8 - 1)
    before = store.get()
    clock.advance(2)
    after = store.get()

    assert (before, after) == ("token-1", "token-2")


def test_same_token_handed_out_early_is_asked_for_again_only_after_four_fifths_of_the_rest(
    store, platform, clock
) -> None:
    platform.script = [FreshToken("same", LIFE_S), FreshToken("same", 1440)]
    store.get()
    clock.advance(LIFE_S * 0.8)
    store.get()

    clock.advance(1100)
    still = store.get()
    clock.advance(60)
    renewed = store.get()

    assert (still, renewed) == ("same", "token-3")
    assert platform.asked == [False, False, False]


def test_old_token_serves_on_while_early_renewal_fails(store, platform, clock) -> None:
    store.get()
    platform.script = [WechatBusy(), PlatformMisconfigured()]
    clock.advance(LIFE_S * 0.9)

    assert store.get() == "token-1"
    clock.advance(11)
    assert store.get() == "token-1"
    assert len(platform.asked) == 3


def test_others_take_the_old_token_while_one_renews(store, neighbour, platform, clock) -> None:
    store.get()
    clock.advance(LIFE_S * 0.9)
    platform.on_ask, platform.go_on = threading.Event(), threading.Event()

    with ThreadPoolExecutor(1) as pool:
        renewing = pool.submit(store.get)
        platform.on_ask.wait(5)
        meanwhile = [store.get(), neighbour.get()]
        platform.go_on.set()

    assert meanwhile == ["token-1", "token-1"]
    assert renewing.result() == "token-2"


def test_refused_token_is_replaced_once_for_everybody_who_was_refused(store, neighbour, platform, clock) -> None:
    failed = store.get()
    clock.advance(60)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: one.refresh_if(failed), [store, neighbour] * 8))

    assert set(found) == {"token-2"}
    assert len(platform.asked) == 2


def test_first_token_is_fetched_once_by_many_threads_of_two_processes(store, neighbour, platform) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: one.get(), [store, neighbour] * 8))

    assert set(found) == {"token-1"}
    assert platform.asked == [False]


def test_platform_is_asked_at_most_once_in_ten_seconds(store, platform, clock) -> None:
    store.get()

    for _ in range(5):
        with pytest.raises(WechatBusy):
            store.refresh_if(store.get())
        clock.advance(1.5)
    clock.advance(5)

    assert store.refresh_if("token-1") == "token-2"
    assert len(platform.asked) == 2


def test_refused_token_that_is_handed_out_again_is_forced_out_next_time(store, platform, clock) -> None:
    platform.script = [FreshToken("bad", LIFE_S), FreshToken("bad", LIFE_S - 11)]
    store.get()
    clock.advance(11)
    with pytest.raises(WechatBusy):
        store.refresh_if("bad")
    clock.advance(11)

    assert store.refresh_if("bad") == "token-3"
    assert platform.asked == [False, False, True]


def test_failed_fetch_without_a_token_tells_why_and_pauses(store, platform, clock) -> None:
    platform.script = [PlatformMisconfigured(errcode=40125)]
    with pytest.raises(PlatformMisconfigured):
        store.get()

    with pytest.raises(WechatBusy):
        store.get()
    clock.advance(11)

    assert store.get() == "token-2"


def test_expired_token_is_never_given_out(store, platform, clock) -> None:
    store.get()
    clock.advance(LIFE_S)
    platform.script = [WechatBusy()]

    with pytest.raises(WechatBusy):
        store.get()


def test_lease_of_a_dead_process_ends(store, database, clock, platform) -> None:
    store.get()
    with database.transaction() as session:
        row = session.get_one(PlatformToken, "wx1")
        row.lease_until = row.asked_at = clock.now()
    clock.advance(11)

    assert store.refresh_if("token-1") == "token-2"


def test_clock_that_was_set_back_stops_nobody(store, database, clock) -> None:
    clock.advance(86_400)
    store.get()
    with database.transaction() as session:
        row = session.get_one(PlatformToken, "wx1")
        row.lease_until = clock.now() + LEASE
    clock.advance(-86_400)

    assert store.refresh_if("token-1") == "token-2"


def test_late_fetch_of_a_former_holder_does_not_overwrite_a_newer_token(store, neighbour, platform, clock) -> None:
    platform.on_ask, platform.go_on = threading.Event(), threading.Event()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(store.get)
        platform.on_ask.wait(5)
        clock.advance(20)
        platform.script = [FreshToken("newer", LIFE_S)]
        platform.on_ask = None
        newer = neighbour.get()
        platform.script = [FreshToken("older", LIFE_S)]
        platform.go_on.set()

    assert newer == "newer"
    assert slow.result() == "newer"


def test_accounts_do_not_share_a_token(database: Database, clock: FixedClock) -> None:
    first, second = Platform(script=[FreshToken("a", 9)]), Platform(script=[FreshToken("b", 9)])

    found = [TokenStore(database, clock, first, "wx1").get(), TokenStore(database, clock, second, "wx2").get()]

    assert found == ["a", "b"]
    assert PlatformToken.__tablename__ in Base.metadata.tables
