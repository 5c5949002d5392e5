"""What the container's files promise, read as text: no container is built in the tests."""

import re
from pathlib import Path

import pytest
import yaml

from pages.components.frame.sign_in import OPEN
from serving import healthy, supervisor

ROOT = Path(__file__).resolve().parents[2]
RECIPE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
LAST = RECIPE.rpartition("\nFROM ")[2]
"""The stage that runs; those before it only build."""
COMPOSED = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES = sorted(COMPOSED["services"])


def told(instruction: str) -> list[str]:
    """What follows an instruction of the last stage, each time."""
    return re.findall(rf"^{instruction} (.+)$", LAST, re.MULTILINE)


def environment() -> dict[str, str]:
    [line] = told("ENV")
    return dict(pair.split("=", 1) for pair in line.split())


def test_F192_the_port_that_is_shown_is_the_one_that_is_listened_on():
    assert told("EXPOSE") == [environment()["PORT"]]
    for name in SERVICES:
        service = COMPOSED["services"][name]
        assert [port.split(":")[1] for port in service["ports"]] == told("EXPOSE")
        assert "PORT" not in service["environment"]


def test_F192_it_runs_as_nobody_who_may_do_more():
    [user] = told("USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    assert LAST.index("USER ") < LAST.index("ENTRYPOINT ")
    for name in SERVICES:
        service = COMPOSED["services"][name]
        assert service["user"] == user
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]


def test_F192_its_health_is_asked_where_everybody_may_ask():
    [asked] = re.findall(r"HEALTHCHECK .*CMD (\[.*\])", LAST)
    assert asked == '["python", "-m", "serving.healthy"]'
    assert Path(healthy.__file__) == ROOT / "serving" / "healthy.py"
    assert supervisor.HEALTH in OPEN


def test_F192_the_state_is_a_volume_and_nothing_else_is_written():
    [volume] = told("VOLUME")
    assert environment()["ATTUNE_STATE"] == volume
    for name in SERVICES:
        mounts = [mount.split(":") for mount in COMPOSED["services"][name]["volumes"]]
        assert mounts == [["state", volume]]
        assert "state" in COMPOSED["volumes"]


def test_F192_nothing_is_fetched_when_it_runs():
    assert environment()["HF_HUB_OFFLINE"] == "1"
    assert told("ENTRYPOINT") == ['["python", "-m", "serving"]']
    assert not told("CMD")
    for run in told("RUN"):
        assert not re.search(r"\b(pip|curl|wget|git)\b", run)


def test_F192_people_sign_in_and_by_https_alone():
    assert environment()["ATTUNE_AUTH"] != "off"
    ways = [COMPOSED["services"][name]["environment"]["ATTUNE_AUTH"] for name in SERVICES]
    assert ways == ["accounts", "oidc"]
    for name in SERVICES:
        service = COMPOSED["services"][name]
        given = {
            secret if isinstance(secret, str) else secret["source"] for secret in service["secrets"]
        }
        named = {service["environment"][f"ATTUNE_{one}"] for one in ("CERTIFICATE", "KEY")}
        assert named <= {f"/run/secrets/{secret}" for secret in given}
        assert given <= set(COMPOSED["secrets"])


def test_F192_the_providers_secrets_lie_where_the_dashboard_reads_them():
    [asked] = [s for s in COMPOSED["services"]["attune-oidc"]["secrets"] if isinstance(s, dict)]
    [folder] = told("WORKDIR")
    assert asked["target"] == f"{folder}/.streamlit/secrets.toml"


def test_F192_it_stops_later_than_the_processes_in_it():
    for name in SERVICES:
        grace = int(COMPOSED["services"][name]["stop_grace_period"].removesuffix("s"))
        assert grace > supervisor.STOPS_WITHIN


def test_F192_the_image_holds_what_serves_and_nothing_of_this_machine():
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    taken = [rule[1:] for rule in rules if rule.startswith("!")]
    assert rules[0] == "*"
    assert [name for name in taken if not (ROOT / name).exists()] == []
    assert {"app.py", "api", "engine", "pages", "serving", "assets", "data/demo"} <= set(taken)
    assert not {"tests", "data", "data/state", "secrets", ".git", ".streamlit"} & set(taken)


@pytest.mark.parametrize(
    ("package", "comes"), [("streamlit", True), ("torch", True), ("pytest", False), ("ruff", False)]
)
def test_F192_what_only_checks_our_work_stays_out(package: str, comes: bool):
    [mark] = re.findall(r"sed '/\^(.*?)/,\$d' requirements", RECIPE)
    wanted = (ROOT / "requirements.txt").read_text("utf-8").partition(f"\n{mark}")
    assert wanted[1]
    assert (f"\n{package}==" in wanted[0]) is comes
