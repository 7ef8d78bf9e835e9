"""The whole error tree. Adapters translate what the wire throws into it; api/problems.py and webhooks map it to HTTP.

BotError
├── RetryLater              trying again later can help
│   ├── NluUnavailable
│   ├── BankUnavailable
│   ├── WechatBusy          -1, 45009, 45011, 5xx, refused connection: surely not executed
│   ├── NotReady            figures of the platform that are not final yet
│   └── QueueUnavailable    Redis is away; the database still holds the truth
├── OutcomeUnknown          a send timed out: it may have gone, it may not; never a plain failure
├── Refused                 trying again cannot help
│   ├── SendRefused         the platform or a rule of ours refuses a message (code says which)
│   ├── CaseAlreadyTaken    another rep owns the conversation
│   ├── CaseNotYours        the caller does not own the conversation
│   ├── CaseStateConflict   the conversation is not in the state the act needs
│   ├── CapacityReached     the rep already serves as many as he may
│   ├── RepAbsent           the colleague a chat is meant for is off duty
│   ├── LessonStateConflict the lesson is not in the state the act needs, or its text has one already
│   ├── ComplaintStateConflict  the complaint is not in the state the act needs
│   ├── ReferralStateConflict the referral is not in the state the act needs
│   ├── CheckStateConflict  the quality check is not in the state the act needs, or the time to appeal is over
│   ├── SlotTaken           the half hour for a call was given to somebody else
│   ├── FollowupTaken       a colleague has the follow-up
│   ├── FollowupStateConflict  the follow-up is closed
│   ├── ChecklistIncomplete what must be said on a call was not (missing says what)
│   ├── LeadStateConflict   the lead is not in the stage the act needs
│   ├── RequestStateConflict the data request is handled already, or a hold or an open chat is in its way
│   ├── CampaignStateConflict the campaign is not in the state the act needs, or not what was looked at
│   ├── UnfitCampaign       a campaign that may not be approved (flaws say why)
│   ├── SamePerson          who proposed or wrote something cannot decide about it
│   ├── WordingBlocked      a text breaks a rule of wording
│   ├── WordingUnconfirmed  a rep's text lacks what should stand in it; he may send it all the same
│   ├── LastUnconfirmed     the last message of the allowance; a rep may take it all the same
│   ├── UnfitText           a text that may not become training data (reason says why)
│   ├── VersionStateConflict the version is not in the state the act needs, or not the one that was looked at
│   ├── ArticleChanged      somebody saved the article meanwhile (by and at say who and when)
│   ├── PreviewsUsedUp      the platform allows no more previews today
│   ├── NeverSilent         what flows ask for by name is replaced by two people, not retired by one
│   ├── UnfitContent        knowledge that would break or may not be said (flaws and findings say why)
│   ├── RepNotThere         the rep's screen is not alive, so he cannot be made ready
│   ├── RosterConflict      shifts that overlap, an absence without end, or a deputy who cannot stand in
│   ├── ListStateConflict   the imported list is not in the state the act needs, or is there already
│   ├── SegmentConflict     somebody else changed or retired the segment meanwhile
│   ├── UnfitRule           a segment's rule that cannot be asked (flaws say why)
│   ├── UnfitFile           an uploaded list that cannot be taken (reason says why)
│   ├── AlertStateConflict  the alert ends with its cause, not by hand
│   ├── NotFound
│   │   └── PictureGone     the platform has it no longer, or what it has is no picture
│   ├── NotAllowed
│   ├── NotSignedIn
│   └── InvalidInput
├── CallbackRejected        a push that is not the platform's, or broken
└── PlatformMisconfigured   secret, key, whitelist or right is wrong: operations must act
"""

from typing import Any


class BotError(Exception):
    """Root of every error of ours. `code` is stable and safe to show; `fields` carry facts for the client and the
    log.
    """

    code = "internal_error"

    def __init__(self, message: str = "", **fields: Any) -> None:
        super().__init__(message or self.code)
        self.fields = fields


class RetryLater(BotError):
    """Trying again later can help."""

    code = "retry_later"


class NluUnavailable(RetryLater):
    """The model did not answer in time or answered nonsense."""

    code = "nlu_unavailable"


class BankUnavailable(RetryLater):
    """The core bank did not answer in time."""

    code = "bank_unavailable"


class WechatBusy(RetryLater):
    """The platform refused for now; the call was surely not executed."""

    code = "wechat_busy"


class QueueUnavailable(RetryLater):
    """Redis is away."""

    code = "queue_unavailable"


class NotReady(RetryLater):
    """The platform's figures of a day are not final yet."""

    code = "figures_not_ready"


class OutcomeUnknown(BotError):
    """A send timed out: it may have gone."""

    code = "outcome_unknown"


class Refused(BotError):
    """Trying again cannot help."""

    code = "refused"


class SendRefused(Refused):
    """A message may not go out; `fields["reason"]` names the rule or the platform's errcode."""

    code = "send_refused"


class CaseAlreadyTaken(Refused):
    """Another rep owns the conversation; `fields["owner"]` is the name to show."""

    code = "case_already_taken"


class CaseNotYours(Refused):
    """The caller does not own the conversation."""

    code = "case_not_yours"


class CaseStateConflict(Refused):
    """The conversation is not in the state the act needs; `fields["state"]` is the state it is in."""

    code = "case_state_conflict"


class CapacityReached(Refused):
    """The rep already serves as many as he may."""

    code = "capacity_reached"


class RepAbsent(Refused):
    """The colleague a chat is meant for is off duty; `fields["rep"]` is his name."""

    code = "rep_absent"


class LessonStateConflict(Refused):
    """The lesson is not in the state the act needs, or its text has one already."""

    code = "lesson_state_conflict"


class ComplaintStateConflict(Refused):
    """The complaint is not in the state the act needs; `fields["state"]` says what stands in the way."""

    code = "complaint_state_conflict"


class ReferralStateConflict(Refused):
    """The referral is not in the state the act needs; `fields["state"]` is the state it is in."""

    code = "referral_state_conflict"


class CheckStateConflict(Refused):
    """The quality check cannot be scored, appealed or settled now; `fields["state"]` says why."""

    code = "check_state_conflict"


class SlotTaken(Refused):
    """The half hour for a call was given to somebody else."""

    code = "slot_taken"


class FollowupTaken(Refused):
    """A colleague has the follow-up; `fields["owner"]` is the name to show."""

    code = "followup_taken"


class FollowupStateConflict(Refused):
    """The follow-up is closed; `fields["state"]` says how."""

    code = "followup_state_conflict"


class ChecklistIncomplete(Refused):
    """What must be said or done on the call was not; `fields["missing"]` are the items' labels, in order."""

    code = "checklist_incomplete"


class LeadStateConflict(Refused):
    """The lead is not in the stage the act needs; `fields["stage"]` is the one it is in."""

    code = "lead_state_conflict"


class RequestStateConflict(Refused):
    """The data request cannot be handled now; `fields["state"]` says why: done, refused, held or in_chat."""

    code = "request_state_conflict"


class CampaignStateConflict(Refused):
    """The campaign is not in the state the act needs; `fields["state"]` is what stands in the way: its state, or
    changed, planned, not_planned, halted.
    """

    code = "campaign_state_conflict"


class UnfitCampaign(Refused):
    """A campaign that may not be approved; `fields["flaws"]` are place, reason and words of each."""

    code = "unfit_campaign"


class SamePerson(Refused):
    """Who proposed a lesson, wrote a text or asked for an extension cannot decide about it."""

    code = "same_person"


class WordingBlocked(Refused):
    """The text breaks a rule of wording; `fields["findings"]` names rule, excerpt and grade."""

    code = "wording_blocked"


class WordingUnconfirmed(Refused):
    """The text lacks what should stand in it; sent again with `is_confirmed`, it goes. `fields["findings"]` names rule,
    excerpt and what is missing.
    """

    code = "wording_unconfirmed"


class LastUnconfirmed(Refused):
    """The message would be the last one the platform lets us send, kept for the question whether the customer is
    satisfied; sent again with `is_last_confirmed`, it goes, and the question is not asked.
    """

    code = "last_message"


class UnfitText(Refused):
    """A text that may not become training data; `fields["reason"]` says why."""

    code = "unfit_text"


class VersionStateConflict(Refused):
    """The version is not in the state the act needs, or was changed after it was looked at."""

    code = "version_state_conflict"


class ArticleChanged(Refused):
    """Somebody else saved the open version meanwhile; `fields["by"]` is the name to show, `fields["at"]` when."""

    code = "article_changed"


class PreviewsUsedUp(Refused):
    """The platform allows a hundred previews a day; `fields["remain"]` is how many are left."""

    code = "previews_used_up"


class NeverSilent(Refused):
    """An answer or guide that flows ask for by name cannot be retired: a new version or a roll back replaces it."""

    code = "never_silent"


class UnfitContent(Refused):
    """Knowledge that may not go live; `fields["flaws"]` and `fields["findings"]` say why."""

    code = "unfit_content"


class RepNotThere(Refused):
    """The rep's screen is not alive, so nobody else can say that he is ready."""

    code = "rep_not_there"


class RosterConflict(Refused):
    """Shifts or absences that cannot be; `fields["reason"]` says why: overlap, order, or deputy."""

    code = "roster_conflict"


class AlertStateConflict(Refused):
    """The alert ends with its cause, not by hand."""

    code = "alert_state_conflict"


class ListStateConflict(Refused):
    """The list cannot do that now; `fields["state"]` is the state it is in, or duplicate: the same file is live."""

    code = "list_state_conflict"


class SegmentConflict(Refused):
    """The segment is not as it was looked at; `fields["state"]` says why: changed or retired."""

    code = "segment_conflict"


class UnfitRule(Refused):
    """A rule that cannot be asked; `fields["flaws"]` are its flaws, each with its place and Chinese words."""

    code = "unfit_rule"


class UnfitFile(Refused):
    """A file, its columns or its dates that cannot be taken; `fields["reason"]` says why."""

    code = "unfit_file"


class NotFound(Refused):
    """No such thing, or none the caller may see."""

    code = "not_found"


class PictureGone(NotFound):
    """The line had a picture, but there is none to show any more."""

    code = "picture_gone"


class NotAllowed(Refused):
    """The caller's role does not permit the act."""

    code = "not_allowed"


class NotSignedIn(Refused):
    """No session, or an ended one."""

    code = "not_signed_in"


class InvalidInput(Refused):
    """The request does not fit the schema."""

    code = "invalid_input"


class CallbackRejected(BotError):
    """A push that is not the platform's (`forged`) or broken. Carries no detail, so that nobody learns from it."""

    code = "callback_rejected"

    def __init__(self, *, forged: bool) -> None:
        super().__init__()
        self.forged = forged


class PlatformMisconfigured(BotError):
    """Secret, key, whitelist or right is wrong."""

    code = "platform_misconfigured"
