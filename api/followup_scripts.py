"""The words of one call as the console shows them: the checklist, what is ticked, what an earlier call left over."""

from collections.abc import Sequence

from api.followup_schemas import AnswerOut, ItemOut, QuestionOut, StepOut, TreeOut
from bot.followups.checklists import Checklist, ChecklistStep, Item, StepKind
from bot.knowledge.content import Content

CARRIED = ("carried", "上次没讲完的", "上次时间紧，这几样还没讲到，今天给您补上。")


class Script:
    """The words of one call."""

    def __init__(
        self, content: Content, checklist: Checklist, ticked: set[str], *, is_proved: bool, is_elder: bool, who: str
    ) -> None:
        self.content, self.checklist, self.ticked = content, checklist, ticked
        self.is_proved, self.is_elder = is_proved, is_elder
        self.blanks = {**content.settings, "who": who}

    def steps(self, carried: Sequence[Item]) -> list[StepOut]:
        """The parts in order; what an earlier call left over stands before the last one."""
        steps = [self._step(step) for step in self.checklist.steps]
        own = {item.id for item in self.checklist.items()}
        left = [item for item in carried if item.id not in own]
        if left:
            steps.insert(len(steps) - 1, self._carried(left))
        return steps

    def _step(self, step: ChecklistStep) -> StepOut:
        return StepOut(
            id=step.id,
            kind=step.kind,
            title=step.title,
            say=self._filled(step.words(is_elder=self.is_elder)),
            picks_one=step.picks_one,
            is_shut=self._is_shut(step),
            items=[self._item(item, is_carried=False) for item in step.items],
            tree=self._tree(step.tree),
        )

    def _carried(self, left: Sequence[Item]) -> StepOut:
        step_id, title, say = CARRIED
        is_shut = self.checklist.proves_identity and not self.is_proved
        taught = [self._item(item, is_carried=True) for item in left]
        return StepOut(
            id=step_id,
            kind=StepKind.TEACH,
            title=title,
            say=say,
            picks_one=False,
            is_shut=is_shut,
            items=taught,
            tree=None,
        )

    def _is_shut(self, step: ChecklistStep) -> bool:
        if step.kind is StepKind.VERIFY:
            return False
        if self.checklist.proves_identity and not self.is_proved:
            return True
        return bool(step.items and self.checklist.missing_before(step.items[0].id, self.ticked))

    def _item(self, item: Item, *, is_carried: bool) -> ItemOut:
        return ItemOut(
            id=item.id,
            label=item.label,
            say=self._filled(item.words(is_elder=self.is_elder)),
            must=item.must,
            teaches=item.teaches,
            is_ticked=item.id in self.ticked,
            is_carried=is_carried,
        )

    def _tree(self, name: str | None) -> TreeOut | None:
        if name is None:
            return None
        tree = self.content.diagnoses[name]
        return TreeOut(
            id=tree.id,
            first=tree.first,
            questions=[
                QuestionOut(
                    id=q.id, text=q.text, answers=[AnswerOut(label=label, next=to) for label, _, to in q.answers]
                )
                for q in tree.questions.values()
            ],
        )

    def _filled(self, text: str) -> str:
        return text.format_map(self.blanks)
