"""A user's folder with a config.yaml in it, and wirewatch run there as a process of its own.

home = Household(tmp_path, feeds=[news.url("/feed")], rules=["missile + Iraq"], slack=slack.url)
done = await home.run("run", "--once")          # done.code, done.out, done.err
async with home.daemon() as daemon:             # SIGTERM at the end; daemon.kill() is kill -9
    await slack.wait(1)
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TOKEN = "xoxb-test"
APP_TOKEN = "xapp-test"


@dataclass(frozen=True, slots=True)
class Done:
    code: int
    out: str
    err: str


@dataclass
class Daemon:
    """A running daemon. `log` is what it wrote to stderr so far, one JSON object a line."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)
    _grew: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def log(self) -> str:
        return "\n".join(self.lines)

    async def says(self, words: str, seconds: float = 40) -> None:
        """Wait until a log line holds these words. Raises TimeoutError with the log so far."""
        try:
            async with asyncio.timeout(seconds), self._grew:
                await self._grew.wait_for(lambda: words in self.log)
        except TimeoutError:
            raise TimeoutError(f"the daemon never said {words!r}:\n{self.log}") from None

    def kill(self) -> None:
        self.process.kill()

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def ended(self, seconds: float = 40) -> int:
        async with asyncio.timeout(seconds):
            return await self.process.wait()

    async def listen(self) -> None:
        assert self.process.stderr
        async for line in self.process.stderr:
            async with self._grew:
                self.lines.append(line.decode(errors="replace").rstrip())
                self._grew.notify_all()


def often(feed: Any) -> Any:
    """A feed that is asked every second, unless it says otherwise: a test does not wait for a feed's pace."""
    given = {"url": feed} if isinstance(feed, str) else feed
    return {"every": "1s"} | given if "url" in given else given


class Household:
    """See the module's docstring."""

    def __init__(
        self,
        folder: Path,
        *,
        feeds: Sequence[Any] = (),
        rules: Sequence[Any] = ("missile + Iraq",),
        slack: str = "",
        first_look: str = "alert",
        **more: Any,
    ) -> None:
        self.folder = folder
        self.slack = slack
        self.settings: dict[str, Any] = {
            "feeds": list(feeds) if "fetch" in more else [often(feed) for feed in feeds],
            "rules": list(rules),
            "first_look": first_look,
            "slack": {"token": "${SLACK_BOT_TOKEN:-}", "channel": "#desk", "settle": "1s"}
            | ({"api_url": slack} if slack else {}),
            "fetch": {"contact": "desk@example.org", "allow_networks": ["127.0.0.0/8"], "every": "1s"},
            **more,
        }
        self.write()

    @property
    def config(self) -> Path:
        return self.folder / "config.yaml"

    def write(self, **changes: Any) -> None:
        """Write config.yaml (JSON is YAML), after some changes."""
        self.settings |= changes
        self.config.write_text(json.dumps(self.settings, indent=1))

    @property
    def env(self) -> Mapping[str, str]:
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}
        return (
            kept
            | {"PYTHONUNBUFFERED": "1"}
            | ({"SLACK_BOT_TOKEN": TOKEN, "SLACK_APP_TOKEN": APP_TOKEN} if self.slack else {})
        )

    async def run(self, *words: str, stdin: str = "", seconds: float = 90) -> Done:
        """One command, to its end."""
        process = await self._start(*words, stdin=asyncio.subprocess.PIPE)
        async with asyncio.timeout(seconds):
            out, err = await process.communicate(stdin.encode())
        return Done(process.returncode or 0, out.decode(), err.decode())

    async def audit(self) -> Mapping[str, Any]:
        done = await self.run("audit", "--json")
        assert done.out, done.err
        return json.loads(done.out)  # type: ignore[no-any-return]

    @asynccontextmanager
    async def daemon(self) -> AsyncIterator[Daemon]:
        daemon = Daemon(await self._start("run"))
        listening = asyncio.create_task(daemon.listen())
        try:
            yield daemon
        finally:
            if daemon.process.returncode is None:
                daemon.process.terminate()
                try:
                    await daemon.ended()
                finally:
                    if daemon.process.returncode is None:
                        daemon.kill()
            await listening

    async def _start(
        self, *words: str, stdin: int = asyncio.subprocess.DEVNULL
    ) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "monitor", *words,
            cwd=self.folder, env=self.env, stdin=stdin,
            stdout=stdin,  # a command that is given lines is read; a daemon's alerts go to nobody
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
