"""An article of a story, and a story as the next article is compared with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.stories.reading import Sketch
from monitor.stories.vector import Vector, together

QUIET = timedelta(days=3)  # after which a story is closed
LONGEST = timedelta(days=7)  # what goes on longer begins anew, so that no story grows by chains


@dataclass(frozen=True, slots=True)
class Member:
    """An article where it was placed: all that a restart needs of it."""

    entry_id: int
    story: int  # named by the entry it began with
    at: datetime  # when it was published, or first seen
    newsroom: str  # host
    origin: str  # whose text it is: a newsroom's or an agency's
    size: int  # in terms
    title: int  # the words of its headline; 0: too few to tell one article from another
    sketch: Sketch
    vector: Vector


@dataclass(frozen=True, slots=True)
class Story:
    """An open story, as an article is compared with it."""

    id: int
    opened_at: datetime
    last_at: datetime
    size: int
    first: Vector
    last: Vector
    centre: Vector

    def is_open(self, at: datetime) -> bool:
        return at - self.last_at <= QUIET and self.opened_at - QUIET <= at <= self.opened_at + LONGEST


def begun(member: Member) -> Story:
    vector = member.vector
    return Story(member.story, member.at, member.at, 1, vector, vector, vector)


def grown(story: Story, member: Member) -> Story:
    """A story with one more article; an article that comes late moves neither its end nor its last one."""
    late = member.at < story.last_at
    return Story(
        id=story.id,
        opened_at=min(story.opened_at, member.at),
        last_at=max(story.last_at, member.at),
        size=story.size + 1,
        first=story.first,
        last=story.last if late else member.vector,
        centre=together(story.centre, story.size, member.vector),
    )
