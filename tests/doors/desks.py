"""Desks to judge with: every rule tells #desk."""

from collections.abc import Callable
from datetime import datetime

from monitor.desk import Desk
from monitor.grouping import Stories
from monitor.learning import Lessons
from monitor.model import FirstLook, Grouping, Route
from monitor.sources.fetch import Web
from monitor.store.db import Db
from monitor.workers import Workers
from rules import RuleSet


def a_desk(
    web: Web,
    workers: Workers,
    db: Db,
    ruleset: RuleSet,
    clock: Callable[[], datetime],
    *,
    lessons: Lessons | None = None,
    stories: Stories | None = None,
    first_look: FirstLook = FirstLook.ALERT,
    grouping: Grouping = Grouping.THREAD,
    lives: bool = False,
) -> Desk:
    return Desk(
        web=web,
        workers=workers,
        db=db,
        rules=ruleset,
        lessons=lessons or Lessons(workers),
        stories=stories or Stories(db),
        routes={name: Route(("#desk",)) for name in ruleset.rules},
        first_look=first_look,
        grouping=grouping,
        lives=lives,
        clock=clock,
    )
