"""The chart speaks the program's language: every variable, key of configuration and secret file is one it declares."""

import pytest
import yaml

import settings
from rendering import CHART, ENVIRONMENTS, containers, effective, objects, of_kind, pods


def keys(tree, at=""):
    for key, value in tree.items():
        dotted = f"{at}.{key}" if at else key
        if isinstance(value, dict):
            yield from keys(value, dotted)
        else:
            yield dotted


def lonja_pods(environment, sets=()):
    return [(each, made) for each, made in pods(objects(environment, sets=sets)) if containers(made)[0]["name"] == "lonja"]


def test_the_sources_are_read():
    declared = settings.declared()
    assert len(declared) > 140
    for key, kind in {"host.drainDelay": "duration", "wallet.postgres.password": "secret", "auth.valkey.address": "list",
                      "notification.mail.smtp.host": "string", "gateway.limits.login.account": "string",
                      "market.budget.fallback.burst": "int", "auth.google.clientSecret": "secret"}.items():
        assert declared[key][0] == kind, key
    assert settings.variable("host.drainDelay") == "LONJA_HOST_DRAIN_DELAY"
    assert "LONJA_ADMIN_SOCKET" in settings.variables()


def test_keys_that_the_readme_names_are_found():
    """A declaration that settings.py overlooks would be missing in the schema, and values could not set it."""
    readme = (CHART.parent.parent / "README.md").read_text()
    import re

    named = {key for key in re.findall(r"`((?:auth|gateway|market|notification|profile|wallet|host)(?:\.[a-zA-Z0-9]+)+)`", readme)}
    declared = settings.declared()
    missing = {key for key in named if key not in declared and not any(each.startswith(key + ".") for each in declared)}
    assert len(named) > 15 and not missing


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_variable_is_one_that_the_program_declares(environment):
    known = settings.variables()
    every = lonja_pods(environment)
    assert len(every) == 8
    for each, made in every:
        for variable in made["spec"]["containers"][0]["env"]:
            assert variable["name"] in known, f"{each['metadata']['name']}: {variable['name']}"
            assert "value" in variable
        assert len({v["name"] for v in made["spec"]["containers"][0]["env"]}) == len(made["spec"]["containers"][0]["env"])


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_key_of_configuration_is_one_that_the_program_declares(environment):
    declared = settings.declared()
    every = [each for each in of_kind(objects(environment), "ConfigMap") if "lonja.yaml" in each["data"]]
    assert len(every) == 8
    for each in every:
        config = yaml.safe_load(each["data"]["lonja.yaml"])
        for key in keys(config):
            assert declared[key][0] != "secret", key
        # Another service's keys are tolerated by the program, but have no business here.
        component = each["metadata"]["labels"]["app.kubernetes.io/component"]
        assert component == "migrate" or set(config) <= {"host", "plugins", component}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_secret_file_is_of_a_declared_secret(environment):
    declared = settings.declared()
    for each, made in lonja_pods(environment):
        env = {variable["name"]: variable["value"] for variable in made["spec"]["containers"][0]["env"]}
        own = env["LONJA_PLUGIN"].split(",")
        paths = [item["path"] for volume in made["spec"]["volumes"] if volume["name"] == "secrets"
                 for source in volume["projected"]["sources"] for item in source["secret"]["items"]]
        assert len(paths) == len(set(paths))
        for path in paths:
            assert declared[path][0] == "secret"
            assert path.split(".")[0] in own
        assert bool(paths) == ("LONJA_SECRETS" in env)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_store_has_its_password(environment):
    _, plugins = effective(environment)
    for plugin, entry in plugins.items():
        for store in {"postgres", "valkey"} & set(entry["external"]):
            assert f"{plugin}.{store}.password" in entry["secrets"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_calls_are_those_of_the_sources(environment):
    """What a plugin asks its context for is what its entry says that it calls."""
    import re

    _, plugins = effective(environment)
    for plugin, entry in plugins.items():
        folder = settings.ROOT / "Plugins" / plugin.capitalize()
        text = "\n".join(path.read_text() for path in folder.rglob("*.swift"))
        peers = set(re.findall(r"\bpeer\(\"([a-z]+)\"\)", text))
        assert set(entry["calls"]) == peers, plugin
        for store in ("postgres", "valkey"):
            assert (f"{store.capitalize()}Settings.declared(for: \"{plugin}\")" in text) == (store in entry["external"]), plugin


def test_configuration_restarts_nothing():
    """A change of what is hot changes ConfigMaps alone; one of a literal secret changes the pods that have it."""
    def apart(kind, one, other):
        return [a["metadata"]["name"] for a, b in zip(of_kind(one, kind), of_kind(other, kind), strict=True) if a != b]

    before = objects("dev")
    swapped = objects("dev", sets=("plugins.notification.config.notification.mail.driver=sendgrid",))
    assert apart("ConfigMap", before, swapped) == ["lonja-notification", "lonja-migrate"]
    assert apart("Deployment", before, swapped) == []
    for each in of_kind(before, "Deployment"):
        assert "annotations" not in each["spec"]["template"]["metadata"]
        # A file of a folder: what is mounted by subPath or comes by the environment never changes.
        mounts = each["spec"]["template"]["spec"]["containers"][0]["volumeMounts"]
        assert all("subPath" not in mount for mount in mounts)
    key = "plugins.web.secretValues.auth\\.keys\\.secret"
    one, other = objects("dev", sets=(f"{key}=one",)), objects("dev", sets=(f"{key}=two",))
    assert apart("Deployment", one, other) == ["lonja-web"]
    rotated = objects("dev", sets=("plugins.wallet.secretRevision=second",))
    assert apart("Deployment", before, rotated) == ["lonja-wallet"]
