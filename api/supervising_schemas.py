"""What supervisors, and reps who give a chat back, send."""

from api.schemas import In, Note, Username


class AssignIn(In):
    """To whom a chat is given, and why."""

    rep: Username
    note: Note = ""


class TakeOverIn(In):
    """Why the supervisor serves it himself."""

    note: Note = ""


class ReturnIn(In):
    """What was done, for the bot's card and for whoever serves the customer next."""

    note: Note = ""
