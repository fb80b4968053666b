"""Push through a hub that is not ours (flask-websub): from the publisher's ping to the entry in the store.

    python -m bench.hub [ARTICLES]

Publisher, hub and daemon are processes of their own on loopback; the daemon polls once an hour. Each article
is published, the hub is pinged, and the store looked at until it is there. The exit code is 1 if one does not
come within 20 s, or if the feed was polled more than the once in which its hub was found.
"""

import json
import os
import queue
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from monitor.words import counted

ARTICLES = 30
PATIENCE = 90.0  # seconds for three processes to be up, and one to be subscribed
LONGEST = 20.0  # for an article
PUSHED = "pushes its news"  # what the daemon says of a confirmed lease

Lines = queue.Queue[dict[str, Any]]


def main(articles: int = ARTICLES) -> int:
    newsroom, hub, listen = (free_place() for _ in range(3))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = write_config(folder, f"http://{newsroom}/feed", listen)
        with (
            running("bench.hub", "publisher", newsroom, f"http://{hub}/hub"),
            running("bench.hub", "hub", hub, str(folder / "hub.db")),
        ):
            for place in (newsroom, hub):
                wait_for(place)
            with running("monitor", "run", "--verbose", "-c", str(config)) as daemon:
                lines = lines_of(daemon)
                print(line_with(lines, PUSHED, PATIENCE)["event"])
                wait_for_lease(folder / "hub.db")
                took = [published(n, newsroom, hub, folder) for n in range(articles)]
                lags = [line_with(lines, " pushed", LONGEST)["lag"] for _ in range(articles)]
            polls = int(ask(f"http://{newsroom}/polls"))
    return report(took, [float(lag.removesuffix(" ms")) for lag in lags], polls)


def published(n: int, newsroom: str, hub: str, folder: Path) -> float:
    """Milliseconds from the ping until the entry is in the store. Raises TimeoutError."""
    title = ask(f"http://{newsroom}/articles", {"n": str(n)})
    began = time.perf_counter()
    ask(f"http://{hub}/hub", {"hub.mode": "publish", "hub.topic": f"http://{newsroom}/feed"})
    with sqlite3.connect(f"file:{folder / 'wirewatch.db'}?mode=ro", uri=True) as store:
        while not store.execute("SELECT 1 FROM entries WHERE title = ?", (title,)).fetchone():
            if time.perf_counter() - began > LONGEST:
                raise TimeoutError(f"{title!r} was not pushed within {LONGEST:.0f} s")
            time.sleep(0.001)
    return (time.perf_counter() - began) * 1000


def report(took: list[float], lags: list[float], polls: int) -> int:
    for what, times in (("ping to entry, the hub's own work included", took), ("202 to entry", lags)):
        print(f"{what}: median {statistics.median(times):.0f} ms, longest {max(times):.0f} ms")
    print(f"{counted(len(took), 'article')} pushed; the feed was polled {counted(polls, 'time')}")
    return int(polls != 1)


# --- three processes ---------------------------------------------------------------------------------------


@contextmanager
def running(*words: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"SLACK_BOT_TOKEN": ""},
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()
        if process.stderr:
            process.stderr.close()


def lines_of(process: subprocess.Popen[str]) -> Lines:
    """What a daemon logs, as it comes."""
    lines: Lines = queue.Queue()

    def read() -> None:
        for line in process.stderr or ():
            if line.startswith("{"):
                lines.put(json.loads(line))

    threading.Thread(target=read, daemon=True).start()
    return lines


def line_with(lines: Lines, words: str, seconds: float) -> dict[str, Any]:
    """The next line whose event has these words. Raises queue.Empty."""
    until = time.monotonic() + seconds
    while True:
        line = lines.get(timeout=max(0.0, until - time.monotonic()))
        if words in line["event"]:
            return line


def free_place() -> str:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{found.getsockname()[1]}"


def wait_for(place: str) -> None:
    host, _, port = place.partition(":")
    until = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection((host, int(port))).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def wait_for_lease(hub: Path) -> None:
    """It is in the hub's books a moment after the daemon has confirmed it."""
    with sqlite3.connect(hub) as books:
        while not books.execute("SELECT 1 FROM hub").fetchone():
            time.sleep(0.01)


def ask(url: str, form: dict[str, str] | None = None) -> str:
    data = urllib.parse.urlencode(form).encode() if form else None
    with urllib.request.urlopen(url, data) as answer:
        return str(answer.read().decode())


def write_config(folder: Path, feed: str, listen: str) -> Path:
    settings = {
        "feeds": [feed],
        "rules": ["missile + Iraq"],
        "fetch": {"contact": "bench@example.org", "allow_networks": ["127.0.0.0/8"], "every": "1h"},
        "websub": {"public": f"http://{listen}/push/", "listen": listen},
    }
    path = folder / "config.yaml"
    path.write_text(json.dumps(settings))  # JSON is YAML
    return path


# --- a newsroom, and the hub it names ----------------------------------------------------------------------


def serve(app: Any, place: str) -> None:
    from werkzeug.serving import make_server

    host, _, port = place.partition(":")
    make_server(host, int(port), app, threaded=True).serve_forever()


def publisher(place: str, hub: str) -> None:
    """A feed of ten entries that names its hub; POST /articles adds one."""
    from flask import Flask, Response, request
    from flask_websub.publisher import publisher as with_links

    app, titles, polls = Flask(__name__), ["Roses in bloom"], Counter[str]()

    @app.get("/feed")
    @with_links(f"http://{place}/feed", hub)
    def feed() -> Response:
        polls[request.headers["User-Agent"].partition("/")[0]] += 1
        found = "".join(
            f"<item><title>{title}</title><link>http://{place}/page/{n}</link></item>"
            for n, title in list(enumerate(titles))[:-11:-1]
        )
        body = f'<rss version="2.0"><channel><title>The Courier</title>{found}</channel></rss>'
        return Response(body, content_type="application/rss+xml")

    @app.post("/articles")
    def articles() -> str:
        titles.append(f"Report {request.form['n']}: a missile was found in Iraq")
        return titles[-1]

    @app.get("/page/<int:n>")
    def page(n: int) -> str:
        return (
            f"<html><title>{titles[n]}</title><article><p>{titles[n]}, officials said.</p></article></html>"
        )

    app.add_url_rule("/polls", view_func=lambda: str(polls["wirewatch"]))
    serve(app, place)


def hub(place: str, path: str) -> None:
    """flask-websub's, whose tasks are done at once, in the request that asks for them."""
    from celery import Celery
    from flask import Flask
    from flask_websub.hub import Hub, SQLite3HubStorage

    celery = Celery("hub", broker="memory://")
    celery.conf.task_always_eager = True
    app = Flask(__name__)
    app.config["PUBLISH_SUPPORTED"] = True
    app.register_blueprint(Hub(SQLite3HubStorage(path), celery).build_blueprint(url_prefix="/hub"))
    serve(app, place)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["publisher", place, address]:
            publisher(place, address)
        case ["hub", place, path]:
            hub(place, path)
        case words:
            sys.exit(main(*map(int, words)))
