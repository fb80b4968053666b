"""What an entry is judged with: the doors that are open, and the rules in force."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.grouping import Stories
from monitor.learning import Lessons
from monitor.model import FirstLook, Grouping, Route
from monitor.sources.fetch import Web
from monitor.store.db import Db
from monitor.workers import Workers
from rules import RuleSet

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Desk:
    """One piece of work keeps the desk it began with, whatever a reload puts in force meanwhile."""

    web: Web  # with the headers and networks of the entry's feed
    workers: Workers
    db: Db
    rules: RuleSet
    lessons: Lessons
    stories: Stories
    routes: Mapping[str, Route]  # of every rule
    first_look: FirstLook
    grouping: Grouping
    lives: bool  # the messages of stories are edited, and name whoever tells them
    clock: Clock
    flood: int = 0  # so many alerts of one poll of a feed are told one by one; 0: any number
