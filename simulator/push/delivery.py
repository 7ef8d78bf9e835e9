"""Delivers pushes: five seconds, then again; and shows the follower what came of it."""

import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

from simulator.followers import Follower
from simulator.push.envelope import HEADERS, Push, query, seal
from simulator.push.reply import Verdict, judge
from simulator.push.wire import Answer, request
from simulator.push.xml import Field
from simulator.world import World

FAILURE_NOTICE = "该公众号提供的服务出现故障，请稍后再试"
# Answers to these are ignored by the platform: nothing is shown, not even a failure.
SILENT = (
    "view", "view_miniprogram", "unsubscribe", "templatesendjobfinish", "masssendjobfinish",
    "publishjobfinish", "user_authorization_revoke", "user_authorization_cancellation", "user_info_modified",
    "subscribe_msg_popup_event", "subscribe_msg_change_event", "subscribe_msg_sent_event", "scancode_push",
    "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select",
)  # fmt: skip


@dataclass(frozen=True)
class Delivery:
    """One delivery of a push: the answer and what the platform made of it."""

    answer: Answer
    verdict: Verdict

    def as_json(self) -> dict[str, Any]:
        """The line in `attempts`."""
        report: dict[str, Any] = {
            "status": self.answer.status, "ms": self.answer.ms, "body_ok": self.verdict.is_ok
        }  # fmt: skip
        return report if self.verdict.is_ok else {**report, "reason": self.verdict.reason}


@dataclass(frozen=True)
class Result:
    """All deliveries of a push in the order they ended, and the entries the phone got as the direct answer."""

    attempts: list[dict[str, Any]]
    shown: list[dict[str, Any]]


def push(world: World, follower: Follower, fields: list[Field]) -> Result:
    """Deliver one push until it is answered or given up. Blocks; the world's lock must not be held."""
    with world.lock:
        sealed = seal(world, follower.openid, fields)
        is_lost = world.rng.random() < world.faults.push.lose
    deliveries = [] if is_lost else _deliver(world, sealed)
    with world.lock:
        entry = _show(world, follower, sealed, deliveries)
    return Result([delivery.as_json() for delivery in deliveries], [] if entry is None else [entry])


def _deliver(world: World, sealed: Push) -> list[Delivery]:
    faults = world.faults.push
    total = max(faults.attempts, 2) if faults.duplicate else faults.attempts
    # Deliveries start a cut apart, also after a refused connection; with overlap at half of it, the former running.
    gap_s = faults.cut_s / 2 if faults.overlap else faults.cut_s
    done: list[Delivery] = []
    running: set[Future[Delivery]] = set()
    with ThreadPoolExecutor(max_workers=total) as pool:
        for number in range(total):
            running.add(pool.submit(_attempt, world, sealed, faults.cut_s))
            if faults.duplicate and number == 0:
                continue
            running = _collect(done, running, gap_s, is_last=number == total - 1)
            if _is_settled(done):
                break
        done.extend(future.result() for future in running)
    return done


def _collect(
    done: list[Delivery], running: set[Future[Delivery]], gap_s: float, *, is_last: bool
) -> set[Future[Delivery]]:
    """Wait until something is settled or the next delivery is due; return those still running."""
    due = time.monotonic() + gap_s
    while running and not _is_settled(done):
        left_s = None if is_last else max(0.0, due - time.monotonic())
        ended, running = wait(running, left_s, FIRST_COMPLETED)
        done.extend(future.result() for future in ended)
        if not ended:
            return running
    if not is_last and not _is_settled(done):
        time.sleep(max(0.0, due - time.monotonic()))
    return running


def _attempt(world: World, sealed: Push, cut_s: float) -> Delivery:
    with world.lock:
        base, signed = world.settings.callback_url, query(world, sealed)
    url = f"{base}{'&' if '?' in base else '?'}{signed}"
    answer = request("POST", url, HEADERS, sealed.body.encode(), cut_s)
    with world.lock:
        return Delivery(answer, judge(world, sealed, answer))


def _is_settled(done: list[Delivery]) -> bool:
    """True once some delivery was answered at all, well or badly: only silence is delivered again."""
    return any(delivery.answer.error is None for delivery in done)


def _show(world: World, follower: Follower, sealed: Push, done: list[Delivery]) -> dict[str, Any] | None:
    if sealed.kind.lower() in SILENT or sealed.kind == "LOCATION" or not done:
        return None
    entries = [delivery.verdict.entry for delivery in done if delivery.verdict.entry is not None]
    if entries:
        entry = dict(entries[0])
        return world.show(follower, "account", "passive", entry.pop("type"), **entry)
    if any(delivery.verdict.is_ok for delivery in done):
        return None
    return world.show(follower, "system", "notice", "text", text=FAILURE_NOTICE)
