"""How the paper writes times: local, day first, 24 hours."""

from datetime import UTC, date, datetime, timedelta

import pytest

from newsroom.common import dates

NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)  # 12:30 in the newsroom


def test_a_date_carries_the_weekday_of_the_newsroom_and_not_of_utc() -> None:
    assert dates.weekday_date(NOW) == "Thứ Hai, 23/11/2026"
    assert dates.weekday_date(datetime(2026, 11, 22, 17, 0, tzinfo=UTC)) == "Thứ Hai, 23/11/2026"
    assert dates.weekday_date(datetime(2026, 11, 22, 16, 59, tzinfo=UTC)) == "Chủ Nhật, 22/11/2026"


def test_every_weekday_has_its_name() -> None:
    names = [dates.weekday_date(date(2026, 11, 23) + timedelta(days=i)).split(",")[0] for i in range(7)]
    assert names == ["Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"]


def test_times_are_local_and_have_24_hours() -> None:
    assert dates.clock_time(datetime(2026, 11, 23, 10, 5, tzinfo=UTC)) == "17:05"
    assert dates.clock_and_date(NOW) == "12:30, 23/11/2026"
    assert dates.short_date(NOW) == "23/11/2026"
    assert dates.full_line(NOW) == "Thứ Hai, 23/11/2026, 12:30 (GMT+7)"


@pytest.mark.parametrize(
    ("age", "shown"),
    [
        (timedelta(0), "Vừa xong"),
        (timedelta(seconds=59), "Vừa xong"),
        (timedelta(seconds=-59), "Vừa xong"),
        (timedelta(minutes=1), "1 phút trước"),
        (timedelta(minutes=12, seconds=59), "12 phút trước"),
        (timedelta(minutes=59, seconds=59), "59 phút trước"),
        (timedelta(hours=1), "1 giờ trước"),
        (timedelta(hours=12), "12 giờ trước"),
        (timedelta(hours=13), "Hôm qua, 23:30"),
        (timedelta(hours=36), "Hôm qua, 00:30"),
        (timedelta(hours=37), "23:30, 21/11/2026"),
        (timedelta(hours=-2), "14:30, 23/11/2026"),
    ],
)
def test_age_is_told_in_words_as_long_as_words_are_short(age: timedelta, shown: str) -> None:
    assert dates.relative(NOW - age, now=NOW) == shown


def test_a_story_of_late_last_night_is_minutes_old_after_midnight() -> None:
    midnight = datetime(2026, 11, 22, 17, 5, tzinfo=UTC)
    assert dates.relative(midnight - timedelta(minutes=10), now=midnight) == "10 phút trước"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        dates.clock_time(datetime(2026, 11, 23, 5, 30))
