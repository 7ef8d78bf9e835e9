"""The only chooser of parts: Settings in, the whole product out. Every process builds its own."""

from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import structlog

import bot.handoff.markers  # noqa: F401 -- only the console reads it, but every process must know every table
from bot import logs
from bot.account_ports import Account, Visitors
from bot.adapters.core_bank_client import HttpCoreBank
from bot.adapters.passive_answers import WechatAnswers
from bot.adapters.rasa_client import RasaNlu
from bot.adapters.redis_handoff_queue import RedisHandoffQueue
from bot.adapters.redis_viewers import RedisViewers
from bot.adapters.redis_waker import RedisWaker
from bot.adapters.simulated_clock import SimulatedClock
from bot.adapters.wechat_account import account_over
from bot.adapters.wechat_calls import PlatformCalls
from bot.adapters.wechat_client import WechatpyClient
from bot.adapters.wechat_crypto import CallbackGuard
from bot.adapters.wechat_visitors import WechatVisitors
from bot.articles.checking import Checking
from bot.articles.drafts import ArticleDrafts
from bot.articles.pictures import ArticlePictures
from bot.articles.previews import ArticlePreviews
from bot.articles.queries import frozen as find_frozen
from bot.articles.service import Articles
from bot.articles.taking_back import TakingBack
from bot.audience.catalogue import install_fields
from bot.audience.checking import ListWork
from bot.audience.following import Following
from bot.audience.lists import Lists
from bot.audience.segments import Segments
from bot.audience.selecting import because, who
from bot.board.forcing import Forcing
from bot.board.watch import Watch
from bot.campaigns.deciding import ChunkDecisions
from bot.campaigns.neighbours import Neighbours
from bot.campaigns.outside import OutsideSends
from bot.campaigns.recalling import Recalls
from bot.campaigns.receiving import take_receipt
from bot.campaigns.running import CampaignRunner
from bot.campaigns.segments import fingerprint
from bot.campaigns.service import Campaigns
from bot.clock import Clock, SystemClock
from bot.complaints.handling import ComplaintHandling
from bot.complaints.service import Complaints
from bot.compliance.rules import CheckWording, fraud_words
from bot.customers.remarks import TagKind
from bot.db import Database
from bot.delivery.guard import OutboundGuard
from bot.delivery.pictures import Pictures
from bot.delivery.service import Deliverer
from bot.desks.dedication import Dedication
from bot.desks.model import DeskRules
from bot.desks.rosters import Rosters
from bot.desks.service import DeskSettings
from bot.dialogue.aftercare import Aftercare
from bot.dialogue.bindings import Bindings
from bot.dialogue.handovers import Handovers
from bot.dialogue.slots import known_text
from bot.dialogue.turn import Dialogue
from bot.fields import install_keys, write_as_previous_release
from bot.followups.desk import FollowupDesk
from bot.followups.slots import free_slots_in
from bot.handoff.refusals import Refusals
from bot.handoff.replies import RepReplies
from bot.handoff.routing import Routing
from bot.handoff.service import Desk
from bot.handoff.supervising import Supervision
from bot.handoff.viewing import Viewed
from bot.inbound import Inbound
from bot.inbox import Inbox
from bot.knowledge.content import Content
from bot.knowledge.live import LiveContent
from bot.knowledge.service import Knowledge
from bot.leads.service import LeadDesk
from bot.learning.service import Learning
from bot.notes.service import Notes
from bot.outbox import listen
from bot.pictures.service import ChatPictures
from bot.ports import CoreBank, HandoffQueue, Nlu, Viewers, Waker, WeChat
from bot.privacy.purge import Purge
from bot.privacy.service import DataRequests
from bot.quality.picking import Picking
from bot.quality.rules import Form
from bot.quality.service import Quality
from bot.referrals.asking import Briefing
from bot.referrals.from_calls import CallReferrals
from bot.referrals.service import Referrals
from bot.reports.recording import Recorder
from bot.reports.rolling import Rollup
from bot.rescue.calls import Calls
from bot.rescue.service import Rescues
from bot.results.article_figures import TakeFigures
from bot.results.crediting import Crediting
from bot.results.gathering import Gather
from bot.results.history import PAST
from bot.results.links import ArticleLinks
from bot.suggesting.service import Suggestions
from bot.turns import Doorbell, Turns
from config.content import read_picture
from config.files import read_files
from config.overlay import find_flaws, overlay
from config.seeds import seed_editions
from config.settings import Settings

log = structlog.get_logger()

TURN_THREADS = 8
OUTGOING_THREADS = 4


@dataclass(frozen=True)
class Bot:
    """One process's product. Webhooks, API and jobs reach everything through it."""

    settings: Settings
    database: Database
    clock: Clock
    live: LiveContent
    knowledge: Knowledge
    check_wording: CheckWording
    guard: CallbackGuard
    nlu: Nlu
    wechat: WeChat
    account: Account
    waker: Waker
    inbox: Inbox
    inbound: Inbound
    turns: Turns
    deliverer: Deliverer
    desk: Desk
    viewed: Viewed
    supervision: Supervision
    rep_replies: RepReplies
    followups: FollowupDesk
    leads: LeadDesk
    complaints: Complaints
    rescues: Rescues
    calls: Calls
    complaint_handling: ComplaintHandling
    referrals: Referrals
    briefing: Briefing
    bank: CoreBank
    tags: Mapping[str, TagKind]
    aftercare: Aftercare
    handovers: Handovers
    bindings: Bindings
    learning: Learning
    notes: Notes
    suggestions: Suggestions
    pictures: ChatPictures
    data_requests: DataRequests
    purge: Purge
    desk_rules: Mapping[str, DeskRules]
    desk_settings: DeskSettings
    rosters: Rosters
    dedication: Dedication
    forcing: Forcing
    watch: Watch
    quality_form: Form
    quality: Quality
    picking: Picking
    rollup: Rollup
    campaigns: Campaigns
    chunk_decisions: ChunkDecisions
    recalls: Recalls
    outside_sends: OutsideSends
    campaign_runner: CampaignRunner
    segments: Segments
    lists: Lists
    following: Following
    list_work: ListWork
    outgoing: Executor
    articles: Articles
    article_pictures: ArticlePictures
    article_drafts: ArticleDrafts
    article_previews: ArticlePreviews
    taking_back: TakingBack
    article_links: ArticleLinks
    take_figures: TakeFigures
    crediting: Crediting
    gather: Gather

    @property
    def content(self) -> Content:
        """The content as it holds now in any region: what the console shows."""
        return self.live.everywhere(self.clock.now())


@dataclass(frozen=True)
class Outside:
    """The ports a test may replace."""

    clock: Clock
    nlu: Nlu
    bank: CoreBank
    wechat: WeChat
    account: Account
    visitors: Visitors
    queue: HandoffQueue
    viewers: Viewers
    waker: Waker
    # Runs turns beside the callbacks that wait for them.
    turning: Executor
    # Runs what is sent outside of the thread that caused it.
    outgoing: Executor


def build(settings: Settings, *, process: str) -> Bot:
    """The product with its real adapters."""
    logs.set_up(process)
    install_keys(settings.field_keys)
    write_as_previous_release(is_wanted=settings.beside_previous_release)
    database = Database(settings.database_url)
    clock = SimulatedClock(settings.simulator_url) if settings.simulator_url else SystemClock()
    calls = PlatformCalls(settings, database, clock)
    outside = Outside(
        clock=clock,
        nlu=RasaNlu(settings.nlu_url),
        bank=HttpCoreBank(settings.bank_api_url, settings.bank_api_token),
        wechat=WechatpyClient(calls),
        account=account_over(calls),
        visitors=WechatVisitors(settings),
        queue=RedisHandoffQueue(settings.redis_url),
        viewers=RedisViewers(settings.redis_url),
        waker=RedisWaker(settings.redis_url),
        turning=ThreadPoolExecutor(TURN_THREADS, thread_name_prefix="turn"),
        outgoing=ThreadPoolExecutor(OUTGOING_THREADS, thread_name_prefix="outgoing"),
    )
    return assemble(settings, database, outside)


def assemble(settings: Settings, database: Database, outside: Outside) -> Bot:
    """The product over given ports; field keys must be installed."""
    files = read_files()
    content = files.content.with_pages(bind_url=settings.bank_bind_url)
    install_fields(files.traits, files.tags, content.intent_labels, PAST)
    live = LiveContent(database, content, overlay)
    clock = outside.clock
    guard = _guard(settings, clock)
    inbox = Inbox(database)
    chat_pictures = ChatPictures(database, outside.wechat, clock)
    pictures = Pictures(outside.wechat, chat_pictures.reader(read_picture), clock)
    deliverer = Deliverer(database, outside.wechat, clock, pictures=pictures)
    outbound = OutboundGuard(files.check_wording)
    routing = Routing(database, outside.queue, outside.waker, clock, files.desk_rules)
    desk = Desk(database, routing, clock)
    doorbell = Doorbell()
    inbound = Inbound(
        database=database,
        inbox_=inbox,
        dialogue=Dialogue(
            content,
            outside.nlu,
            outside.bank,
            partial(fraud_words, words=files.fraud),
            free_slots_in(database),
        ),
        contents=live,
        bank=outside.bank,
        answers=WechatAnswers(guard),
        deliverer=deliverer,
        outbound=outbound,
        routing=routing,
        clock=clock,
        outgoing=outside.outgoing,
        on_done=doorbell.ring,
        receipts=take_receipt,
    )
    listen(database, Recorder(content.skills))
    listen(database, Refusals(files.desk_rules))
    briefing = Briefing(files.checklists, known_text)
    call_referrals = CallReferrals(live, briefing)
    checking = Checking(live, files.check_wording, files.wording)
    articles = Articles(database, clock, checking, files.article_templates)
    article_drafts = ArticleDrafts(database, outside.account, clock, checking, outside.wechat.qr_picture)
    neighbours = Neighbours(find_frozen, who, because, fingerprint)
    campaigns = Campaigns(database, clock, files.contact_policy, neighbours)
    article_links = ArticleLinks(
        database, outside.visitors, clock, settings.public_url, settings.secret_key, files.link_hosts
    )
    recalls, outside_sends = Recalls(database, clock), OutsideSends(database, clock, neighbours)
    return Bot(
        settings=settings,
        database=database,
        clock=clock,
        live=live,
        knowledge=Knowledge(database, clock, seed_editions(content), partial(find_flaws, content, files.check_wording)),
        check_wording=files.check_wording,
        guard=guard,
        nlu=outside.nlu,
        wechat=outside.wechat,
        account=outside.account,
        waker=outside.waker,
        inbox=inbox,
        inbound=inbound,
        turns=Turns(inbox, inbound, outside.turning, doorbell),
        deliverer=deliverer,
        desk=desk,
        viewed=Viewed(database, outside.viewers, outside.waker, clock),
        supervision=Supervision(database, routing, clock),
        rep_replies=RepReplies(database, deliverer, files.check_wording, outside.waker, clock, outside.outgoing),
        followups=FollowupDesk(database, clock, content.skills, files.checklists, call_referrals.ask_branch),
        leads=LeadDesk(database, clock, content),
        complaints=Complaints(database, deliverer, live, clock, files.check_wording),
        rescues=Rescues(database, deliverer, live, outbound, clock),
        calls=Calls(database, clock),
        complaint_handling=ComplaintHandling(database, clock),
        referrals=Referrals(database, deliverer, live, clock, outbound, content.skills),
        briefing=briefing,
        bank=outside.bank,
        tags=files.tags,
        aftercare=Aftercare(database, deliverer, live, clock, outbound),
        handovers=Handovers(database, deliverer, live, clock, outbound),
        bindings=Bindings(database, deliverer, live, outside.bank, clock, outbound),
        learning=Learning(database, clock, content.intent_labels.__contains__),
        notes=Notes(database, clock),
        suggestions=Suggestions(database, live, outside.nlu, clock),
        pictures=chat_pictures,
        data_requests=DataRequests(database, clock, files.retention),
        purge=Purge(database, clock, files.retention),
        desk_rules=files.desk_rules,
        desk_settings=DeskSettings(database, clock, files.desk_rules, files.thresholds),
        rosters=Rosters(database, clock, files.shifts),
        dedication=Dedication(database, clock),
        forcing=Forcing(desk),
        watch=Watch(database, clock, content.skills, files.thresholds),
        quality_form=files.quality_form,
        quality=Quality(database, clock, files.quality_form),
        picking=Picking(database, live, clock, files.quality_form, settings.secret_key),
        rollup=Rollup(database, clock),
        campaigns=campaigns,
        chunk_decisions=ChunkDecisions(database, clock),
        recalls=recalls,
        outside_sends=outside_sends,
        campaign_runner=CampaignRunner(
            campaigns, outside.account, article_links.drafts_with(article_drafts.ensure), recalls, outside_sends
        ),
        segments=Segments(database, clock, files.segments),
        lists=Lists(database, clock),
        following=Following(database, outside.account.followers, clock),
        list_work=ListWork(database, clock),
        outgoing=outside.outgoing,
        articles=articles,
        article_pictures=ArticlePictures(database, clock),
        article_drafts=article_drafts,
        article_previews=ArticlePreviews(database, outside.account, clock, article_drafts),
        taking_back=TakingBack(articles, article_drafts),
        article_links=article_links,
        take_figures=TakeFigures(database, outside.account.figures, clock),
        crediting=Crediting(database, clock),
        gather=Gather(database, clock),
    )


def _guard(settings: Settings, clock: Clock) -> CallbackGuard:
    return CallbackGuard(
        app_id=settings.wechat_app_id,
        account_id=settings.wechat_account_id,
        token=settings.wechat_token,
        aes_key=settings.wechat_aes_key,
        previous_aes_key=settings.wechat_aes_key_previous,
        clock=clock,
        require_safe_mode=settings.is_production,
    )
