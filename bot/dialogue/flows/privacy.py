"""What the bank holds of the follower himself: shown, exported or deleted on request, once we know that it is he.

Words decide, before the model: a right must not hang on a guess. The flow registers; a supervisor handles the request.
"""

import re

from bot.customers.rules import Purpose, Telling, may_hear
from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.saying import answer, idle
from bot.messages import Choice
from bot.privacy.model import RequestKind

CONFIRM = "confirm"
DELETE, KEEP = "delete", "keep"
LONGEST_YES = 20

_DATA = r"(?:个人)?(?:信息|资料|数据|隐私)"
# 我的信息, 我在你们这里的资料, 我所有的数据; 我的贷款资料 and 我公司的信息 are other matters.
_MINE = (
    r"我(?:个人)?(?:在你们?(?:这|那)(?:里|儿|边)?)?(?:的|留的|留下的|全部的?|所有的?|的所有|的全部)*"
    rf"(?:{_DATA}|聊天记录)"
)
_ERASE = r"(?:删除|删掉|删了|删去|清除|清空|清掉|抹掉|抹去|销毁|注销|不要再?保留|不要再?保存|别再?留|不许留)"
_SHOW = re.compile(
    rf"(?:留|存|记|记录|保存|收集|掌握|知道|有)(?:了|着|过|下)?(?:关于)?我(?:的)?(?:哪些|什么|啥|多少)(?:个人)?{_DATA}"
    rf"|(?:哪些|什么|啥)(?:关于)?我的{_DATA}|(?:查|查询|查看|看看|查一下|看一下|了解)(?:一下)?{_MINE}(?![变修改更])"
)
_DELETE = re.compile(rf"{_ERASE}.{{0,4}}{_MINE}|{_MINE}.{{0,4}}(?:{_ERASE}|删|清)")
_EXPORT = re.compile(
    rf"(?:导出|下载|拷贝|复制|要一份|给我一份|发我一份|提供).{{0,4}}{_MINE}|{_MINE}.{{0,4}}(?:导出|副本|拷贝|下载|给我一份|发我一份)"
)
_AND_ERASE = re.compile(rf"{_ERASE}|删")
_NOT = re.compile(
    r"(?:不要|不用|不想|不必|(?<!能)不能|(?<!要)不|别|没|没有|会不会|怕)(?:把|给我|再)?(?:我的.{0,4})?(?:删|清|注销|销毁|导出|下载)"
)
_UNSURE = re.compile(
    r"(?:不|没)(?:太|很|大|敢|能)?(?:确定|确认|想好|想清楚|考虑好|决定)|(?:再|先|还要|还得)(?:确认|确定|核实|想|看|问|考虑|等|说)|考虑一?下|想一?想|等一?[等下会]|犹豫"
)
# A yes is these words and nothing else; whatever stands beside them may take it back.
_SURE = re.compile(
    r"(?:是的?|对的?|好的?|行|嗯+|那|就|我|很|非常|已经(?=确|想|考虑)|(?:想|考虑)好了|请|麻烦|帮我|给我|现在|马上|立即|全部?|都|可以|要|确定|确认)*"
    rf"(?:确定|确认|删除|删掉|删了|删|清空|清除|注销)(?:要)?(?:删除|删掉|删了|删)?(?:{_MINE})?(?:都|全部?)?(?:删除|删掉|删了|删)?(?:吧|了|的|啊|呀|好了|就行|谢谢)*"
)


class Privacy:
    """Registers what the follower asks about his own data; asks once more before a deletion."""

    name = "privacy"
    intents: tuple[str, ...] = ()

    def start(self, turn: Turn) -> Step:
        """The request, or the way to prove who asks."""
        kind = find_request(turn.text) or RequestKind.SHOW
        if not may_hear(turn.level, Telling.PERSONAL_DATA):
            return idle(turn, answer(turn, "privacy_identity"))
        if kind is RequestKind.DELETE:
            lines = (Choice(f"{self.name}:{DELETE}", "确定删除"), Choice(f"{self.name}:{KEEP}", "先不删"))
            return Step(turn.session.waiting_in(self.name, CONFIRM), (answer(turn, "privacy_confirm", *lines),))
        return _register(turn, kind)

    def resume(self, turn: Turn) -> Step | None:
        """The word on the deletion; a tap on an old line of it is asked again, never taken as a yes."""
        if turn.choice == KEEP:
            return idle(turn, answer(turn, "privacy_kept"))
        if turn.session.flow != self.name:
            return None
        if turn.choice == DELETE:
            return _register(turn, RequestKind.DELETE)
        if _thinks_again(turn.text):
            return idle(turn, answer(turn, "privacy_kept"))
        if _is_sure(turn.text):
            return _register(turn, RequestKind.DELETE)
        return self.start(turn) if find_request(turn.text) is not None else None


def find_request(text: str) -> RequestKind | None:
    """What the words ask about the follower's own data, or None."""
    if _NOT.search(text):
        return None
    shows = _SHOW.search(text) is not None
    if _DELETE.search(text) or (shows and _AND_ERASE.search(text)):
        return RequestKind.DELETE
    if _EXPORT.search(text):
        return RequestKind.EXPORT
    return RequestKind.SHOW if shows else None


def _thinks_again(text: str) -> bool:
    if choices.is_no(text) or choices.drops(text):
        return True
    return _NOT.search(text) is not None or (_UNSURE.search(text) is not None and not choices.is_question(text))


def _is_sure(text: str) -> bool:
    words = choices.without_signs(text)
    return choices.is_yes(text) or (len(words) <= LONGEST_YES and _SURE.fullmatch(words) is not None)


def _register(turn: Turn, kind: RequestKind) -> Step:
    """Who wants his data deleted wants to be contacted for nothing either, from now on."""
    if not may_hear(turn.level, Telling.PERSONAL_DATA):
        # The bank took its word back while he thought about it.
        return idle(turn, answer(turn, "privacy_identity"))
    said = answer(turn, f"privacy_{kind.value}")
    withdrawn = tuple(Purpose) if kind is RequestKind.DELETE else ()
    told = said.source or ""
    return Step(turn.session.idle(), (said,), data_request=kind, withdraws=withdrawn, withdrawn_by=told)
