"""A chat per test, over the product's own content."""

from functools import cache

import pytest

from bot.knowledge.content import Content
from config.content import load_content
from tests.unit.dialogue.chat import NIGHT, Chat


@cache
def _content() -> Content:
    return load_content().with_pages(bind_url="https://bank.example/bind")


@pytest.fixture
def content() -> Content:
    return _content()


@pytest.fixture
def chat(content: Content) -> Chat:
    """Tuesday, ten in the morning."""
    return Chat(content)


@pytest.fixture
def night_chat(content: Content) -> Chat:
    """The same day at 22:40: nobody is on duty."""
    return Chat(content, now=NIGHT)
