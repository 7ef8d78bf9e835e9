"""Prometheus metrics of the server; names are listed here and nowhere else. No text of a customer in any label."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

PARSES = Counter("nlu_parse_total", "Parse requests by outcome.", ["outcome"])
QUEUE_DEPTH = Gauge("nlu_queue_depth", "Messages that wait for a batch.")
QUEUE_SECONDS = Histogram(
    "nlu_queue_seconds",
    "From arrival to the start of the batch, also of messages dropped then because their time was over.",
    buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 1.5),
)
BATCH_SIZE = Histogram("nlu_batch_size", "Messages in one run of the graph.", buckets=(1, 2, 4, 8, 16, 32, 64))
BATCH_SECONDS = Histogram(
    "nlu_batch_seconds",
    "Time of one run of the graph.",
    buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.5),
)
MODEL_INFO = Gauge("nlu_model_info", "1 for the model that answers.", ["model_file", "model_id"])
SWAPS = Counter("nlu_swaps_total", "Models loaded while serving, by outcome.", ["outcome"])
