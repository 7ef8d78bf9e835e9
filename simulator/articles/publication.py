"""A publish job: an article gets its page without anybody being told."""

from dataclasses import dataclass, field

from simulator.articles.box import Article
from simulator.articles.newsstand import Post

RUNNING = 1
DELETED = 5


@dataclass
class Publication:
    """One job. `status` is publish_status; `posts` are there once it is 0."""

    publish_id: str
    article_id: str
    data_id: int
    articles: list[Article]
    updated_s: float
    status: int = RUNNING
    posts: list[Post] = field(default_factory=list)
