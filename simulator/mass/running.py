"""Runs mass jobs: accepted, perhaps confirmed by the admin, sent by the virtual clock, reported."""

import threading
from collections.abc import Iterable

from simulator.articles.newsstand import Kind
from simulator.followers import Entry, Follower
from simulator.mass.office import Job, State
from simulator.push.delivery import push
from simulator.push.fields import event
from simulator.push.xml import Field
from simulator.world import World

ADMIN_S = 30 * 60
SUCCESS = "send success"


def start(world: World, job: Job, key: str | None) -> None:
    """Accept a job. The caller holds the world's lock."""
    confirms = world.faults.account.admin_confirms
    job.waits_for_admin = confirms == "every" or (confirms == "to_all" and job.is_to_all)
    world.mass.add(job, key)
    if job.waits_for_admin:
        world.later.at(job.at_s + ADMIN_S, lambda: _time_out(world, job))
    else:
        _let_run(world, job)


def confirm(world: World, job: Job, *, agrees: bool) -> None:
    """The admin's word about a job that waits for it. The caller holds the world's lock."""
    job.waits_for_admin = False
    if agrees:
        _let_run(world, job)
    else:
        world.later.at(world.clock.now_s(), lambda: finish(world, job, "err(40001)"))


def finish(world: World, job: Job, verdict: str | None = None, at_s: float | None = None) -> None:
    """Let a job end and have it reported; `at_s` is when it ended, if that was before now. A repeat does nothing. Not
    under the world's lock.
    """
    with world.lock:
        if not _end(world, job, verdict):
            return
        faults, ended_s = world.faults.receipts, world.clock.now_s() if at_s is None else at_s
        if job.has_receipt and world.rng.random() >= faults.lose:
            times = 2 if world.rng.random() < faults.twice else 1
            for number in range(1, times + 1):
                due_s = ended_s + number * world.rng.uniform(0, faults.delay_s)
                world.later.at(due_s, lambda: report(world, receipt(world, job)))


def finish_at_once(world: World, job: Job) -> None:
    """Let a job end and report it before this returns. Not under the world's lock."""
    with world.lock:
        if not _end(world, job, None):
            return
        fields = receipt(world, job)
    push(world, world.helper, fields)


def receipt(world: World, job: Job) -> list[Field]:
    """The fields of MASSSENDJOBFINISH."""
    copied: list[Field] = [("Count", 0), ("ResultList", ""), ("CheckState", job.copyright_state)]
    if job.copyright_state > 1:
        item: list[Field] = [
            ("ArticleIdx", 1), ("UserDeclareState", 0), ("AuditState", 2),
            ("OriginalArticleUrl", "https://example.com/original"), ("OriginalArticleType", 1), ("CanReprint", 1),
            ("NeedReplaceContent", 0), ("NeedShowReprintSource", 1),
        ]  # fmt: skip
        copied = [("Count", 1), ("ResultList", [("item", item)]), ("CheckState", job.copyright_state)]
    urls: list[Field] = [("item", [("ArticleIdx", post.idx), ("ArticleUrl", post.url)]) for post in job.posts]
    shown: list[Field] = [("Count", len(urls)), ("ResultList", urls)]
    is_empty = world.faults.receipts.empty_blocks
    parts: list[Field] = [
        ("MsgID", job.msg_id),
        ("Status", job.status),
        ("TotalCount", len(job.openids)),
        ("FilterCount", job.let_through),
        ("SentCount", job.sent),
        ("ErrorCount", job.errors),
        ("CopyrightCheckResult", [] if is_empty else copied),
        ("ArticleUrlResult", [] if is_empty else shown),
    ]
    return event(world, world.helper, "MASSSENDJOBFINISH", parts)


def report(world: World, fields: list[Field], follower: Follower | None = None) -> None:
    """Push something the platform says by itself, in its helper's name or about one follower; returns at once."""
    threading.Thread(target=push, args=(world, follower or world.helper, fields), daemon=True).start()


def _let_run(world: World, job: Job) -> None:
    ends_s = world.clock.now_s() + world.mass.duration_s(job)
    world.later.at(ends_s, lambda: finish(world, job, at_s=ends_s))


def _time_out(world: World, job: Job) -> None:
    if job.waits_for_admin:
        finish(world, job, "err(40002)")


def _end(world: World, job: Job, verdict: str | None) -> bool:
    if job.state is not State.SENDING:
        return False
    job.waits_for_admin = False
    job.copyright_state = world.faults.account.copyright_state
    job.status = verdict or _verdict(world, job)
    if job.status == SUCCESS:
        job.state = State.SUCCESS
        _send_out(world, job)
    else:
        job.state = State.FAILED
    return True


def _verdict(world: World, job: Job) -> str:
    account = world.faults.account
    if account.verdict:
        return account.verdict
    if job.copyright_state == 3:
        return "err(30002)"
    if job.copyright_state == 2 and not job.ignores_reprint:
        return "err(30003)"
    return SUCCESS


def _send_out(world: World, job: Job) -> None:
    month = world.clock.beijing_month()
    meant = (world.followers.get(openid) for openid in job.openids)
    through = [person for person in meant if person is not None and person.is_following and person.take_mass(month)]
    job.let_through = len(through)
    job.errors = min(world.faults.account.send_errors, len(through))
    job.sent = job.let_through - job.errors
    job.posts = world.newsstand.put_up(job.data_id, job.articles, Kind.MASS)
    for post in job.posts:
        post.targets = job.let_through
    show_all(world, through[job.errors :], "mass", card(job))


def card(job: Job) -> dict[str, object]:
    """What of a job the phone shows: its articles under each other, or its text."""
    if not job.posts:
        return {"type": "text", "text": job.text}
    return article_card([(post.article, post.url) for post in job.posts])


def article_card(shown: Iterable[tuple[dict[str, object], str]]) -> dict[str, object]:
    """Articles as the chat shows them, the first one large; its title and address stand on the line itself as well."""
    articles = [
        {
            "title": article["title"],
            "description": article["digest"],
            "url": url,
            "picurl": article["thumb_url"],
        }
        for article, url in shown
    ]
    return {"type": "article", "title": articles[0]["title"], "url": articles[0]["url"], "articles": articles}


def show_all(world: World, people: Iterable[Follower], via: str, shown: dict[str, object]) -> None:
    """Put one line onto many phones. Those nobody looks at share it, and the feed does not tell of them."""
    rest = dict(shown)
    kind = str(rest.pop("type"))
    # One number for the line they share; the phone tells lines apart by it.
    seq = world.feed.publish("mass", {})
    at = world.clock.now().isoformat()
    shared: Entry = {"at": at, "from": "account", "via": via, "type": kind, **rest, "seq": seq}
    for person in people:
        if person.is_quiet:
            person.transcript.append(shared)
        else:
            world.show(person, "account", via, kind, **rest)
