"""What a person types into a date or number field, and what they see."""

from datetime import date, datetime

import pytest
from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import ValidationError
from django.utils import formats, translation


@pytest.fixture(params=["vi", "en"], autouse=True)
def language(request: pytest.FixtureRequest):
    with translation.override(request.param):
        yield request.param


@pytest.mark.parametrize("typed", ["05/06/2026", "5/6/2026", "05-06-2026", "2026-06-05", "05/06/26"])
def test_the_day_comes_first(typed: str) -> None:
    assert forms.DateField(localize=True).clean(typed) == date(2026, 6, 5)


def test_the_23rd_of_november_is_accepted_and_the_11th_month_first_is_not() -> None:
    assert forms.DateField().clean("23/11/2026") == date(2026, 11, 23)
    with pytest.raises(ValidationError):
        forms.DateField().clean("11/23/2026")


@pytest.mark.parametrize("typed", ["23/11/2026 17:05", "23-11-2026 17:05", "2026-11-23 17:05", "2026-11-23T17:05"])
def test_a_time_has_24_hours(typed: str) -> None:
    moment = forms.DateTimeField().clean(typed)
    assert moment.replace(tzinfo=None) == datetime(2026, 11, 23, 17, 5)


def test_a_field_shows_what_it_reads() -> None:
    assert formats.localize_input(date(2026, 11, 3)) == "03/11/2026"
    assert formats.localize_input(datetime(2026, 11, 3, 17, 5)) == "03/11/2026 17:05"


def test_a_week_starts_on_monday() -> None:
    assert formats.get_format("FIRST_DAY_OF_WEEK") == 1


def test_vietnamese_numbers_have_a_dot_and_a_comma(language: str) -> None:
    expected = {"vi": ("1.234.567", "1.234.567,89", "2,5"), "en": ("1,234,567", "1,234,567.89", "2.5")}[language]
    assert (intcomma(1234567), formats.number_format(1234567.89, force_grouping=True), formats.localize(2.5)) == expected


def test_dates_are_shown_day_first(language: str) -> None:
    assert formats.date_format(date(2026, 11, 3), "SHORT_DATE_FORMAT") == "03/11/2026"
    assert formats.date_format(datetime(2026, 11, 3, 17, 5), "SHORT_DATETIME_FORMAT") == "03/11/2026 17:05"
    assert formats.date_format(date(2026, 11, 3), "YEAR_MONTH_FORMAT") == {"vi": "tháng 11/2026", "en": "November 2026"}[language]
