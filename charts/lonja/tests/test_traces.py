"""Traces as they are rendered: off is off, and on every plugin's pod is told where its collector is, and may go there."""

import pytest

from rendering import ENVIRONMENTS, objects, of_kind, template
from test_network import frozen, graph
from test_tls import COMPONENT, FILES, configs, on, secret_files

CA = ("external.collector.ca.name=collector-ca", "external.collector.ca.key=ca.crt")
AUTHORITIES = "/etc/lonja/collector-ca/collector.crt"


def plugins(every):
    return {each["metadata"]["labels"][COMPONENT]: each["spec"]["template"] for each in of_kind(every, "Deployment")}


def told(every):
    """host.traces of each component, where it has any."""
    found = {component: config.get("host", {}).get("traces") for component, config in configs(every).items()}
    return {component: traces for component, traces in found.items() if traces}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_off_is_off(environment):
    assert not told(objects(environment))
    _, _, beyond = graph(objects(environment), f"lonja-{environment}")
    assert not [each for each in beyond if each[3] == "TCP/4317"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_plugin_and_nobody_else_may_reach_the_collector(environment):
    before = graph(objects(environment), f"lonja-{environment}")
    every = objects(environment, sets=("traces.enabled=true", "traces.ratio=1"))
    after = graph(every, f"lonja-{environment}")
    assert after[:2] == before[:2]
    collector = frozen({
        "podSelector": {"matchLabels": {"app.kubernetes.io/name": "opentelemetry-collector"}},
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}},
    })
    assert after[2] - before[2] == {(plugin, "to", collector, "TCP/4317") for plugin in plugins(every)}
    assert not before[2] - after[2]
    wanted = {"endpoint": "dns:///otel-collector.monitoring:4317", "ratio": 1}
    assert told(every) == {plugin: wanted for plugin in plugins(every)}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("own", [False, True], ids=["without", "with its certificate"])
def test_in_tls_every_file_is_mounted(environment, own):
    sets = ("traces.enabled=true", *CA, *on("job"), *(["traces.certificate=true"] if own else []))
    every = objects(environment, sets=sets)
    wanted = {"authorities": AUTHORITIES}
    if own:
        wanted |= {key: FILES[key] for key in ("certificate", "key")}
    assert {plugin: traces["tls"] for plugin, traces in told(every).items()} == {plugin: wanted for plugin in plugins(every)}
    for plugin, made in plugins(every).items():
        assert set(wanted.values()) <= {path for _, _, path in secret_files(made)}, plugin
        assert ("collector-ca", "ca.crt", AUTHORITIES) in secret_files(made)


@pytest.mark.parametrize("sets, names", [
    (["traces.certificate=true"], "traces.certificate"),
    (["traces.certificate=true", "tls.mode=secret"], "traces.certificate"),
    (["traces.certificate=true", "tls.mode=off", *CA], "traces.certificate"),
    (["traces.ratio=2"], "ratio"),
    (["external.collector.to.podLabels=null", "external.collector.to.namespaceLabels=null"], "external.collector.to"),
])
def test_what_cannot_be_is_refused(sets, names):
    done = template(sets=["traces.enabled=true", *sets])
    assert done.returncode == 1 and names in done.stderr, done.stderr


def test_what_is_set_for_the_program_itself_wins():
    every = objects(sets=("traces.enabled=true", "plugins.web.config.host.traces.ratio=1"))
    assert told(every)["web"]["ratio"] == 1 and told(every)["auth"]["ratio"] == 0.01
