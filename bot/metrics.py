"""Prometheus metrics of a process; names are listed here and nowhere else. No openid, text or name in any label."""

from prometheus_client import Counter, Gauge, Histogram

PUSHES = Counter("xinqiao_pushes_total", "Pushes of the platform by result", ["result"])
PUSH_SECONDS = Histogram(
    "xinqiao_push_seconds", "From push to answer", buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 3, 4, 5)
)
REQUESTS = Counter("xinqiao_console_requests_total", "Console API requests", ["method", "status"])
STREAMS = Gauge("xinqiao_event_streams", "Open event streams of this process", multiprocess_mode="livesum")
# Counted in the database: whoever counted last is right, of however many processes.
WAITING = Gauge("xinqiao_waiting_conversations", "Conversations waiting for a rep", multiprocess_mode="mostrecent")
STUCK = Gauge(
    "xinqiao_stuck_conversations",
    "Conversations that wait for minutes though a rep could take them",
    multiprocess_mode="mostrecent",
)
UNFINISHED = Gauge("xinqiao_unfinished_pushes", "Pushes stored and not worked off yet", multiprocess_mode="mostrecent")
WITHHELD = Counter("xinqiao_withheld_answers_total", "Texts of the bot held back by the outbound guard", ["cause"])
PARKED = Gauge(
    "xinqiao_parked_pushes",
    "Pushes set aside after failing three times; a person has to look at them",
    multiprocess_mode="mostrecent",
)
