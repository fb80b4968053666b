"""Many rows in few statements, on both databases."""

import pytest
from sqlalchemy import select

from monitor.store.db import Tx
from monitor.store.rows import insert_rows
from monitor.store.schema import vitals
from tests.doors.stores import NOON


@pytest.mark.parametrize("count", [0, 1, 3, 256, 333, 1000])
def test_any_number_of_rows_goes_in_each_as_its_column_wants_it(tx: Tx, count: int) -> None:
    rows = [{"key": f"name {number}\0", "value": [number, "Zeitung \udcff"]} for number in range(count)]
    insert_rows(tx, vitals, rows, {"at": NOON})
    found = {row.key: (row.value, row.at) for row in tx.execute(select(vitals))}
    assert found == {f"name {number}": ([number, "Zeitung "], NOON) for number in range(count)}


def test_a_row_whose_key_is_taken_stays_out_and_no_other(tx: Tx) -> None:
    insert_rows(tx, vitals, [{"key": "b", "value": "first"}], {"at": NOON})
    rows = [{"key": key, "value": "second"} for key in "abc"]
    insert_rows(tx, vitals, rows, {"at": NOON}, unless_there=True)
    found = {row.key: row.value for row in tx.execute(select(vitals))}
    assert found == {"a": "second", "b": "first", "c": "second"}
