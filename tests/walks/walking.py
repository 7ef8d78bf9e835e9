"""Walks: moves chosen at random until something is wrong; then the shortest list of moves that still goes wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.secret_talk import Planted
from tests.walks.checks import Checker, leaks
from tests.walks.moves import PUSHES, Chooser, Kind, Move
from tests.walks.world import Happened, World

FOLLOWERS = 5
SHRINKS = 60
# What one customer and his rep do; the rest happens to all of them.
CUSTOMERS = PUSHES | {Kind.ACCEPT, Kind.REPLY, Kind.TRANSFER, Kind.CLOSE}
LAST_SHOWN = 40

MakeWorld = Callable[[Path], World]


@dataclass
class Walk:
    """What was walked; `faults` are about the last move. `turns` counts pushes."""

    moves: list[Move]
    transcript: list[str]
    faults: list[str]
    turns: int = 0


def walk(make: MakeWorld, folder: Path, seed: int, turns: int, texts: Sequence[str]) -> Walk:
    """Walk so many turns from a seed, or until something is wrong."""
    chooser = Chooser(seed, FOLLOWERS, texts)
    world = make(folder)
    checker = Checker(world, FOLLOWERS)
    walked = Walk([], [], [])
    offered: list[Sequence[tuple[str, str]]] = [()] * FOLLOWERS
    try:
        while walked.turns < turns and not walked.faults:
            move = chooser.next(offered)
            now = _step(world, checker, walked, move)
            lines = [line for said in now.said for line in said.lines]
            offered[move.who] = lines or offered[move.who]
        walked.faults = walked.faults or _leaks(world, chooser.planted)
    finally:
        world.close()
    return walked


def shortest(make: MakeWorld, new_folder: Callable[[], Path], failed: Walk) -> Walk:
    """A shorter walk that ends in the same kind of fault: moves are left out as long as it still does."""
    wanted = _kind_of(failed.faults)
    best, tries = _without_others(make, new_folder(), failed), 1
    size = max(1, len(best.moves) // 2)
    while size and tries < SHRINKS:
        start = 0
        while start < len(best.moves) - 1 and tries < SHRINKS:
            moves = best.moves[:start] + best.moves[min(start + size, len(best.moves) - 1) :]
            again = _again(make, new_folder(), moves)
            tries += 1
            if again.faults and _kind_of(again.faults) == wanted:
                best = again
            else:
                start += size
        size //= 2
    return best


def _without_others(make: MakeWorld, folder: Path, failed: Walk) -> Walk:
    """The same walk without the other customers' moves, if it still goes wrong."""
    who = failed.moves[-1].who
    alone = _again(make, folder, [move for move in failed.moves if move.who == who or move.kind not in CUSTOMERS])
    return alone if alone.faults and _kind_of(alone.faults) == _kind_of(failed.faults) else failed


def told(seed: int, failed: Walk) -> str:
    """A failure as people read it: seed, faults, transcript, and the moves to walk it again."""
    head = [f"seed {seed}, after {len(failed.moves)} moves:", *failed.faults, "", *failed.transcript[-LAST_SHOWN:], ""]
    return "\n".join([*head, *(str(move) for move in failed.moves[-LAST_SHOWN:])])


def _again(make: MakeWorld, folder: Path, moves: Sequence[Move]) -> Walk:
    world, walked = make(folder), Walk([], [], [])
    checker = Checker(world, FOLLOWERS)
    try:
        for move in moves:
            _step(world, checker, walked, move)
            if walked.faults:
                break
    finally:
        world.close()
    return walked


def _step(world: World, checker: Checker, walked: Walk, move: Move) -> Happened:
    now = world.happen(move)
    walked.moves.append(move)
    walked.turns += move.kind in PUSHES
    walked.transcript.append(f"[{move.who}] {move.kind.value} {move.key} {move.text[:80]!r} ({now.owner.value})")
    for said in now.said:
        lines = " ".join(f"〔{label}〕" for _, label in said.lines)
        walked.transcript.append(f"    {said.sender}: {said.text} {lines} {list(said.sources)}")
    walked.faults = checker.faults(now)
    return now


def _leaks(world: World, planted: Sequence[Planted]) -> list[str]:
    return leaks(world.bot.database, list(world.redis_content()), "".join(world.logged), planted)


def _kind_of(faults: Sequence[str]) -> str:
    return faults[0].split(":")[0]
