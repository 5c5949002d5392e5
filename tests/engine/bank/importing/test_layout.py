import pytest

from engine.bank.importing.columns import layout
from engine.bank.importing.sources import STEPS
from engine.bank.reading.files import read_files
from engine.errors import BadInput


def test_every_shipped_layout_is_valid_and_its_step_exists():
    shipped = layout.shipped()
    assert set(shipped) == {
        "berka",
        "monthly_totals",
        "sqlite_bank",
        "purchases_and_tickets",
        "interactions_and_ratings",
        "santander",
        "tables",
        "uci_bank_marketing",
    }
    assert {plan.finish for plan in shipped.values() if plan.finish} == set(STEPS)
    assert all(plan.title for plan in shipped.values())


CUSTOMERS = 'title = "x"\n[[tables]]\ninto = "customers"\nfrom = "a"\n[tables.columns]\n'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('title = "x"\nfoo = 1', "foo"),
        ("title = ", "not valid TOML"),
        (
            'title = "x"\n[[tables]]\ninto = "clients"\nfrom = "a"\n[tables.columns]\n',
            "no table 'clients'",
        ),
        (
            CUSTOMERS + 'shoe = "s"\n',
            "no column 'shoe'",
        ),
        (
            CUSTOMERS + 'age = { from = "s", parse = "eval" }\n',
            "no parser 'eval'",
        ),
    ],
)
def test_a_wrong_layout_file_says_what_is_wrong(tmp_path, text, problem):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(BadInput, match=problem):
        layout.read(path)


def test_two_layouts_that_fit_alike_are_named():
    profile = (
        b"CustomerID,RiskProfile,PlasticCard,user_id,product_name,interaction_type\n1,2,3,4,5,6\n"
    )
    tables = read_files(
        "t", {"customer_profile.csv": profile, "user_interactions.csv": profile}
    ).tables
    with pytest.raises(BadInput, match="fits interactions_and_ratings and monthly_totals alike"):
        layout.recognise(tables)


def test_the_layout_with_most_tables_wins(d_files):
    tables = read_files("t", {name: text.encode() for name, text in d_files.items()}).tables
    assert layout.recognise(tables).name == "purchases_and_tickets"


@pytest.mark.parametrize("former", sorted(layout.FORMER_NAMES))
def test_a_layout_answers_to_its_former_name(former):
    assert layout.named(former) is layout.named(layout.FORMER_NAMES[former])
