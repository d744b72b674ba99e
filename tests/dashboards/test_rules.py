"""Claims about rules, alerts and who is told: Prometheus and Alertmanager take the files, every alert was tried, each has its paragraph."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from hotline1022.base.metrics import Metrics

ROOT = Path(__file__).parent.parent.parent
RULES = sorted((ROOT / "docker" / "prometheus" / "rules").glob("*.yml"))
TRIED = sorted((ROOT / "docker" / "prometheus" / "tests").glob("*.yml"))
RUNBOOK = ROOT / "docs" / "vi" / "su-co.md"
ALERTMANAGER = ROOT / "docker" / "alertmanager" / "alertmanager.yml"


def rules() -> list[dict[str, Any]]:
    return [rule for path in RULES for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"]]


ALERTS = {rule["alert"]: rule for rule in rules() if "alert" in rule}
RECORDED = {rule["record"] for rule in rules() if "record" in rule}


def run(*command: str) -> str:
    """What a program says. Its failure is the test's, with its words."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def trials() -> list[dict[str, Any]]:
    return [test for path in TRIED for test in yaml.safe_load(path.read_text())["tests"]]


def test_prometheus_takes_its_configuration_and_every_rule(tmp_path: Path) -> None:
    folder = ROOT / "docker" / "prometheus"
    (tmp_path / "rules").symlink_to(folder / "rules")
    secret = tmp_path / "secret"
    secret.write_text("x")
    # promtool looks whether secrets are there, which on this machine they are not.
    text = (folder / "prometheus.yml").read_text().replace("/run/secrets/hotline_metrics_token", str(secret))
    (tmp_path / "prometheus.yml").write_text(text)
    run("promtool", "check", "config", str(tmp_path / "prometheus.yml"))
    run("promtool", "check", "rules", *map(str, RULES))


@pytest.mark.parametrize("path", TRIED, ids=lambda path: path.stem)
def test_alerts_and_recorded_figures_are_what_was_computed_by_hand(path: Path) -> None:
    run("promtool", "test", "rules", str(path))


def test_trials_have_the_bounds_of_the_services_own_histograms() -> None:
    """A quantile is told as the greatest bound at most: an alert that waits for more would cry in a made-up histogram alone."""
    bounds: dict[str, set[str]] = {}
    for family in Metrics().registry.collect():
        for sample in family.samples:
            if "le" in sample.labels:
                bounds.setdefault(sample.name, set()).add(sample.labels["le"])
    tried = {
        found.groups()
        for test in trials()
        for each in test["input_series"]
        if (found := re.match(r'(\w+_bucket)\{.*\ble="([^"]+)"', each["series"]))
    }
    assert tried
    assert {(name, bound) for name, bound in tried if bound not in bounds[name]} == set()


def test_every_alert_was_seen_to_cry_and_to_be_quiet() -> None:
    seen: dict[str, set[bool]] = {}
    for test in trials():
        for each in test.get("alert_rule_test", []):
            seen.setdefault(each["alertname"], set()).add(bool(each["exp_alerts"]))
    assert seen == {name: {True, False} for name in ALERTS}


def test_every_recorded_figure_was_computed_once() -> None:
    expressions = " ".join(each["expr"] for test in trials() for each in test.get("promql_expr_test", []))
    assert {name for name in RECORDED if name not in expressions} == set()


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_what_is_wrong_and_where_to_read_on(name: str) -> None:
    rule = ALERTS[name]
    told = rule["annotations"]
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert told["summary"]
    assert told["description"]
    assert told["runbook_url"] == f"docs/vi/su-co.md#{name}"
    paragraph = re.search(rf'<a id="{name}"></a>(.*?)(?=<a id=|\Z)', RUNBOOK.read_text(encoding="utf-8"), re.DOTALL)
    assert paragraph, f"{name} has no paragraph"
    for part in ("Với người dân", "Xem gì", "Làm gì"):
        assert f"**{part}.**" in paragraph[1], f"{name}: {part}"


def test_the_runbook_has_no_alert_that_is_none() -> None:
    assert set(re.findall(r'<a id="(\w+)"></a>', RUNBOOK.read_text(encoding="utf-8"))) == set(ALERTS)


@pytest.fixture
def routing(tmp_path: Path) -> str:
    """Alertmanager's file as amtool 0.25, which is Debian's, can read it: it does not know ``url_file`` yet (0.26 does)."""
    text = ALERTMANAGER.read_text(encoding="utf-8")
    path = tmp_path / "alertmanager.yml"
    path.write_text(
        text.replace("url_file: /run/secrets/alert_webhook_url", "url: http://127.0.0.1/"), encoding="utf-8"
    )
    return str(path)


def test_alertmanager_takes_its_file(routing: str) -> None:
    run("amtool", "check-config", routing)


@pytest.mark.parametrize("name", ALERTS)
def test_every_alert_reaches_somebody(name: str, routing: str) -> None:
    labels = ALERTS[name]["labels"]
    told = run(
        "amtool",
        "config",
        "routes",
        "test",
        f"--config.file={routing}",
        f"severity={labels['severity']}",
        f"team={labels['team']}",
    )
    expected = (
        "at-once" if labels["severity"] == "critical" else "promises" if labels["team"] == "promises" else "in-hours"
    )
    assert told.split() == [expected]


def test_what_silences_an_alert_is_an_alert() -> None:
    for rule in yaml.safe_load(ALERTMANAGER.read_text())["inhibit_rules"]:
        for matcher in (*rule["source_matchers"], *rule["target_matchers"]):
            assert set(re.findall(r"\w+", matcher.partition("=")[2])) <= set(ALERTS), matcher
