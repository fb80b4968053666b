"""Most articles match nothing: all the words of a page show it, at a fraction of the cost of reading it.

What may match is read at once. What cannot is settled, and its page put by: it is read for the archive, and
for whoever asks why, when nothing else wants reading.
"""

import asyncio

from monitor.desk import Desk
from monitor.model import Decision, EntryState, Fetched, FetchOutcome, Skim, StoredEntry
from monitor.pipeline import ENGLISH
from monitor.store import entries, pages
from monitor.store.db import Tx
from monitor.words import counted
from rules import RuleSet

# What was told, or is held for the summary, is judged in full: its alert speaks of what its page says now.
SIFTED = frozenset((EntryState.NEW, EntryState.NO_MATCH, EntryState.FAILED))


async def sift(entry: StoredEntry, page: FetchOutcome | None, desk: Desk) -> Decision | None:
    """What becomes of an entry that no rule can match, whatever its article is; None: read it now."""
    if entry.state not in SIFTED or not isinstance(page, Fetched) or not page.keep:
        return None
    seen = await desk.workers.skim(page.body, page.content_type, entry)
    if not isinstance(seen, Skim) or not await asyncio.to_thread(_is_ruled_out, seen, desk.rules):
        return None
    why = (
        f"none of {counted(len(desk.rules), 'rule')} can match the words of its page; read when there is time"
    )
    decision = Decision(EntryState.NO_MATCH, why)
    now = desk.clock()

    def keep(tx: Tx) -> None:
        pages.put_by(tx, entry.id, page, seen.packed)
        entries.settle(tx, entry, decision, now)

    await desk.db.write(keep, urgent=False)
    return decision


def _is_ruled_out(seen: Skim, rules: RuleSet) -> bool:
    """Not in a language whose forms are not known yet: to read the article is what makes them known.

    A word may count in any language that was met, as only the article itself says which it is in.
    """
    return rules.languages.issuperset(seen.languages or ENGLISH) and not rules.may_hold(seen.words)
