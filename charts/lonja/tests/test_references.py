"""Whatever names something names something that is there: selectors, ports, volumes, ConfigMaps, claims, accounts."""

import pytest
import yaml

from rendering import CHART, ENVIRONMENTS, MAIL, STORES, containers, effective, load, name, objects, of_kind, pods, selects

SETS = {
    "Ingress": (),
    "IngressRoute": ("ingress.kind=IngressRoute",),
    "literal secrets": ("plugins.web.secretValues.auth\\.keys\\.secret=0123456789",),
}


def dangling(every, secrets):
    """What is named but is not there."""
    names = {(each["kind"], each["metadata"]["name"]) for each in every} | {("Secret", one) for one in secrets}
    templates = pods(every)
    for each, made in templates:
        spec, where = made["spec"], name(each)
        if ("ServiceAccount", spec["serviceAccountName"]) not in names:
            yield f"{where}: no account {spec['serviceAccountName']}"
        if each["kind"] in ("Deployment", "StatefulSet") and not selects(each["spec"]["selector"], made["metadata"]["labels"]):
            yield f"{where}: does not select its own pods"
        volumes = {volume["name"]: volume for volume in spec.get("volumes", [])}
        volumes |= {claim["metadata"]["name"]: claim for claim in each["spec"].get("volumeClaimTemplates", [])}
        mounted = {mount["name"] for one in containers(made) for mount in one.get("volumeMounts", [])}
        if set(volumes) != mounted:
            yield f"{where}: volumes {set(volumes) ^ mounted} are only mounted or only there"
        for one in spec.get("volumes", []):
            wanted = [("ConfigMap", one["configMap"]["name"])] if "configMap" in one else []
            wanted += [("Secret", one["secret"]["secretName"])] if "secret" in one else []
            wanted += [("PersistentVolumeClaim", one["persistentVolumeClaim"]["claimName"])] if "persistentVolumeClaim" in one else []
            wanted += [("Secret", s["secret"]["name"]) for s in one.get("projected", {}).get("sources", []) if "secret" in s]
            for missing in set(wanted) - names:
                yield f"{where}: no {missing}"
        for one in containers(made):
            ports = {port["name"] for port in one.get("ports", [])}
            for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
                for how in ("httpGet", "tcpSocket"):
                    port = one.get(kind, {}).get(how, {}).get("port")
                    if port is not None and port not in ports:
                        yield f"{where}: {kind} asks port {port}"
            for variable in one.get("env", []):
                reference = variable.get("valueFrom", {}).get("secretKeyRef")
                if reference and ("Secret", reference["name"]) not in names:
                    yield f"{where}: no Secret {reference['name']}"
    services = {}
    for each in of_kind(every, "Service"):
        behind = [made for _, made in templates if selects({"matchLabels": each["spec"]["selector"]}, made["metadata"]["labels"])]
        if len(behind) != 1:
            yield f"{name(each)}: selects the pods of {len(behind)}"
        for port in each["spec"]["ports"]:
            for made in behind:
                if port["targetPort"] not in {p["name"] for one in containers(made) for p in one.get("ports", [])}:
                    yield f"{name(each)}: port {port['targetPort']}"
        services[each["metadata"]["name"]] = {port["name"] for port in each["spec"]["ports"]}
    for each in of_kind(every, "Ingress"):
        for rule in each["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                to = path["backend"]["service"]
                if to["port"]["name"] not in services.get(to["name"], ()):
                    yield f"{name(each)}: {path['path']} leads to {to}"
    for each in of_kind(every, "IngressRoute"):
        for route in each["spec"]["routes"]:
            for to in route["services"]:
                if to["port"] not in services.get(to["name"], ()):
                    yield f"{name(each)}: {route['match']} leads to {to}"
    for each in of_kind(every, "HorizontalPodAutoscaler"):
        if ("Deployment", each["spec"]["scaleTargetRef"]["name"]) not in names:
            yield f"{name(each)}: no target"
    for each in of_kind(every, "PodDisruptionBudget", "NetworkPolicy"):
        selector = each["spec"].get("podSelector", each["spec"].get("selector"))
        taken = [made for _, made in templates if selects(selector, made["metadata"]["labels"])]
        if not taken:
            yield f"{name(each)}: selects nothing"
        if each["kind"] == "PodDisruptionBudget" and len(taken) > 1:
            yield f"{name(each)}: selects the pods of {len(taken)}"


def outside_secrets(environment):
    """Secrets that are not of the charts: made by bootstrap/secrets, or by whoever runs an outside service."""
    values, plugins = effective(environment)
    made = {source["name"] for plugin in plugins.values() for source in plugin["secrets"].values()}
    made |= {values["ingress"]["tls"]["secretName"], values["external"]["smtp"]["ca"]["name"]}
    if values["external"]["postgres"].get("ca"):
        made.add(values["external"]["postgres"]["ca"]["name"])
    backup = values["backup"]
    if backup["enabled"]:
        made |= {backup["passwords"]["name"], backup["valkeyPassword"]["name"], backup["target"]["name"],
                 backup["restore"]["identity"]["name"]}
    made |= certificates(environment)
    return made


def certificates(environment, mode=None):
    """Those of mutual TLS, by the names that bootstrap/ gives them."""
    values, plugins = effective(environment)
    on = (mode or values["tls"]["mode"]) != "off"
    return {f"lonja-{name}-tls" for name in [*plugins, *values["tls"]["servers"]]} if on else set()


@pytest.mark.parametrize("sets", SETS)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_reference_resolves(environment, sets):
    if environment == "prod" and sets == "literal secrets":
        pytest.skip("prod refuses them: test_environments.py")
    every = objects(environment, sets=SETS[sets])
    wrong = list(dangling(every, outside_secrets(environment)))
    assert not wrong, "\n".join(wrong)


def test_every_reference_of_the_stores_resolves():
    values = yaml.safe_load((STORES / "values.yaml").read_text())
    secrets = {values["postgres"]["passwords"], values["valkey"]["password"], "server-certificate", "lonja-valkey-tls"}
    sets = ("postgres.tls=server-certificate", "valkey.tls=lonja-valkey-tls")
    wrong = list(dangling(objects(chart=STORES, sets=sets), secrets))
    assert not wrong, "\n".join(wrong)


def test_every_reference_of_the_mail_server_resolves():
    """And the Secrets of bootstrap/mail have the keys that both sides mount."""
    import base64
    import subprocess

    made = subprocess.run(["sh", CHART / "bootstrap/mail", "prod"], capture_output=True, text=True, check=True).stdout
    secrets = {(each["metadata"]["namespace"], each["metadata"]["name"]): each["data"] for each in yaml.safe_load_all(made) if each}
    every = objects("mail", chart=MAIL)
    wrong = list(dangling(every, {name for namespace, name in secrets if namespace == "lonja-mail"}))
    assert not wrong, "\n".join(wrong)
    [(_, template)] = pods(every)
    for volume in template["spec"]["volumes"]:
        if "secret" in volume:
            has = secrets["lonja-mail", volume["secret"]["secretName"]]
            assert {item["key"] for item in volume["secret"].get("items", [])} <= set(has), volume
        if "items" in volume.get("configMap", {}):
            [data] = [each["data"] for each in every if name(each) == f"ConfigMap/{volume['configMap']['name']}"]
            assert {item["key"] for item in volume["configMap"]["items"]} == set(data)
    assert set(secrets["lonja-mail", "lonja-mail-tls"]) == {"tls.crt", "tls.key"}
    values, plugins = effective("prod")
    password = plugins["notification"]["secrets"]["notification.mail.smtp.password"]
    assert secrets["lonja-prod", password["name"]] == secrets["lonja-mail", "lonja-mail"]
    assert values["external"]["smtp"]["ca"]["key"] in secrets["lonja-prod", values["external"]["smtp"]["ca"]["name"]]
    own = yaml.safe_load((MAIL / "values.yaml").read_text())
    mail = plugins["notification"]["config"]["notification"]
    assert mail["mail"]["smtp"]["user"] == own["submission"]["user"] and [mail["sender"]] == own["senders"]
    again = subprocess.run(["sh", CHART / "bootstrap/mail", "prod"], capture_output=True, text=True, check=True).stdout
    assert again != made and len(base64.b64decode(secrets["lonja-mail", "lonja-mail"]["password"])) == 48


def test_the_check_can_fail():
    every = objects()
    of_kind(every, "Service")[0]["spec"]["selector"]["app.kubernetes.io/component"] = "nobody"
    of_kind(every, "Deployment")[0]["spec"]["selector"]["matchLabels"]["app.kubernetes.io/component"] = "nobody"
    every.remove(of_kind(every, "ConfigMap")[0])
    assert len(list(dangling(every, outside_secrets("dev")))) == 3


def test_the_stores_are_where_lonja_looks_for_them():
    """Hosts, labels, ports, roles, Secrets and clients of lonja-stores are those of the values of lonja."""
    values, plugins = effective("dev")
    stores = yaml.safe_load((STORES / "values.yaml").read_text())
    every = objects(chart=STORES)
    services = {each["metadata"]["name"]: each for each in of_kind(every, "Service")}
    for store in ("postgres", "valkey"):
        external = values["external"][store]
        service = services[external["host"]]
        assert service["spec"]["ports"][0]["port"] == external["port"]
        behind = [made["metadata"]["labels"] for _, made in pods(every)
                  if selects({"matchLabels": external["to"]["podLabels"]}, made["metadata"]["labels"])]
        assert behind and all(selects({"matchLabels": service["spec"]["selector"]}, labels) for labels in behind)
        users = {name for name, plugin in plugins.items() if store in plugin["external"]} | {"backup"}
        assert set(stores[store]["clients"]) == users | ({"migrate"} if store == "postgres" else set())
    users = [name for name, plugin in plugins.items() if "postgres" in plugin["external"]]
    assert sorted(stores["postgres"]["roles"]) == sorted(users) == sorted(values["backup"]["databases"])
    for user in users:
        assert plugins[user]["secrets"][f"{user}.postgres.password"] == {"name": stores["postgres"]["passwords"], "key": user}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_object_says_its_namespace(environment):
    for each in objects(environment):
        assert each["metadata"]["namespace"] == f"lonja-{environment}", name(each)
        assert len(each["metadata"]["name"]) <= 63


def test_one_line_adds_a_plugin():
    before = {(each["kind"], each["metadata"]["name"]) for each in objects()}
    added = {(each["kind"], each["metadata"]["name"])
             for each in objects(sets=("plugins.news.expose={/news}",))} - before
    assert added == {
        ("Deployment", "lonja-news"), ("Service", "lonja-news"), ("Service", "lonja-news-http"),
        ("HorizontalPodAutoscaler", "lonja-news"), ("PodDisruptionBudget", "lonja-news"), ("ConfigMap", "lonja-news"),
        ("NetworkPolicy", "lonja-news"), ("ServiceAccount", "lonja-news"),
    }
    assert load("values.yaml")["plugins"]["web"] == {"expose": ["/"]}
    assert (CHART / "Chart.yaml").exists()


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_secrets_that_are_made_have_what_is_asked_of_them(environment):
    """bootstrap/secrets makes every key that is needed from the start, but those that others give."""
    import subprocess

    made = {}
    for _ in range(2):
        done = subprocess.run(["sh", CHART / "bootstrap/secrets", environment], capture_output=True, text=True, check=True)
        contents = {each["metadata"]["name"]: each for each in yaml.safe_load_all(done.stdout) if each}
        assert all(each["metadata"]["namespace"] == f"lonja-{environment}" for each in contents.values())
        assert made != contents, "the same twice"
        made = contents
    values, plugins = effective(environment)
    by_hand = {"lonja-google", "lonja-mail"}
    for plugin, entry in plugins.items():
        for key, source in entry["secrets"].items():
            if not source.get("optional") and source["name"] not in by_hand:
                assert len(made[source["name"]]["stringData"][source.get("key", key)]) >= 32, f"{plugin} {key}"
    stores = yaml.safe_load((STORES / "values.yaml").read_text())
    assert set(made["lonja-postgres"]["stringData"]) == {"postgres", *stores["postgres"]["roles"]}
    assert set(values["backup"]["databases"]) <= set(made[values["backup"]["passwords"]["name"]]["stringData"])
