"""`wirewatch rules import`, as it is called."""

from pathlib import Path

from tests.whole.household import Household


async def test_a_query_comes_out_as_yaml_and_its_notes_beside_it(tmp_path: Path) -> None:
    home = Household(tmp_path)
    done = await home.run(
        "rules", "import", "--from", "brandwatch", stdin="{BT} AND “المملكة” NEAR/3f tanker\n"
    )
    assert done.out == "- match: |\n    case:BT AND (المملكة BEFORE/3 tanker)\n"
    assert done.code == 0 and done.err.startswith("note: ")


async def test_a_query_in_a_file_that_cannot_be_said_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "query.txt").write_text("oil AND reach>=10000")
    home = Household(tmp_path)
    done = await home.run("rules", "import", "--from", "meltwater", "query.txt")
    assert (done.code, done.out) == (1, "")
    assert "reach cannot be said" in done.err and "^^^^^^^^^^^^" in done.err and "Traceback" not in done.err


async def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    done = await Household(tmp_path).run("rules", "import", "--from", "google", "nothing.txt")
    assert (done.code, done.err) == (1, "nothing.txt: no such file or directory\n")


async def test_what_is_no_query_is_one_line(tmp_path: Path) -> None:
    home = Household(tmp_path)
    (tmp_path / "query.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    done = await home.run("rules", "import", "--from", "google", "query.txt")
    assert (done.code, done.out, done.err) == (1, "", "query.txt: this is an image, not text\n")
    done = await home.run("rules", "import", "--from", "google", stdin=" \n")
    told = "there is no query here: name a file that has one, or give it on stdin\n"
    assert (done.code, done.out, done.err) == (1, "", told)
