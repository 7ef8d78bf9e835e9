"""All that the files of this folder say, checked against each other and read once a process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

from bot.articles.service import ArticleTemplate
from bot.audience.fields import TraitKind, fields_of
from bot.audience.segments import Shipped
from bot.campaigns.rules import ContactPolicy
from bot.compliance.rules import CheckWording, FraudWords, Wording, check_outbound
from bot.customers.remarks import TagKind
from bot.desks.model import DeskRules, Thresholds
from bot.desks.rules import ShiftTemplate
from bot.followups.checklists import Checklist
from bot.knowledge.content import Content
from bot.privacy.rules import Retention
from bot.quality.rules import Form
from config.articles import load_article_templates
from config.audience import load_segments, load_traits
from config.checklists import load_checklists
from config.contact_policy import load_contact_policy
from config.content import load_content
from config.desks import load_desk_rules, load_thresholds
from config.quality import load_quality_form
from config.retention import load_retention
from config.rules import load_fraud, load_wording
from config.shifts import load_shift_templates
from config.tags import load_tags


@dataclass(frozen=True)
class Files:
    """What the product is told by its files; nobody changes it."""

    content: Content
    check_wording: CheckWording
    wording: Wording
    fraud: FraudWords
    desk_rules: Mapping[str, DeskRules]
    thresholds: Mapping[str, Thresholds]
    checklists: Mapping[str, Checklist]
    quality_form: Form
    retention: Retention
    shifts: Mapping[str, ShiftTemplate]
    tags: Mapping[str, TagKind]
    contact_policy: ContactPolicy
    article_templates: Mapping[str, ArticleTemplate]
    traits: Mapping[str, TraitKind]
    segments: Sequence[Shipped]


@cache
def read_files() -> Files:
    """The files as they were when the process first asked. Raises ConfigError."""
    content = load_content()
    wording = load_wording()
    check_wording: CheckWording = partial(check_outbound, wording=wording)
    tags, traits = load_tags(), load_traits()
    return Files(
        content=content,
        check_wording=check_wording,
        wording=wording,
        fraud=load_fraud(),
        desk_rules=load_desk_rules(content.skills),
        thresholds=load_thresholds(content.skills),
        checklists=load_checklists(content, check_wording),
        quality_form=load_quality_form(),
        retention=load_retention(),
        shifts=load_shift_templates(),
        contact_policy=load_contact_policy(),
        article_templates=load_article_templates(content, check_wording, wording),
        tags=tags,
        traits=traits,
        segments=load_segments(fields_of(traits.values(), tags, content.intent_labels)),
    )
