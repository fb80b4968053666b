"""How fast Slack may be spoken to: each channel, and the workspace in all. Pure; times are monotonic seconds.

Slack takes a message a second and channel, with short bursts, "while also maintaining a workspace-wide limit"
that it does not publish (docs.slack.dev/apis/web-api/rate-limits): that one is felt for. Each 429 halves it,
each minute without one gives a message a second back.
"""

from dataclasses import dataclass, field

BURST = 3  # messages to a channel that has been quiet
MOST, LEAST = 10.0, 1.0  # messages a second to the workspace
MINUTE = 60.0


@dataclass(slots=True)
class Bucket:
    """Holds up to `size` messages and is filled at `rate` a second."""

    size: float
    rate: float
    level: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until it holds a message."""
        self._fill(now)
        return max(0.0, (1 - self.level) / self.rate)

    def take(self, now: float) -> None:
        self._fill(now)
        self.level -= 1

    def _fill(self, now: float) -> None:
        self.level = min(self.size, self.level + max(0.0, now - self.at) * self.rate)
        self.at = max(self.at, now)


@dataclass(slots=True)
class Rates:
    """`pace`: seconds a message and channel; 0: as fast as they come."""

    pace: float
    _channels: dict[str, Bucket] = field(default_factory=dict)
    _all: Bucket = field(default_factory=lambda: Bucket(MOST, MOST, MOST, 0.0))
    _risen_at: float = 0.0

    def wait(self, channel: str, now: float) -> float:
        """Seconds until a message may go there."""
        if not self.pace:
            return 0.0
        self._rise(now)
        return max(self._channel(channel, now).wait(now), self._all.wait(now))

    def take(self, channel: str, now: float) -> None:
        """One goes there now."""
        if self.pace:
            self._channel(channel, now).take(now)
            self._all.take(now)

    def give_back(self, channel: str, now: float) -> None:
        """There was none to send."""
        if self.pace:
            self._channel(channel, now).level += 1
            self._all.level += 1

    def slow_down(self, now: float) -> None:
        """Slack said that it was too many."""
        self._all.rate = self._all.size = max(LEAST, self._all.rate / 2)
        self._all.level = min(self._all.level, 0.0)
        self._risen_at = now

    @property
    def a_second(self) -> float:
        """Messages to the workspace."""
        return self._all.rate

    def _rise(self, now: float) -> None:
        minutes = int((now - self._risen_at) // MINUTE)
        if minutes > 0:
            self._all.rate = self._all.size = min(MOST, self._all.rate + minutes)
            self._risen_at += minutes * MINUTE

    def _channel(self, channel: str, now: float) -> Bucket:
        return self._channels.setdefault(channel, Bucket(BURST, 1 / self.pace, BURST, now))
