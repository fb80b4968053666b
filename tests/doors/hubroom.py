"""A WebSub hub on loopback that does as the test says, and remembers what it was asked.

    async with Hub() as hub:
        ...                                        # let a subscriber find `hub.url` in a feed
        form = await hub.confirmed()               # it was asked, asked back, and got its challenge
        assert await hub.deliver(form, body) == 202

`plan` says how the next requests are answered, one each; without a plan it is 202, then a request for
confirmation. `tls` makes it one over https.
"""

import asyncio
import hmac
import io
import itertools
import ssl
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import aiohttp
from aiohttp import web

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """How a request is answered. `then`: what the hub does next: confirm, deny, or nothing."""

    status: int = 202
    headers: Mapping[str, str] | None = None
    then: str = "confirm"
    first: bool = False  # it does so before it answers


def moved(to: str, status: int) -> Reply:
    return Reply(status, {"Location": to}, then="")


class Hub:
    """See the module's docstring. Use as `async with`, in the event loop of the test."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.tls = tls
        self.lease = ""  # seconds it grants; empty: those it is asked for
        self.asked: list[Form] = []
        self.paths: list[str] = []
        self.verified: list[Form] = []
        self.refused: list[Form] = []  # whose subscriber did not confirm
        self._plan: deque[Reply] = deque()
        self._challenges = itertools.count(1)
        self._grew = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/{path:.*}", self._receive)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self.tls).start()
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*self._tasks)
        await self._session.close()
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return self.at("/hub")

    def at(self, path: str) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self._runner.addresses[0][1]}{path}"

    def plan(self, *replies: Reply) -> None:
        self._plan.extend(replies)

    async def requests(self, count: int = 1) -> list[Form]:
        """All it was asked, as soon as there are so many."""
        return await self._once(self.asked, count)

    async def confirmed(self, count: int = 1) -> Form:
        """The request of that number that its subscriber confirmed."""
        return (await self._once(self.verified, count))[count - 1]

    async def _once(self, seen: list[Form], count: int) -> list[Form]:
        async with asyncio.timeout(60), self._grew:
            await self._grew.wait_for(lambda: len(seen) >= count)
        return seen

    async def _receive(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        reply = self._plan.popleft() if self._plan else Reply()
        self.paths.append(request.path)
        if reply.then == "confirm" and reply.first:
            await self._confirm(form)
        elif reply.then:
            later = self._confirm(form) if reply.then == "confirm" else self._deny(form)
            self._tasks.add(asyncio.create_task(later))
        await self._note(self.asked, form)
        return web.Response(status=reply.status, headers=reply.headers)

    async def _note(self, seen: list[Form], form: Form) -> None:
        async with self._grew:
            seen.append(form)
            self._grew.notify_all()

    async def _confirm(self, form: Form) -> None:
        challenge = f"challenge-{next(self._challenges)}"
        status, said = await self.verify(form, {"hub.challenge": challenge})
        is_confirmed = status == 200 and said == challenge
        await self._note(self.verified if is_confirmed else self.refused, form)

    async def _deny(self, form: Form) -> None:
        query = {"hub.mode": "denied", "hub.topic": form["hub.topic"], "hub.reason": "members only"}
        await self.get(form["hub.callback"], query)

    async def verify(self, form: Form, changes: Form) -> tuple[int, str]:
        """Ask whether the request was meant; what the subscriber says."""
        query = {
            "hub.mode": form["hub.mode"],
            "hub.topic": form["hub.topic"],
            "hub.challenge": "challenge",
            "hub.lease_seconds": self.lease or form.get("hub.lease_seconds", ""),
        }
        return await self.get(form["hub.callback"], query | dict(changes))

    async def get(self, url: str, query: Form) -> tuple[int, str]:
        async with self._session.get(url, params=query) as response:
            return response.status, await response.text()

    async def deliver(
        self, form: Form, body: bytes, *, method: str = "sha256", signature: str | None = None, **headers: str
    ) -> int:
        """Bring a body; the status the subscriber answers. `signature` None: made with the secret, if any."""
        secret = form.get("hub.secret")
        if signature is None and secret:
            signature = f"{method}=" + hmac.new(secret.encode(), body, method).hexdigest()
        sent = {
            "Content-Type": "application/rss+xml",
            "Link": f'<{form["hub.topic"]}>; rel="self", <{self.url}>; rel="hub"',
            **({"X-Hub-Signature": signature} if signature else {}),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        url = form["hub.callback"]
        async with self._session.post(
            url, data=io.BytesIO(body), headers=sent, allow_redirects=False
        ) as response:
            return response.status
