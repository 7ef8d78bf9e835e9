"""Chinese full-text search over approved texts: SQLite's FTS5 in memory, over tokens prepared here, ranked by bm25.

FTS5 knows no Chinese words, so a text becomes its pairs of neighbouring characters, and Latin words as they are. Pure:
documents in, hits out. An index belongs to one process and never changes; new texts make a new one.
"""

import re
import sqlite3
import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# A question put in other words counts most, running text least.
_WEIGHTS = "bm25(documents, 0.0, 4.0, 6.0, 1.0)"
_RUNS = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")
_SPELLINGS = (
    (re.compile(r"(?:u|优|友|you)\s*(?:盾|顿|key)"), "优盾"),
    (re.compile(r"帐"), "账"),
    (re.compile(r"登陆"), "登录"),
    (re.compile(r"网上银行|电子银行"), "网银"),
    (re.compile(r"手机银行|app"), "手机银行"),
    (re.compile(r"咋|如何|怎样"), "怎么"),
    (re.compile(r"啥"), "什么"),
)
# Pairs that stand in questions about anything.
COMMON = frozenset(
    re.findall(
        r"\S+",
        "怎么 么办 什么 么样 可以 以吗 能不 不能 能吗 有没 没有 我们 你们 我的 你的 请问 一下 么弄 么处 "
        "处理 这个 那个 是不 不是 要不 不要 需要 想问 问一 问下 为什 哪里 在哪 里办 么开 么用 了吗 吗我 "
        "办理 么查 么申 么去 去哪 我想 想要 要办 公司 企业 银行 咱们 们公 们银 您好 你好 好请 多少 多久",
    )
)


@dataclass(frozen=True)
class Document:
    """Something that can be found; `id` comes back with the hit."""

    id: str
    title: str
    questions: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Hit:
    """A document found; a higher score is better, scores of different queries do not compare."""

    id: str
    score: float


def tokens(raw: str) -> list[str]:
    """The words of a text, in its order: pairs of Chinese characters (a lone one by itself), Latin words."""
    return [token for run in _RUNS.findall(_spelled(raw)) for token in _pairs(run)]


def characters(raw: str) -> list[str]:
    """The Chinese characters of a text one by one, and its Latin words."""
    return [char for run in _RUNS.findall(_spelled(raw)) for char in ([run] if run[0].isascii() else run)]


class SearchIndex:
    """Finds documents by words. Safe to share between threads."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE VIRTUAL TABLE documents USING fts5(id UNINDEXED, title, questions, body, tokenize='unicode61')"
        )
        self._database.executemany("INSERT INTO documents VALUES (?, ?, ?, ?)", (_row(one) for one in documents))

    def find(self, query: str, limit: int) -> list[Hit]:
        """The documents that share most with a query, best first."""
        asked = tokens(query)
        telling = [token for token in asked if token not in COMMON] or asked
        if not telling:
            return []
        # Tokens are letters and digits only, so quoting them is all there is to escape.
        match = " OR ".join(f'"{token}"' for token in dict.fromkeys(telling))
        words = f"SELECT id, -{_WEIGHTS} FROM documents WHERE documents MATCH ? ORDER BY {_WEIGHTS} LIMIT ?"  # noqa: S608 -- the weights are ours
        with self._lock:
            return [Hit(*row) for row in self._database.execute(words, (match, limit))]


def _spelled(raw: str) -> str:
    text = unicodedata.normalize("NFKC", raw).lower()
    for spelling, proper in _SPELLINGS:
        text = spelling.sub(proper, text)
    return text


def _pairs(run: str) -> list[str]:
    if run[0].isascii() or len(run) == 1:
        return [run]
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _row(document: Document) -> tuple[str, str, str, str]:
    questions = " ".join(token for question in document.questions for token in tokens(question))
    return document.id, " ".join(tokens(document.title)), questions, " ".join(tokens(document.text))
