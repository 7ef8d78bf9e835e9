"""The replies of a turn become one message: each message costs the follower a beep and us an allowance."""

from collections.abc import Sequence

from bot.messages import Choice, Reply

MAX_CHOICES = 5


def merge(replies: Sequence[Reply]) -> Reply | None:
    """One reply of all, or None when there is nothing to say; lines to tap are united, the last reply's first."""
    spoken = [reply for reply in replies if reply.text or reply.choices]
    if not spoken:
        return None
    choices: dict[str, Choice] = {}
    for reply in reversed(spoken):
        for choice in reply.choices:
            choices.setdefault(choice.id, choice)
    return Reply(
        text="\n\n".join(reply.text for reply in spoken if reply.text),
        choices=tuple(choices.values())[:MAX_CHOICES],
        is_ai=any(reply.is_ai for reply in spoken),
        source=",".join(reply.source for reply in spoken if reply.source) or None,
        picture=next((reply.picture for reply in spoken if reply.picture), None),
    )
