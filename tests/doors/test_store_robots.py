"""What hosts ask of robots, kept over restarts, on both databases."""

from datetime import timedelta

from sqlalchemy import func, select, text

from monitor.store import robots
from monitor.store.db import Db, Tx
from monitor.store.schema import robots as table
from tests.doors.stores import NOON

DAY = timedelta(days=1)
RULES = "User-agent: *\nDisallow: /\x00private"


def test_the_last_wishes_of_a_host_are_found(tx: Tx) -> None:
    assert robots.find(tx, "courier.example") is None
    robots.keep(tx, "courier.example", "User-agent: *", NOON, NOON)
    robots.keep(tx, "courier.example", RULES, NOON + DAY, NOON)
    assert robots.find(tx, "courier.example") == ("User-agent: *\nDisallow: /private", NOON + DAY)
    assert robots.find(tx, "courier.example:8080") is None


def test_hosts_nobody_asks_for_any_more_are_forgotten(tx: Tx) -> None:
    for number in range(5):
        robots.keep(tx, f"{number}.example", "", NOON, NOON)
    robots.keep(tx, "courier.example", "", NOON + 2 * DAY, NOON + DAY)
    assert tx.execute(select(func.count()).select_from(table)).scalar_one() == 1


async def test_a_store_in_trouble_costs_a_request_and_no_more(db: Db) -> None:
    shelf = robots.Shelf(db)
    await db.write(lambda tx: tx.execute(text("DROP TABLE robots")))
    assert await shelf.find("courier.example") is None
    await shelf.keep("courier.example", RULES, NOON)
