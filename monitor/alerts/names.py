"""Names that people write in config.yaml -> Slack's ids: channels, people, groups of people."""

import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from monitor.alerts.answers import Answer
from monitor.alerts.wire import Wire

FRESH = 3600.0  # seconds a list of names is believed
AGAIN = 60.0  # seconds before a name that is not in it is looked for again
MOST_PAGES = 100  # of 1,000 names
_ID = re.compile(r"[CGDUWS][A-Z0-9]{6,}")
_EVERYONE = ("here", "channel", "everyone")


class Names:
    """What the workspace calls by which id, read when it is first wanted."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._lists: dict[str, tuple[float, Mapping[str, str]]] = {}  # when it was read, name -> id

    async def place(self, channel: str) -> str:
        """The id of a channel, or of what a person and we say to each other; empty: it cannot be seen."""
        if channel.startswith("#"):
            return await self._find("channels", channel.removeprefix("#"))
        target = await self.target(channel)
        return await self._opened(target) if target[:1] in ("U", "W") else target

    async def target(self, channel: str) -> str:
        """What a message is posted to: a name of a channel is good enough for that."""
        return (await self.ids([channel]))[0] if channel.startswith("@") else channel

    async def ids(self, names: Sequence[str]) -> tuple[str, ...]:
        """The ids of people and groups; a name that nobody bears stays as it was written."""
        return tuple([await self._id(name.removeprefix("@")) or name for name in names])

    async def _id(self, name: str) -> str:
        if name in _EVERYONE or _ID.fullmatch(name):
            return name
        return await self._find("users", name) or await self._find("groups", name)

    async def _opened(self, user: str) -> str:
        answer = await self._wire.ask("conversations.open", {"users": user})
        channel = answer.body.get("channel") if isinstance(answer, Answer) else None
        return str(channel.get("id", "")) if isinstance(channel, Mapping) else ""

    async def _find(self, kind: str, name: str) -> str:
        """A name that is not known is looked for again after a minute: it may be new."""
        read_at, names = self._lists.get(kind, (-FRESH, {}))
        if time.monotonic() - read_at >= (FRESH if name in names else AGAIN):
            read = await self._read(*_LISTS[kind])
            names = names if read is None else read
            self._lists[kind] = (time.monotonic(), names)
        return names.get(name, "")

    async def _read(
        self, method: str, field: str, names: Sequence[str], args: Mapping[str, Any]
    ) -> Mapping[str, str] | None:
        """None: it cannot be read."""
        found: dict[str, str] = {}
        async for page in self._pages(method, args):
            if page is None:
                return None
            for one in page.get(field) or ():
                if isinstance(one, Mapping) and not one.get("deleted"):
                    found |= {str(one[name]): str(one.get("id", "")) for name in names if one.get(name)}
        return found

    async def _pages(self, method: str, args: Mapping[str, Any]) -> AsyncIterator[Mapping[str, Any] | None]:
        cursor = ""
        for _ in range(MOST_PAGES):
            asked = dict(args) | ({"cursor": cursor} if cursor else {})
            answer = await self._wire.ask(method, asked, reads=True)
            if not isinstance(answer, Answer) or answer.body.get("ok") is not True:
                yield None
                return
            yield answer.body
            metadata = answer.body.get("response_metadata")
            cursor = str(metadata.get("next_cursor") or "") if isinstance(metadata, Mapping) else ""
            if not cursor:
                return


# method, where the answer has them, what they are called by, arguments
_LISTS: Mapping[str, tuple[str, str, tuple[str, ...], Mapping[str, Any]]] = {
    "channels": (
        "conversations.list",
        "channels",
        ("name",),
        {"types": "public_channel,private_channel", "limit": 1000, "exclude_archived": "false"},
    ),
    "users": ("users.list", "members", ("name",), {"limit": 1000}),
    "groups": ("usergroups.list", "usergroups", ("handle",), {}),
}
