"""What is going wrong on purpose. One JSON document, strict: an unknown key is an error, never silently ignored."""

import random
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar


class BadFaults(Exception):
    """The document has an unknown key or a value of the wrong kind. The message names it."""


@dataclass
class ApiFault:
    """What one API path does wrong. `times` counts down; None is for ever."""

    errcode: int | None = None
    rate: float = 1.0
    times: int | None = None
    latency_ms: int = 0
    http_status: int | None = None
    html: bool = False
    truncate: bool = False
    after_execution: bool = False
    timeout_after_execution: bool = False
    drop_connection: bool = False

    def strikes(self, rng: random.Random) -> bool:
        """True when this call is hit; uses up one of `times`."""
        if self.times == 0 or rng.random() >= self.rate:
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass
class PushFaults:
    """What goes wrong between the platform and the callback."""

    lose: float = 0.0
    duplicate: bool = False
    overlap: bool = False
    shuffle: bool = False
    cut_s: float = 5.0
    attempts: int = 3
    previous_aes_key: bool = False
    stale_timestamp: bool = False
    bad_signature: bool = False
    tamper: bool = False
    wrong_appid: bool = False
    no_openid: bool = False


@dataclass
class TokenFaults:
    """What goes wrong with access tokens. `revoke_now` acts once, when it is set."""

    revoke_now: bool = False
    always_40001: bool = False


@dataclass
class ReceiptFaults:
    """How the platform reports the end of a job: up to `delay_s` of virtual time late, lost, twice, before the call
    itself was answered (shares of 0 to 1), with empty blocks.
    """

    delay_s: float = 5.0
    lose: float = 0.0
    twice: float = 0.0
    before_answer: float = 0.0
    empty_blocks: bool = False


@dataclass
class AccountFaults:
    """How the account is set up and judged, where that is not as it should be.

    `admin_confirms` is "" (nobody), "to_all" or "every": such sends wait for the admin. `verdict` ends every send, as
    "err(20008)"; `copyright_state` 2 is a reprint, 3 one that may not be sent. `publish_status` is how publishing ends.
    """

    admin_confirms: str = ""
    verdict: str = ""
    copyright_state: int = 0
    send_errors: int = 0
    refuses_mass: bool = False
    long_titles: bool = False
    publish_status: int = 0
    publish_s: float = 5.0
    breaks_article_id: bool = False
    old_datacube: bool = False
    no_datacube: bool = False
    figures_late: bool = False


@dataclass
class Faults:
    """All faults in force. `api` is keyed by path."""

    api: dict[str, ApiFault] = field(default_factory=dict)
    push: PushFaults = field(default_factory=PushFaults)
    tokens: TokenFaults = field(default_factory=TokenFaults)
    receipts: ReceiptFaults = field(default_factory=ReceiptFaults)
    account: AccountFaults = field(default_factory=AccountFaults)


T = TypeVar("T", ApiFault, PushFaults, TokenFaults, ReceiptFaults, AccountFaults)


def parse_faults(document: Any) -> Faults:
    """Faults from JSON; what is left out is off. Raises BadFaults."""
    sections = _object(document, "faults")
    _known(sections, ("api", "push", "tokens", "receipts", "account"), "faults")
    api = _object(sections.get("api", {}), "api")
    faults = Faults(
        api={path: _read(ApiFault, item, f"api[{path}]") for path, item in api.items()},
        push=_read(PushFaults, sections.get("push", {}), "push"),
        tokens=_read(TokenFaults, sections.get("tokens", {}), "tokens"),
        receipts=_read(ReceiptFaults, sections.get("receipts", {}), "receipts"),
        account=_read(AccountFaults, sections.get("account", {}), "account"),
    )
    _check_ranges(faults)
    return faults


def _check_ranges(faults: Faults) -> None:
    if not 0 < faults.push.cut_s <= 60 or not 1 <= faults.push.attempts <= 10 or not 0 <= faults.push.lose <= 1:
        raise BadFaults("push: cut_s is 0-60 s, attempts 1-10, lose 0-1")
    shares = faults.receipts.lose, faults.receipts.twice, faults.receipts.before_answer
    if faults.receipts.delay_s < 0 or not all(0 <= share <= 1 for share in shares):
        raise BadFaults("receipts: delay_s is not negative; lose, twice and before_answer are 0-1")
    if faults.account.admin_confirms not in ("", "to_all", "every"):
        raise BadFaults("account: admin_confirms is empty, to_all or every")
    for path, fault in faults.api.items():
        if not path.startswith("/") or not 0 <= fault.rate <= 1 or fault.latency_ms < 0:
            raise BadFaults(f"api[{path}]: the path starts with /, rate is 0-1, latency_ms is not negative")


def _read(kind: type[T], document: Any, where: str) -> T:
    given = _object(document, where)
    _known(given, tuple(item.name for item in fields(kind)), where)
    found = kind()
    for name, value in given.items():
        if not _fits(getattr(found, name), value):
            raise BadFaults(f"{where}.{name}: {value!r} is of the wrong kind")
        setattr(found, name, value)
    return found


def _fits(default: object, value: object) -> bool:
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, str):
        return isinstance(value, str)
    if isinstance(default, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, int) and not isinstance(value, bool)


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadFaults(f"{where} must be an object")
    return value


def _known(given: dict[str, Any], names: tuple[str, ...], where: str) -> None:
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise BadFaults(f"{where}: unknown key {', '.join(unknown)}; known: {', '.join(names)}")
