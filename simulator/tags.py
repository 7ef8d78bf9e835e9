"""Tags of followers: usermanage/tag of developers.weixin.qq.com."""

from simulator.errors import ApiError
from simulator.followers import Follower

MAX_TAGS = 100
MAX_NAME = 30
MAX_A_FOLLOWER = 20
MAX_A_CALL = 50
MAX_TO_DELETE = 100_000
SYSTEM = {0: "", 1: "黑名单", 2: "星标组"}
FIRST = 100


class TagBook:
    """Tags by id. The caller holds the world's lock."""

    def __init__(self) -> None:
        self._names = {2: SYSTEM[2]}
        # In the order in which they were tagged, which is the order of the pages.
        self._members: dict[int, dict[str, None]] = {2: {}}
        self._next = FIRST

    def create(self, name: object) -> tuple[int, str]:
        """A new tag. Raises ApiError 45157, 45158, 45056."""
        checked = self._checked_name(name)
        if len(self._names) - 1 >= MAX_TAGS:
            raise ApiError(45056)
        tag_id, self._next = self._next, self._next + 1
        self._names[tag_id], self._members[tag_id] = checked, {}
        return tag_id, checked

    def rename(self, tag_id: object, name: object) -> None:
        """Give a tag another name. Raises ApiError 45058, 45159, 45157, 45158."""
        found = self._own(tag_id)
        if self._names[found] != name:
            self._names[found] = self._checked_name(name)

    def delete(self, tag_id: object, followers: dict[str, Follower]) -> None:
        """Remove a tag. Raises ApiError 45058, 45159, 45057."""
        found = self._own(tag_id)
        if len(self._members[found]) >= MAX_TO_DELETE:
            raise ApiError(45057)
        for openid in self._members.pop(found):
            followers[openid].tags.discard(found)
        del self._names[found]

    def rows(self) -> list[dict[str, object]]:
        """All tags as tags/get lists them."""
        return [{"id": tag, "name": name, "count": len(self._members[tag])} for tag, name in self._names.items()]

    def add(self, tag_id: object, people: list[Follower]) -> None:
        """Put followers under a tag, all or none. Raises ApiError 45159, 45059."""
        found = self._any(tag_id)
        if any(found not in person.tags and len(person.tags) >= MAX_A_FOLLOWER for person in people):
            raise ApiError(45059)
        for person in people:
            person.tags.add(found)
            self._members[found][person.openid] = None

    def remove(self, tag_id: object, people: list[Follower]) -> None:
        """Take followers out. Raises ApiError 45159."""
        found = self._any(tag_id)
        for person in people:
            person.tags.discard(found)
            self._members[found].pop(person.openid, None)

    def members(self, tag_id: object) -> list[str]:
        """Openids under a tag. Raises ApiError 45159."""
        return list(self._members[self._any(tag_id)])

    def _checked_name(self, name: object) -> str:
        if not isinstance(name, str) or not name or name in self._names.values():
            raise ApiError(45157)
        if len(name) > MAX_NAME:
            raise ApiError(45158)
        return name

    def _own(self, tag_id: object) -> int:
        if tag_id in SYSTEM and not isinstance(tag_id, bool):
            raise ApiError(45058)
        return self._any(tag_id)

    def _any(self, tag_id: object) -> int:
        if isinstance(tag_id, bool) or not isinstance(tag_id, int) or tag_id not in self._names:
            raise ApiError(45159)
        return tag_id
