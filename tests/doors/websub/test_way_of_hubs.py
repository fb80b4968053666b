"""How hubs reach us: `wirewatch check` tries it, config.yaml and the daemon settle it."""

import io
from pathlib import Path

from monitor import config
from monitor.commands import checks
from monitor.daemon import Daemon
from monitor.store.db import Db
from tests.doors.hubroom import Hub
from tests.doors.newsroom import Newsroom, rss
from tests.doors.websub.subscriber import OLD, feed_of, free_port


async def checked(news: Newsroom, folder: Path, public: str, listen: str) -> tuple[int, str]:
    path = folder / "config.yaml"
    path.write_text(
        f"feeds: ['{news.publish('/feed', rss([OLD]))}']\nrules: [missile]\n"
        "fetch: {allow_networks: [127.0.0.0/8]}\n"
        f"websub: {{public: '{public}', listen: '{listen}'}}\n"
    )
    paper = io.StringIO()
    code = await checks.reach(config.load(path, {}), paper)
    return code, paper.getvalue()


async def test_check_tries_the_way_that_hubs_take(news: Newsroom, tmp_path: Path) -> None:
    where = f"127.0.0.1:{free_port()}"
    code, said = await checked(news, tmp_path, f"http://{where}/push/", where)
    assert code == 0 and "✓ websub: hubs can reach us" in said


async def test_check_says_where_the_way_of_hubs_leads_instead(news: Newsroom, tmp_path: Path) -> None:
    where = f"127.0.0.1:{free_port()}"
    code, said = await checked(news, tmp_path, news.url("/"), where)
    assert code == 1 and f"does not lead to {where}: 404 Not Found" in said and "1 of 3 cannot" in said
    assert "push-" not in said


async def test_check_says_that_the_port_is_taken(news: Newsroom, tmp_path: Path) -> None:
    where = f"127.0.0.1:{news.port}"
    code, said = await checked(news, tmp_path, f"http://{where}/", where)
    assert code == 1 and f"! websub: websub.listen: {where} is taken by another program" in said


async def test_a_feed_with_headers_of_its_own_is_named_to_no_hub(
    tmp_path: Path, news: Newsroom, hub: Hub
) -> None:
    path, where = tmp_path / "config.yaml", f"127.0.0.1:{free_port()}"
    for name in ("/private", "/feed"):
        news.publish(name, feed_of(hub, news.url(name), OLD))
    path.write_text(
        f"feeds:\n- {{url: '{news.url('/private')}', headers: {{Authorization: '${{KEY}}'}}}}\n"
        f"- {news.url('/feed')}\nrules: [missile]\nfetch: {{allow_networks: [127.0.0.0/8]}}\n"
        f"websub: {{public: 'http://{where}/', listen: '{where}'}}\n"
    )
    settings = config.load(path, {"KEY": "Bearer s3cret"})
    with Db.open(settings.store) as db:
        daemon = Daemon(settings, db)
        await daemon._reception.open()
        await daemon.start()
        await daemon.poll_all()
        await daemon._reception.asks.once()
        await hub.confirmed()
        await daemon.close()
    assert news.asked("/private")[0].headers["Authorization"] == "Bearer s3cret"
    assert [form["hub.topic"] for form in hub.asked] == [news.url("/feed")]


async def test_where_hubs_reach_us_cannot_change_under_a_running_daemon(
    tmp_path: Path, logged: io.StringIO
) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("feeds: [https://a.example/f]\nrules: [missile]\n")
    settings = config.load(path, {})
    with Db.open(settings.store) as db:
        daemon = Daemon(settings, db)
        await daemon.start()
        with path.open("a") as file:
            file.write("websub: {public: https://news.example.org/push/}\n")
        await daemon.reload()
        await daemon.close()
    assert "config.yaml: websub cannot change while the daemon runs: restart it" in logged.getvalue()
