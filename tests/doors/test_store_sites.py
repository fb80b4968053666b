"""What recurs on a site is kept over restarts, on both databases."""

from datetime import timedelta

from monitor.store import sites
from monitor.store.db import Tx
from tests.doors.stores import NOON


def test_what_was_kept_last_of_a_site_is_found(tx: Tx) -> None:
    assert sites.find(tx, "courier.example") == b""
    sites.keep(tx, "courier.example", b"\x00one", NOON)
    sites.keep(tx, "courier.example", b"\xfftwo", NOON)
    assert sites.find(tx, "courier.example") == b"\xfftwo"
    assert sites.find(tx, "other.example") == b""


def test_a_site_without_articles_is_forgotten(tx: Tx) -> None:
    sites.keep(tx, "courier.example", b"one", NOON)
    sites.keep(tx, "gazette.example", b"two", NOON + sites.KEPT)
    assert sites.find(tx, "courier.example") == b"one"
    sites.keep(tx, "gazette.example", b"two", NOON + sites.KEPT + timedelta(seconds=1))
    assert sites.find(tx, "courier.example") == b""
