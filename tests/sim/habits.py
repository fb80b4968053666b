"""Every habit of a publisher that the simulated world knows: how it publishes, shows, answers, and fails."""

from tests.sim.publisher import Fault, Habit

_NIGHTS = tuple(range(0, 6))

PUBLISHING = (
    Habit("well kept"),
    Habit("rare", per_day=0.3, window=10),
    Habit("busy", per_day=90, window=30),
    Habit("wire", per_day=300, window=60, max_age=60),
    Habit("short window", per_day=60, window=10, flat=True),
    Habit("very short window", per_day=200, window=6),
    Habit("bursts", per_day=20, window=15, burst=8),
    Habit("floods", per_day=20, window=15, burst=30),
    Habit("floods, archived", per_day=20, window=15, burst=30, archive=True),
    Habit("floods, with a sitemap", per_day=20, window=15, burst=30, mapped=True),
    Habit("evergreens on top", per_day=60, window=10, evergreens=10),
    Habit("edits", edits=0.3),
    Habit("guid with a version", edits=0.3, guid="suffix"),
    Habit("new guids every time", guid="random"),
    Habit("nothing but words stays", window=4, guid="random", links="none", dates="asked"),
    Habit("one guid for all", guid="same"),
    Habit("empty guids", guid="empty"),
    Habit("numbers for guids", guid="number"),
    Habit("no link", links="none", guid="number"),
    Habit("no link, no guid", links="none", guid="none"),
    Habit("one link for all", links="front", guid="number"),
    Habit("links that move", links="moving", guid="link"),
    Habit("shuffled", order="shuffled"),
    Habit("oldest first", order="oldest"),
    Habit("entries away for hours", vanishing=0.3),
    Habit("entries that return", per_day=30, window=10, returning=True),
    Habit("empty at night", night=(1, 4)),
    Habit("two versions", short=6),
    Habit("no dates", dates="none"),
    Habit("equal dates", dates="equal"),
    Habit("twelve hours off", dates="zone"),
    Habit("dated 2041", dates="future"),
    Habit("dated a month back", dates="past"),
    Habit("impossible dates", dates="garbage"),
    Habit("Atom", kind="atom", guid="number"),
    Habit("RDF", kind="rdf", guid="none"),
    Habit("JSON Feed", kind="json"),
    Habit("news sitemap", kind="sitemap", guid="none", window=100),
)

LISTED = (
    Habit("JSON Feed, floods, next_url", kind="json", per_day=20, window=15, burst=30, archive=True),
    Habit("sitemap", kind="pages", guid="none", window=400),
    Habit("sitemap without dates", kind="pages", guid="none", window=400, dates="none"),
    Habit("sitemap index by months", kind="index", guid="none", window=400),
    Habit("sitemap index by sections", kind="index", guid="none", window=400, parts="sections"),
)

PUSHING = (
    Habit("hub", hub=True),
    Habit("hub that loses every third push", hub=True, lost=3),
    Habit("hub that never pushes", hub=True, lost=1),
    Habit("hub that loses pushes of floods", per_day=20, window=15, burst=30, hub=True, lost=3),
    Habit("hub that loses pushes of a busy feed", per_day=90, window=12, hub=True, lost=7),
)

SERVING = (
    Habit("no validators", validators="none"),
    Habit("ETag only", validators="etag"),
    Habit("Last-Modified only", validators="modified"),
    Habit("weak ETag", validators="weak"),
    Habit("ETag without quotes", validators="bare"),
    Habit("one ETag for ever", validators="fixed"),
    Habit("304 whatever is new", validators="lying"),
    Habit("Last-Modified that stands still", validators="stale"),
    Habit("new ETag every time", validators="restless"),
    Habit("max-age 1 h", max_age=3600),
    Habit("Expires in 30 min", expires=1800),
    Habit("max-age a year", max_age=31_536_000),
    Habit("ttl 2 h", ttl=120),
    Habit("skipHours", skip_hours=_NIGHTS),
    Habit("quota of one in 20 min", quota=1200),
    Habit("302 always", detour=302),
    Habit("307 always", detour=307),
    Habit("301 for ever", moved=5),
)

FAILING = (
    Habit("301 once", faults=(Fault("301", hours=0.1, every=100),)),
    Habit("301 to a maintenance page", faults=(Fault("maintenance", hours=24, every=300),)),
    Habit("redirect loop", faults=(Fault("loop", hours=6, every=100),)),
    Habit("404 for hours", faults=(Fault("404", hours=6, every=100),)),
    Habit("404 for weeks", faults=(Fault("404", hours=500),)),
    Habit("410 once", faults=(Fault("410", hours=0.1, every=200),)),
    Habit("410 for ever", faults=(Fault("410", hours=5000),)),
    Habit("401 for days", faults=(Fault("401", hours=72, every=240),)),
    Habit("403 for days", faults=(Fault("403", hours=72, every=240),)),
    Habit("429 without a word", faults=(Fault("429", hours=2, every=100),)),
    Habit("429 with seconds", faults=(Fault("429", hours=3, every=100, wait="7200"),)),
    Habit("429 with a date", faults=(Fault("429", hours=3, every=100, wait="@7200"),)),
    Habit("429 with nonsense", faults=(Fault("429", hours=2, every=100, wait="abc"),)),
    Habit("503 with seconds", faults=(Fault("503", hours=2, every=100, wait="5400"),)),
    Habit("503 without a word", faults=(Fault("503", hours=2, every=100),)),
    Habit("500 for a day", faults=(Fault("500", hours=24, every=200),)),
    Habit("500 for ever", faults=(Fault("500", hours=5000),)),
    Habit("timeouts", faults=(Fault("timeout", hours=4, every=50),)),
    Habit("no such name for days", faults=(Fault("dns", hours=60, every=300),)),
    Habit("refused", faults=(Fault("connect", hours=4, every=50),)),
    Habit("lines that drop", faults=(Fault("dropped", hours=1, every=12),)),
    Habit("web page for hours", faults=(Fault("html", hours=8, every=60),)),
    Habit("empty answers", faults=(Fault("empty body", hours=2, every=30),)),
    Habit("cut short", faults=(Fault("cut", hours=2, every=30),)),
)

HABITS = (*PUBLISHING, *LISTED, *PUSHING, *SERVING, *FAILING)
