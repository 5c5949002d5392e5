"""How something moved and which band it is in, in words."""

import numpy as np

from engine.customers import wording


def test_a_direction_reads_well():
    assert wording.direction(-0.24) == "fell 24 %"
    assert wording.direction(0.001) == "hardly changed"


def test_a_value_on_the_edge_of_a_band_belongs_to_the_upper_one():
    found = wording.band(np.array([4.9, 5.0, 6.9, 7.0]), 5.0, 7.0, ("low", "medium", "high"))
    assert found.tolist() == ["low", "medium", "medium", "high"]
