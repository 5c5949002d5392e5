"""Labels that move towards the texts which they are to tell apart."""

import numpy as np

from engine.models.zero_shot import Anchors, label_vectors


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _two_topics() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vectors with much in common, that of one label's name, and the truth."""
    rng = np.random.default_rng(3)
    common = np.array([5.0, 0.0, 0.0, 0.0])
    topics = np.array([[0.0, 1.0, 0.3, 0.0], [0.0, -1.0, 0.3, 0.0]])
    truth = np.repeat([0, 1], 40)
    texts = _unit(common + topics[truth] + rng.normal(0, 0.3, (80, 4)))
    names = _unit(np.array([[1.0, 0.4, 0.0, 1.0], [3.0, -0.1, 0.0, -1.0]]))
    return texts, names, truth


def test_a_label_that_fits_every_text_a_little_no_longer_wins_everywhere():
    texts, names, truth = _two_topics()
    assert ((texts @ names.T).argmax(axis=1) == truth).mean() < 0.6
    chances = Anchors.of(texts, names, 0.05).chances(texts)
    assert (chances.argmax(axis=1) == truth).mean() > 0.9
    np.testing.assert_allclose(chances.sum(axis=1), 1)


def test_few_texts_leave_a_label_near_its_name():
    texts, names, _ = _two_topics()
    centred = _unit(names - names.mean(axis=0))
    moved = [Anchors.of(texts[::step], names, 0.05).directions for step in (1, 40)]
    from_name = [1 - (one * centred).sum(axis=1) for one in moved]
    assert (from_name[1] < from_name[0]).all()


def test_equal_texts_say_nothing_and_break_nothing():
    _, names, _ = _two_topics()
    chances = Anchors.of(np.ones((3, 4)), names, 0.05).chances(np.ones((3, 4)))
    np.testing.assert_allclose(chances, 0.5)


class _Letters:
    """A stand-in encoder: counts of four letters."""

    def encode(self, texts: list[str]) -> np.ndarray:
        return _unit(np.array([[text.count(c) for c in "abcd"] for text in texts], dtype=float))


def test_several_descriptions_of_a_label_count_alike():
    vectors = label_vectors(_Letters(), {"one": ["a", "b"], "two": "c"})
    np.testing.assert_allclose(vectors, [[0.5**0.5, 0.5**0.5, 0, 0], [0, 0, 1, 0]])
