"""A wheel of the project, in an empty environment without the test tools, delivers one alert.

Run by `make smoke` with the project's own Python; serves a feed, its page and a Slack on loopback with the
standard library alone, so nothing but the wheel and its locked requirements can make it work.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

ROOT = Path(__file__).resolve().parent.parent

FEED = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Gulf Courier</title>
<link>http://{host}/</link><item><title>Depot opened near the border</title><link>http://{host}/depot</link>
<guid>depot-1</guid><pubDate>{date}</pubDate><description>A new depot.</description></item></channel></rss>"""

PAGE = """<!doctype html><html lang="en"><head><title>Depot opened near the border</title></head><body>
<article><h1>Depot opened near the border</h1>
<p>Officials said on Tuesday that a depot holding several hundred missiles had been opened in western Iraq,
two hours by road from the frontier, after a year of building work that nobody had announced.</p>
<p>The ministry declined to say who paid for the work, how many people are employed there, or when the first
convoy is expected to arrive. Local councillors said that they had learnt of it from the newspapers.</p>
</article></body></html>"""


class Room(BaseHTTPRequestHandler):
    """A newsroom and a Slack behind one port."""

    told: list[dict[str, str]] = []

    def do_GET(self) -> None:
        host = self.headers["Host"]
        body = PAGE if self.path == "/depot" else FEED.format(host=host, date=formatdate(usegmt=True))
        self._answer("text/html" if self.path == "/depot" else "application/rss+xml", body)

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        form = json.loads(raw) if raw.startswith("{") else {k: v[0] for k, v in parse_qs(raw).items()}
        self.told.append(form)
        self._answer("application/json", json.dumps({"ok": True, "ts": "1.000100", "channel": "C1"}))

    def _answer(self, kind: str, body: str) -> None:
        data = body.encode()
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


def sh(*words: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **options)  # type: ignore[call-overload]
    if done.returncode:
        sys.exit(
            f"smoke: {' '.join(map(str, words))} ended with {done.returncode}\n{done.stdout}{done.stderr}"
        )
    return done  # type: ignore[no-any-return]


def install(folder: Path) -> Path:
    """An environment with the locked requirements and the wheel, nothing else. Returns its bin folder."""
    env, uv = folder / "env", shutil.which("uv")
    sh(sys.executable, "-m", "venv", *(["--without-pip"] if uv else []), env)
    python = env / "bin" / "python"
    pip = [uv, "pip", "install", "-q", "--python", python] if uv else [python, "-m", "pip", "install", "-q"]
    locks = ["-r", ROOT / "requirements.lock", "-r", ROOT / "requirements-build.lock"]
    sh(*pip, "--require-hashes", *locks)
    source = folder / "source"  # a copy: setuptools leaves build/ behind
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".git", ".venv", "build", "*.egg-info"))
    sh(*pip, "--no-deps", "--no-build-isolation", source)
    return env / "bin"


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Room)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{server.server_port}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bin_ = install(folder)
        home = folder / "home"
        home.mkdir()
        (home / "config.yaml").write_text(
            f"feeds: ['http://{host}/feed']\nfirst_look: alert\n"
            'rules:\n  - "missile" + "Iraq"\n  - Macron\n'
            f"slack: {{token: '${{SLACK_BOT_TOKEN}}', channel: '#desk', api_url: 'http://{host}/api/'}}\n"
            f"fetch: {{contact: smoke@example.org, allow_networks: [127.0.0.0/8]}}\n"
        )
        env = {"PATH": os.environ["PATH"], "HOME": name, "SLACK_BOT_TOKEN": "xoxb-smoke"}
        done = sh(bin_ / "wirewatch", "run", "--once", cwd=home, env=env)
        audit = sh(bin_ / "wirewatch", "audit", cwd=home, env=env)
    if len(Room.told) != 1 or "missile + Iraq" not in json.dumps(Room.told[0]).replace('\\\\\\"', "").replace(
        '\\"', ""
    ):
        sys.exit(f"smoke: expected one alert by missile + Iraq, got {Room.told}\n{done.stdout}{done.stderr}")
    sys.stdout.write(f"smoke: a wheel in an empty environment told one alert\n{audit.stdout}")


if __name__ == "__main__":
    main()
