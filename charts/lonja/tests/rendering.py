"""Renders the charts, and finds things in what comes out."""

import functools
import pathlib
import subprocess

import yaml

TESTS = pathlib.Path(__file__).resolve().parent
CHART = TESTS.parent
STORES = CHART.parent / "lonja-stores"
MAIL = CHART.parent / "lonja-mail"
VERSIONS = ["1.30", "1.37"]
ENVIRONMENTS = ["dev", "prod"]
# Of nothing; the pipeline gives the real ones.
DIGEST = "sha256:" + "0123456789abcdef" * 4
DIGESTS = [f"image.digest={DIGEST}", f"backup.image.digest={DIGEST}"]
CRDS = ["monitoring.coreos.com/v1/PrometheusRule", "monitoring.coreos.com/v1/PodMonitor", "traefik.io/v1alpha1/IngressRoute"]


def helm(*arguments):
    return subprocess.run(["helm", *map(str, arguments)], capture_output=True, text=True, check=False, cwd=TESTS)


def template(environment="dev", *, chart=CHART, release="lonja", version="1.37", sets=(), files=(), digests=True):
    """The finished process of `helm template`, for those who expect a failure."""
    command = ["template", release, chart, "-n", f"lonja-{environment}", "--kube-version", version]
    if chart == CHART:
        command += ["-f", CHART / f"values-{environment}.yaml"]
        for crd in CRDS:
            command += ["--api-versions", crd]
        sets = [*(DIGESTS if digests else []), *sets]
    for file in files:
        command += ["-f", file]
    for each in sets:
        command += ["--set", each]
    return helm(*command)


@functools.cache
def rendered(environment="dev", chart=CHART, version="1.37", sets=()):
    """The text of a rendering that must succeed."""
    done = template(environment, chart=chart, version=version, sets=sets)
    assert done.returncode == 0, done.stderr
    return done.stdout


def objects(environment="dev", chart=CHART, version="1.37", sets=()):
    return [each for each in yaml.safe_load_all(rendered(environment, chart, version, tuple(sets))) if each]


def of_kind(all_objects, *kinds):
    return [each for each in all_objects if each["kind"] in kinds]


def name(each):
    return f'{each["kind"]}/{each["metadata"]["name"]}'


def pod_template(each):
    """Labels and spec of the pods that an object makes; None if it makes none."""
    if each["kind"] in ("Deployment", "StatefulSet", "DaemonSet", "Job"):
        made = each["spec"]["template"]
    elif each["kind"] == "CronJob":
        made = each["spec"]["jobTemplate"]["spec"]["template"]
    else:
        return None
    return made


def pods(all_objects):
    """(object, template) of all that make pods."""
    return [(each, made) for each in all_objects if (made := pod_template(each))]


def containers(made):
    return made["spec"].get("initContainers", []) + made["spec"]["containers"]


def selects(selector, labels):
    """Whether a label selector, as of a policy, takes `labels`."""
    for key, value in (selector.get("matchLabels") or {}).items():
        if labels.get(key) != value:
            return False
    for rule in selector.get("matchExpressions") or []:
        has = labels.get(rule["key"])
        if rule["operator"] == "In" and has not in rule["values"]:
            return False
        if rule["operator"] == "NotIn" and has in rule["values"]:
            return False
        if rule["operator"] == "Exists" and has is None:
            return False
        if rule["operator"] == "DoesNotExist" and has is not None:
            return False
    return True


def effective(environment):
    """Plugins with their defaults below them, from the values files alone: what the templates should have worked with."""
    values = merged(load("values.yaml"), load(f"values-{environment}.yaml"))
    plugins = {name: merged(values["defaults"], entry or {}) for name, entry in values["plugins"].items()}
    return values, {name: plugin for name, plugin in plugins.items() if plugin["enabled"]}


def load(file):
    return yaml.safe_load((CHART / file).read_text())


def merged(below, above):
    """As Helm merges: maps by key, all else is replaced, and null takes a key away."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    together = dict(below)
    for key, value in above.items():
        if value is None:
            together.pop(key, None)
        else:
            together[key] = merged(below[key], value) if key in below else value
    return together
