"""Statement lines and complaints: what rules, the classifier and the zero-shot model reach."""

import pytest

from engine.lab.text_reports import evaluate_categories, evaluate_zero_shot

pytestmark = pytest.mark.real


def test_F62_on_statement_lines_what_is_learned_beats_keywords_and_zero_shot(real_data):
    file = real_data / "transaction_categories/za_transactions_451.csv"
    found = evaluate_categories(file, "description", "label")
    f1 = found.table.set_index("system")["macro_f1"]
    assert found.data.n + found.data.n_left_out == 451
    assert "Debit Order" in found.data.left_out
    assert f1["learned"] > max(f1["rules"], f1["zero-shot"], f1["zero-shot, centred"])
    assert min(f1["rules"], f1["zero-shot"]) > f1["majority"]
    low = found.table.set_index("system")["macro_f1_low"]
    assert low["learned"] > 0.4


def test_zero_shot_on_complaints_agrees_with_what_is_published(real_data):
    file = real_data / "cfpb_complaints/cfpb_1000_balanced_with_llm_predictions.csv"
    found = evaluate_zero_shot(file, "narrative", "product")
    accuracy = found.table.set_index("system")["accuracy"]
    assert found.data.n == 1000
    assert accuracy["zero-shot"] == pytest.approx(0.564, abs=0.01)
    assert accuracy["zero-shot, centred"] == pytest.approx(0.667, abs=0.01)
    assert accuracy["zero-shot, moved to the texts"] == pytest.approx(0.711, abs=0.01)
    assert found.figure("accuracy")["value"] == accuracy["zero-shot, moved to the texts"]
