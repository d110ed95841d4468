"""Numbers as text for people."""

from digits.pictures.number_format import format_number, format_percent, format_percent_exactly


def test_numbers_are_written_for_people():
    assert [format_number(value) for value in (0, -2.314, 0.0742, 12.34, 1234.5, -3.1e-5, 2e7)] == [
        "0.00", "−2.31", "0.074", "12.3", "1,234", "−3.1·10⁻⁵", "2.0·10⁷",
    ]  # fmt: skip
    assert [format_percent(value) for value in (1, 0.99999, 0.5)] == ["100.00\u00a0%", "99.99\u00a0%", "50.00\u00a0%"]
    assert [format_percent_exactly(value) for value in (0.998, 1 - 1.4e-7, 1, 2e-6)] == [
        "0.9980",
        "0.99999986",
        "1.0000",
        "2.0·10⁻⁶",
    ]
