"""A key that nobody knows is refused, at every depth, with its name."""

import concurrent.futures
import copy
import json

import pytest
import yaml

import settings
from rendering import CHART, MAIL, STORES, load, merged, template

# Maps whose keys are for whoever writes values to choose.
FREE = {"plugins", "external", "podLabels", "namespaceLabels", "labels", "nodeSelector", "annotations"}


def paths(values, at=()):
    """Every key with the path to it, but the free ones; what is below those too."""
    for key, value in values.items():
        if not (at and at[-1] in FREE):
            yield (*at, key)
        if isinstance(value, dict):
            yield from paths(value, (*at, key))


def misspelt(values, path):
    """The same values with one key spelt wrongly, and its name."""
    changed = copy.deepcopy(values)
    at = changed
    for key in path[:-1]:
        at = at[key]
    wrong = path[-1] + "Z" if "." not in path[-1] else path[-1] + "z"
    at[wrong] = at.pop(path[-1])
    return changed, wrong


# Below the rest of values.yaml, as an overlay would be.
EVERY = {
    "lonja": (CHART, merged(merged(load("values.yaml"), load("values-prod.yaml")), load("values-dev.yaml"))),
    "lonja-mail": (MAIL, yaml.safe_load((MAIL / "values.yaml").read_text())),
    "lonja-stores": (STORES, yaml.safe_load((STORES / "values.yaml").read_text())),
}


@pytest.mark.parametrize("chart", EVERY)
def test_every_misspelt_key_is_refused(chart, tmp_path):
    folder, values = EVERY[chart]
    # The storage of every plugin, so that the keys of what is null by default are tried too.
    assert folder != CHART or values["plugins"]["profile"]["storage"]
    every = list(paths(values))

    def attempt(numbered):
        number, path = numbered
        changed, wrong = misspelt(values, path)
        file = tmp_path / f"{number}.yaml"
        file.write_text(yaml.safe_dump(changed))
        done = template(chart=folder, files=[file])
        named = wrong in done.stderr
        return None if done.returncode == 1 and named else f"{'.'.join(path)}: exit {done.returncode} {done.stderr[-300:]}"

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        wrong = [each for each in pool.map(attempt, enumerate(every)) if each]
    assert len(every) > (150 if folder == CHART else 25)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "sets, names",
    [
        (["plugins.auth.hpa.min=zwei"], "min"),
        (["plugins.auth.resources.memory=lots"], "memory"),
        (["plugins.auth.secrets.auth\\.keys\\.sekret.name=x"], "auth.keys.sekret"),
        (["plugins.auth.config.auth.keys.secret=x"], "keys"),
        (["config.host.logLevel=loud"], "logLevel"),
        (["plugins.auth.config.auth.session.idle=soon"], "idle"),
        (["plugins.backup.replicas=1"], "backup"),
        (["ingress.kind=Gateway"], "kind"),
        (["plugins.auth.calls={nobody}"], "nobody"),
        (["plugins.auth.calls={auth}"], "itself"),
        (["plugins.auth.external={mainframe}"], "mainframe"),
        (["plugins.wallet.enabled=false"], "wallet"),
        (["plugins.auth.hpa.min=9"], "plugins.auth.hpa.min"),
        (["plugins.auth.drain.graceSeconds=20"], "plugins.auth.drain.graceSeconds"),
        (["plugins.profile.storage.sameNode=false"], "ReadWriteOnce"),
        (["plugins.auth.secretValues.auth\\.keys\\.secret=x"], "auth.keys.secret"),
        (["external.smtp.to.podLabels=null", "external.smtp.to.namespaceLabels=null", "plugins.web.external={smtp}"], "external.smtp.to"),
    ],
)
def test_what_cannot_be_is_refused(sets, names):
    done = template(sets=sets)
    assert done.returncode == 1, done.stdout[:300]
    assert names in done.stderr


@pytest.mark.parametrize(
    "sets, names",
    [
        (["dkim.signing=lonja2"], "dkim.signing"),
        (["senders={no-reply@elsewhere.example}"], "no-reply@elsewhere.example"),
        (["senders={}"], "senders"),
        (["senders={a b@lonja.example}"], "senders"),
        (["host=mail"], "host"),
        (["delivery.lifetime=soon"], "lifetime"),
        (["dkim.selectors={A_b}"], "selectors"),
        (["submission.from.podLabels=null"], "podLabels"),
    ],
)
def test_what_a_mail_server_cannot_be_is_refused(sets, names):
    done = template("mail", chart=MAIL, sets=sets)
    assert done.returncode == 1, done.stdout[:300]
    assert names in done.stderr


def test_the_schema_knows_the_settings_of_the_sources():
    schema = json.loads((CHART / "values.schema.json").read_text())
    assert schema["$defs"]["config"] == settings.config_schema(), "python charts/lonja/tests/settings.py --write"
    assert schema["$defs"]["secretKey"] == {"enum": settings.secrets()}, "python charts/lonja/tests/settings.py --write"


def test_no_object_of_the_schema_is_open():
    def check(node, at):
        if isinstance(node, dict):
            if node.get("type") == "object" and "properties" in node:
                assert node.get("additionalProperties") is False, at
            for key, value in node.items():
                check(value, f"{at}/{key}")
        if isinstance(node, list):
            for number, value in enumerate(node):
                check(value, f"{at}/{number}")

    for chart in (CHART, MAIL, STORES):
        check(json.loads((chart / "values.schema.json").read_text()), chart.name)
