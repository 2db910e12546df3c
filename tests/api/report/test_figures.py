import pytest

from api.report.figures import distance_text, duration_text, figure_text, money_text, share_text


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "0 min"), (1, "1 min"), (60, "1 min"), (61, "2 min"), (3541, "1 h 00 min"), (5400, "1 h 30 min"),
     (5 * 3600 + 7 * 60, "5 h 07 min"), (100_000 * 3600, "100,000 h 00 min")],
)  # fmt: skip
def test_duration(seconds, expected):
    assert duration_text(seconds, "en") == expected


def test_duration_in_chinese():
    assert duration_text(5400, "zh") == "1 小时 30 分"


@pytest.mark.parametrize(
    ("cents", "expected"), [(0, "0.00"), (5, "0.05"), (123_456, "1,234.56"), (-5, "-0.05"), (-123_456, "-1,234.56")]
)
def test_money(cents, expected):
    assert money_text(cents) == expected


def test_distance_and_share():
    assert distance_text(12_345, "en") == "12.3 km"
    assert share_text(0.9876) == "98.8 %"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [("travel_s", 3600, "1 h 00 min"), ("distance_m", 1000, "1.0 km"), ("response_s.gold", 60, "1 min"),
     ("kept_share.gold", 0.5, "50.0 %"), ("utilisation", 1.0, "100.0 %"), ("tickets", 1234, "1,234")],
)  # fmt: skip
def test_a_figure_is_shown_in_the_unit_of_its_name(name, value, expected):
    assert figure_text(name, value, "en") == expected
