"""Rules and dashboard: valid, tested, and only about metrics that the program has."""

import json
import re
import subprocess

import yaml

from rendering import CHART, objects, of_kind
from settings import ROOT

ALERTS = CHART / "files" / "alerts.yaml"
DASHBOARD = CHART / "files" / "dashboard.json"
BACKUPS = {"lonja_backup_last_success_timestamp_seconds", "lonja_restore_last_success_timestamp_seconds"}
METRIC = re.compile(r"\b(?:lonja|mesh|http|process|profile)_[a-z0-9_]+")
LABELS = re.compile(r"\b(?:by|without) \(([^)]*)\)|([a-z_]+)(?:=~|!=|=|!~)\"")
# Of Prometheus and of the PodMonitor; the rest are the metrics' own.
GIVEN = {"namespace", "pod", "job", "le", "app_kubernetes_io_component"}


def sources():
    return "\n".join(path.read_text() for folder in ("Host", "Plugins") for path in (ROOT / folder).rglob("*.swift"))


def names(text):
    """Every metric that the sources register; a few names are made of a prefix and an end."""
    found = set(re.findall(r'"((?:lonja|mesh|http|process|profile)_[a-z0-9_]+)"', text))
    pool = re.search(r'"lonja_postgres_\\\(name\)"', text)
    assert pool, "PostgresPoolNumbers names its metrics otherwise now"
    ends = re.findall(r'\bnumber\(\s*"([a-z_]+)"', text)
    return found | {f"lonja_postgres_{end}" for end in ends}


def expressions():
    rules = [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [(rule["alert"], rule["expr"]) for rule in rules] + [
        (panel["title"], target["expr"]) for panel in panels for target in panel["targets"]]


def test_rules_are_valid_and_tested():
    for command in (["check", "rules", ALERTS], ["test", "rules", CHART / "tests/rules.test.yaml"]):
        done = subprocess.run(["promtool", *map(str, command)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    tested = {each["alertname"] for group in yaml.safe_load((CHART / "tests/rules.test.yaml").read_text())["tests"]
              for each in group["alert_rule_test"] if each["exp_alerts"]}
    assert tested == {rule["alert"] for rule in yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]}


def test_every_metric_is_one_that_the_program_has():
    known = names(sources()) | BACKUPS
    scripts = "\n".join(path.read_text() for path in (CHART / "files/backup").glob("*.sh"))
    assert all(metric in scripts for metric in BACKUPS)
    asked = 0
    for where, expression in expressions():
        for metric in METRIC.findall(expression):
            if metric in GIVEN:
                continue
            asked += 1
            assert re.sub(r"_bucket$", "", metric) in known, f"{where}: {metric}"
    assert asked > 30


def test_every_label_is_one_that_some_metric_has():
    text = sources()
    for where, expression in expressions():
        for group, one in LABELS.findall(expression):
            for label in filter(None, re.split(r",\s*", group) if group else [one]):
                assert label in GIVEN or f'"{label}"' in text, f"{where}: {label}"


def test_the_chart_carries_them_unchanged():
    every = objects("prod")
    rule = of_kind(every, "PrometheusRule")[0]
    assert rule["spec"] == yaml.safe_load(ALERTS.read_text())
    board = next(each for each in of_kind(every, "ConfigMap") if "grafana_dashboard" in each["metadata"]["labels"])
    assert json.loads(board["data"]["lonja.json"]) == json.loads(DASHBOARD.read_text())
    monitor = of_kind(every, "PodMonitor")[0]
    ports = {port["name"] for each in of_kind(every, "Deployment")
             for port in each["spec"]["template"]["spec"]["containers"][0]["ports"]}
    assert monitor["spec"]["podMetricsEndpoints"][0]["port"] in ports
    assert monitor["spec"]["podTargetLabels"] == ["app.kubernetes.io/component"]
    assert not of_kind(objects("dev"), "PrometheusRule", "PodMonitor")


def test_every_alert_is_explained():
    readme = (CHART / "README.md").read_text()
    for rule in yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]:
        assert f"`{rule['alert']}`" in readme, rule["alert"]
