"""Days as people write them, in the languages of the feeds at hand; what nobody can tell is none."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sources.days import day_in

TWELFTH_OF_MAY = datetime(2023, 5, 12, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("May 12, 2023", "May 12th 2023 at 5:52pm", "Fri 12 May 2023", "12th of May 2023", "MAY 12, 2023"),
        *("Freitag, 12. Mai 2023", "12. Mai, 2023", "12 mai 2023", "le 12 mai 2023 à 14h02"),
        *("12 de mayo de 2023", "12 de maio de 2023", "12 maggio 2023", "12 mei 2023", "12. maj 2023"),
        *("12. toukokuuta 2023", "12 maja 2023", "12. května 2023", "12 mai 2023", "12 мая 2023 г."),
        *("12 травня 2023", "12 май 2023", "12 Μαΐου 2023", "12 Mayıs 2023", "12 Mei 2023"),
        *("12 مايو 2023", "١٢ أيار ٢٠٢٣", "12 مه 2023", "12 במאי 2023", "ב-12 במאי 2023"),
        *("2023年5月12日", "2023 年 5 月 12 日 (金)", "2023년 5월 12일", "2023.5.12 Fri 8:15", "2023/05/12"),
        *("12.05.2023", "12. 5. 2023", "12.5.23", "13:05, 12.05.2023", "2023-05-12T10:00"),
        *("By A. Reporter | 12 May 2023 | 3 min read", "updated 12-May-2023"),
    ],
)
def test_a_day_is_read(text: str) -> None:
    assert day_in(text) == TWELFTH_OF_MAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("28 كانون الثاني 2023", (1, 28)),
        ("3 تشرين الأول 2023", (10, 3)),
        ("7 جويلية 2023", (7, 7)),
        ("7 اكتوبر 2023", (10, 7)),  # without its hamza
        ("14 de juliol de 2023", (7, 14)),
        ("7 de jul. de 2023", (7, 7)),
        ("7. srpnja 2023.", (7, 7)),
        ("7. července 2023", (7, 7)),
        ("7 जुलाई 2023", (7, 7)),
    ],
)
def test_months_are_read_as_regions_write_them(text: str, day: tuple[int, int]) -> None:
    assert day_in(text) == datetime(2023, *day, 12, tzinfo=UTC)


@pytest.mark.parametrize(("language", "month"), [("pl", 11), ("cs-CZ", 11), ("hr_HR", 10)])
def test_a_name_of_two_months_is_told_by_the_language(language: str, month: int) -> None:
    assert day_in("5 listopad 2023", language) == datetime(2023, month, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("03/04/2023", "de", (4, 3)),
        ("03/04/2023", "en-GB", (4, 3)),
        ("03/04/2023", "en_US", (3, 4)),
        ("17/02/2022", "", (2, 17)),
        ("02/17/2022", "fr", (2, 17)),
        ("05-05-2023", "", (5, 5)),
    ],
)
def test_which_is_the_month_says_the_number_or_else_the_language(
    text: str, language: str, day: tuple[int, int]
) -> None:
    found = day_in(text, language)
    assert found is not None and (found.month, found.day) == day


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "today",
            "2 hours ago",
            "May 2023",
            "2023",
            "12 May",
            "the 12 best of 2023",
            "31 February 2023",
        ),
        *("03/04/2023", "99.99.2023", "10.11.12.13", "version 1.2.2023.4", "12 May 1850", "in 2023-45-99"),
        *("5 listopada 2023", "12 II 2023", "12 te 2023"),
        *("12 marvellous 2023 cars", "call 555-12-2023-11"),
    ],
)
def test_what_is_not_certainly_a_day_is_none(text: str) -> None:
    assert day_in(text) is None


def test_the_first_day_of_a_text_counts() -> None:
    assert day_in("12 May 2023, updated 2023-06-01") == TWELFTH_OF_MAY
    assert day_in("31.02.2023, no: 12.05.2023") == TWELFTH_OF_MAY


@given(st.text(max_size=200), st.text(max_size=6))
def test_no_text_is_too_strange(text: str, language: str) -> None:
    day_in(text, language)
