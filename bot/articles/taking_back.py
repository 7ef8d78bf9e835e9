"""取回: what somebody changed in the platform's own console becomes the next version here, checked like any other."""

from dataclasses import dataclass, replace

from sqlalchemy import select

from bot.articles import queries
from bot.articles.body import PICTURES
from bot.articles.checking import words_of
from bot.articles.drafts import ArticleDrafts
from bot.articles.drift import own_body
from bot.articles.model import ArticlePicture, ArticleVersion
from bot.articles.service import Articles
from bot.audit.model import Act
from bot.audit.service import Doer, Thing, note


@dataclass(frozen=True)
class TakingBack:
    """Brings home what was written elsewhere."""

    articles: Articles
    drafts: ArticleDrafts

    def take(self, version_id: int, revision: int, doer: Doer) -> ArticleVersion:
        """Save the main draft's content as the open version. Pictures we do not know are left out, product blocks are
        made anew. Raises NotFound, WechatBusy, and as Articles.save.
        """
        _, _, theirs = self.drafts.compare(version_id)
        database = self.articles.database
        with database.reading() as session:
            version = queries.get_version(session, version_id)
            told = select(ArticlePicture.id, ArticlePicture.platform_url, ArticlePicture.media_id)
            known = session.execute(told).all()
        addresses = {url.replace("http://", "https://", 1): f"{PICTURES}{one}" for one, url, _ in known if url}
        covers = {media_id: one for one, _, media_id in known if media_id}
        words = replace(
            words_of(version),
            title=theirs.title,
            author=theirs.author,
            digest=theirs.digest,
            source_url=theirs.source_url,
            body=own_body(theirs.content, addresses),
            cover_id=covers.get(theirs.thumb_media_id, version.cover_id),
        )
        saved = self.articles.save(version.article_id, words, revision, doer)
        with database.transaction() as session:
            thing = Thing("article", version.article_id)
            note(session, self.articles.clock.now(), doer, Act.DRAFT_TAKEN_BACK, thing)
        return saved
