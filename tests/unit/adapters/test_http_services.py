"""The model and the core bank behind real sockets: slow, garbled, gone."""

import io
import json
import threading
import time
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot.adapters import parse_memory
from bot.adapters.breaker import FAILURES, OPEN_S, OVERLOADS, Breaker
from bot.adapters.core_bank_client import HttpCoreBank
from bot.adapters.parse_memory import ParseMemory
from bot.adapters.rasa_client import RasaNlu
from bot.errors import BankUnavailable, NluUnavailable, NotFound
from bot.messages import Understanding

TODAY = date(2026, 11, 24)
PARSED = {
    "text": "贷20万",
    "intent": {"name": "loan_apply", "confidence": 1.0000002},
    "intent_ranking": [{"name": "loan_apply", "confidence": 0.9}, {"name": "loan_limit", "confidence": 0.1}],
    "entities": [{"entity": "amount", "value": {"low_fen": 1, "high_fen": 2}, "start": 1, "end": 4, "extractor": "x"}],
}


class Service:
    """A loopback server that answers with what the test says."""

    def __init__(self) -> None:
        self.status, self.body, self.wait_s, self.drip_s = 200, b"{}", 0.0, 0.0
        self.headers: dict[str, str] = {}
        self.asked: list[tuple[str, bytes, str | None]] = []
        self.deadlines: list[str | None] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self._answer()

            def _answer(self) -> None:
                sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.asked.append((self.path, sent, self.headers.get("Authorization")))
                outer.deadlines.append(self.headers.get("X-Deadline-Ms"))
                outer.over.wait(outer.wait_s)
                self.send_response(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(outer.body)))
                self.end_headers()
                for byte in outer.body if outer.drip_s else [outer.body]:
                    self.wfile.write(bytes([byte]) if isinstance(byte, int) else byte)
                    self.wfile.flush()
                    outer.over.wait(outer.drip_s)

            def log_message(self, *_: object) -> None:
                return

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:
                    return

        self.over = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def says(self, body: object, status: int = 200, **headers: str) -> None:
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.body, self.status = json.dumps(body).encode() if not isinstance(body, bytes) else body, status


@pytest.fixture
def service() -> Iterator[Service]:
    found = Service()
    yield found
    found.over.set()
    found.server.shutdown()
    found.server.server_close()


def parse(nlu: RasaNlu, timeout_s: float = 1.0) -> object:
    return nlu.parse("贷20万", today=TODAY, timeout_s=timeout_s)


def test_a_parse_reply_becomes_an_understanding(service: Service) -> None:
    service.says(PARSED)

    found = RasaNlu(service.url).parse("贷20万", today=TODAY, timeout_s=1.0)

    assert (found.intent, found.confidence) == ("loan_apply", 1.0)
    assert found.ranking[1] == ("loan_limit", 0.1)
    assert (found.entities[0].kind, found.entities[0].text) == ("amount", "20万")
    assert json.loads(service.asked[0][1]) == {"text": "贷20万", "metadata": {"today": "2026-11-24"}}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"[]", b'{"text": "x"}', b'{"text":"x","intent":{"name":"a","confidence":NaN}}',
        b'{"text":"x","intent":{"name":"a","confidence":7}}', b'{"text":"x","intent":{"name":null,"confidence":0}}',
        b'{"text":"x","intent":{"name":"a","confidence":1},"entities":[{"entity":"e","value":NaN,"start":0,"end":1}]}',
        b"x" * (1024 * 1024 + 1),
    ],
)  # fmt: skip
def test_nonsense_is_no_understanding(service: Service, body: bytes) -> None:
    service.says(body)

    with pytest.raises(NluUnavailable):
        parse(RasaNlu(service.url))


def test_a_hung_and_a_dripping_model_are_given_up_in_time(service: Service) -> None:
    service.says(PARSED)
    for service.wait_s, service.drip_s in ((3.0, 0.0), (0.0, 0.05)):
        started = time.monotonic()
        with pytest.raises(NluUnavailable):
            parse(RasaNlu(service.url), timeout_s=0.3)
        assert time.monotonic() - started < 1.0


def test_repeated_nonsense_opens_the_breaker(service: Service) -> None:
    service.says(b"nonsense")
    nlu = RasaNlu(service.url)

    for _ in range(FAILURES + 3):
        with pytest.raises(NluUnavailable):
            parse(nlu)

    assert len(service.asked) == FAILURES


def test_a_busy_model_is_unavailable_but_opens_the_breaker_only_after_many_refusals(service: Service) -> None:
    service.says({"reason": "busy"}, 503, Retry_After="1")
    nlu = RasaNlu(service.url)

    for _ in range(OVERLOADS + 3):
        with pytest.raises(NluUnavailable):
            parse(nlu)

    assert len(service.asked) == OVERLOADS > FAILURES


def test_a_model_that_is_not_ready_opens_the_breaker_like_a_dead_one(service: Service) -> None:
    service.says({"reason": "not_ready"}, 503)
    nlu = RasaNlu(service.url)

    for _ in range(FAILURES + 3):
        with pytest.raises(NluUnavailable):
            parse(nlu)

    assert len(service.asked) == FAILURES


def test_the_model_is_told_how_much_time_is_left(service: Service) -> None:
    service.says(PARSED)

    parse(RasaNlu(service.url), timeout_s=0.75)

    assert service.deadlines == ["750"]


def test_the_same_text_on_the_same_day_is_asked_once_a_minute(service: Service) -> None:
    service.says({**PARSED, "model_id": "m1"})
    now = [100.0]
    nlu = RasaNlu(service.url, lambda: now[0])

    first, again = parse(nlu), parse(nlu)
    nlu.parse("贷20万", today=date(2026, 11, 25), timeout_s=1.0)
    nlu.parse("贷30万", today=TODAY, timeout_s=1.0)
    now[0] += parse_memory.KEPT_S
    parse(nlu)

    assert first == again
    assert isinstance(first, Understanding)
    assert first.model == "m1"
    assert len(service.asked) == 4


def test_what_another_model_said_is_forgotten_at_once(service: Service) -> None:
    nlu = RasaNlu(service.url)
    service.says({**PARSED, "model_id": "old"})
    parse(nlu)
    service.says({**PARSED, "model_id": "new"})
    nlu.parse("别的", today=TODAY, timeout_s=1.0)

    found = parse(nlu)

    assert isinstance(found, Understanding)
    assert found.model == "new"


def test_a_server_that_names_no_model_is_asked_every_time(service: Service) -> None:
    service.says(PARSED)
    nlu = RasaNlu(service.url)

    found = [parse(nlu) for _ in range(2)]

    assert [one.model for one in found if isinstance(one, Understanding)] == [None, None]
    assert len(service.asked) == 2


def test_a_failure_is_not_remembered(service: Service) -> None:
    nlu = RasaNlu(service.url)
    service.says({}, 500)
    with pytest.raises(NluUnavailable):
        parse(nlu)
    service.says({**PARSED, "model_id": "m1"})

    assert parse(nlu)


def test_the_memory_is_bounded_and_drops_what_is_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_memory, "MOST", 2)
    now = [100.0]
    memory = ParseMemory(lambda: now[0])
    said = Understanding("greet", 1.0, model="m1")

    for text in ("一", "二", "三"):
        memory.keep(text, TODAY, said)
    assert [memory.find(text, TODAY) for text in ("一", "二", "三")] == [None, said, said]

    now[0] += parse_memory.KEPT_S
    memory.keep("四", TODAY, said)
    assert [memory.find(text, TODAY) for text in ("二", "三", "四")] == [None, None, said]


def test_a_dead_service_is_unavailable() -> None:
    with pytest.raises(NluUnavailable):
        parse(RasaNlu("http://127.0.0.1:9"))
    with pytest.raises(BankUnavailable):
        HttpCoreBank("http://127.0.0.1:9", "t").find_firm("o-tao")


def test_a_firm_is_found_with_the_token(service: Service) -> None:
    service.says({"firm_id": "F1", "name": "味道餐饮", "contact": "陶", "opened_on": "2022-01-05", "extra": 1})

    firm = HttpCoreBank(service.url, "secret").find_firm("o-tao")

    assert firm is not None
    assert (firm.name, firm.opened_on) == ("味道餐饮", date(2022, 1, 5))
    assert service.asked[0][::2] == ("/bank/firms/by-openid/o-tao", "Bearer secret")


def test_an_unknown_follower_has_no_firm_and_an_unknown_firm_is_not_found(service: Service) -> None:
    service.says({}, 404)
    bank = HttpCoreBank(service.url, "t")

    assert bank.find_firm("o-x") is None
    with pytest.raises(NotFound):
        bank.get_points("F9")


def test_points_come_soonest_first_and_loans_as_told(service: Service) -> None:
    bank = HttpCoreBank(service.url, "t")
    service.says(
        {
            "firm_id": "F1",
            "balance": 9,
            "expiring": [{"points": 2, "expires_on": "2027-01-01"}, {"points": 1, "expires_on": "2026-12-01"}],
        }
    )
    assert bank.get_points("F1").expiring == ((1, date(2026, 12, 1)), (2, date(2027, 1, 1)))

    plan = [{"due_on": day, "amount_fen": 5} for day in ("2027-01-20", "2026-12-20")]
    loan = {
        "product": "jingying_kuaidai",
        "state": "normal",
        "outstanding_fen": 3,
        "matures_on": "2027-04-01",
        "plan": plan,
    }
    service.says({"firm_id": "F1", "loans": [loan]})
    assert [one.due_on.month for one in bank.get_loans("F1")[0].plan] == [12, 1]


@pytest.mark.parametrize(
    ("body", "status"), [({"firm_id": "F1", "balance": "many", "expiring": []}, 200), ({}, 500), ([], 200)]
)
def test_an_odd_bank_is_unavailable(service: Service, body: object, status: int) -> None:
    service.says(body, status)

    with pytest.raises(BankUnavailable):
        HttpCoreBank(service.url, "t").get_points("F1")


def test_an_outage_is_logged_by_its_kind_and_never_by_whom_it_hit(service: Service, log_lines: io.StringIO) -> None:
    service.says(b"<html>secret</html>")

    with pytest.raises(BankUnavailable):
        HttpCoreBank(service.url, "t").get_points("F00042")

    (line,) = [json.loads(line) for line in log_lines.getvalue().splitlines()]
    assert (line["event"], line["reason"], line["level"]) == ("bank_unavailable", "nonsense", "warning")
    assert not [word for word in ("F00042", "secret") if word in log_lines.getvalue()]


def test_the_breaker_lets_one_call_through_after_a_while_and_closes_on_success() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(FAILURES):
        assert breaker.allows()
        breaker.failed()
    assert not breaker.allows()

    now[0] = OPEN_S + 0.1
    assert breaker.allows()
    assert not breaker.allows(), "one trial at a time"
    breaker.succeeded()

    assert breaker.allows()
    assert breaker.allows()
