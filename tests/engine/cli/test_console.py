"""Cells of printed tables."""

import pytest

from engine.cli.console import cell


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.123456, "0.1235"),
        (3.143e-05, "0.000031"),
        (-1e-06, "-0.000001"),
        (15903.4, "15,903"),
        (12_345_678.9, "12,345,679"),
        (0.0, "0"),
        (7, "7"),
        (float("nan"), "–"),
        (None, "–"),
    ],
)
def test_a_figure_is_read_without_powers_of_ten(value: object, expected: str):
    assert cell(value) == expected
