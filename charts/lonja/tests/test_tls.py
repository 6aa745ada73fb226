"""Mutual TLS between the plugins as it is rendered, in each mode: who has which key, who may call what, and that off is off."""

import pytest
import yaml

import calls
from rendering import CHART, STORES, containers, effective, load, merged, name, objects, of_kind, pods, rendered, template
from test_references import certificates, dangling, outside_secrets
from test_restricted import complaints

MODES = ["secret", "cert-manager", "job"]
FILES = {"certificate": "/etc/lonja/tls/tls.crt", "key": "/etc/lonja/tls/tls.key", "authorities": "/etc/lonja/tls/ca.crt"}
COMPONENT = "app.kubernetes.io/component"


def on(mode):
    return (f"tls.mode={mode}",)


def configs(every):
    """The configuration of each plugin's pods."""
    return {each["metadata"]["labels"][COMPONENT]: yaml.safe_load(each["data"]["lonja.yaml"])
            for each in of_kind(every, "ConfigMap") if "lonja.yaml" in each["data"]}


def secret_files(made):
    """(Secret, key, path) of all that a pod mounts; None where it mounts all keys."""
    mounts = {mount["name"]: mount for one in containers(made) for mount in one["volumeMounts"]}
    for volume in made["spec"]["volumes"]:
        for source in [volume.get("secret"), *(each.get("secret") for each in volume.get("projected", {}).get("sources", []))]:
            if source:
                secret = source.get("secretName", source.get("name"))
                for item in source.get("items") or [{"key": None, "path": ""}]:
                    yield secret, item["key"], f"{mounts[volume['name']]['mountPath']}/{item['path']}"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_nobody_mounts_the_key_of_another(environment, mode):
    every = objects(environment, sets=(*on(mode), "external.valkey.tls=true", "backup.enabled=true"))
    keys = {}
    for each, made in pods(every):
        component = made["metadata"]["labels"][COMPONENT]
        for secret, key, path in secret_files(made):
            assert secret != "lonja-authority", name(each)
            if secret.endswith("-tls"):
                assert key is not None, f"{name(each)} mounts all of {secret}"
            if key == "tls.key":
                keys.setdefault(component, []).append((secret, path))
    _, plugins = effective(environment)
    assert keys == {plugin: [(f"lonja-{plugin}-tls", FILES["key"])] for plugin in plugins}
    for each in of_kind(every, "Deployment"):
        made = each["spec"]["template"]
        [volume] = [volume for volume in made["spec"]["volumes"] if volume["name"] == "certificate"]
        assert volume["secret"]["defaultMode"] == 0o440
        # Without any of them, the pod waits, and does not begin without.
        assert [item["key"] for item in volume["secret"]["items"]] == ["ca.crt", "tls.crt", "tls.key"]
        assert not volume["secret"].get("optional")
        [mount] = [mount for mount in containers(made)[0]["volumeMounts"] if mount["name"] == "certificate"]
        # A folder: what is mounted by subPath is never renewed.
        assert mount == {"name": "certificate", "mountPath": "/etc/lonja/tls", "readOnly": True}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_every_plugin_is_told_where_its_certificate_is(environment, mode):
    every = objects(environment, sets=on(mode))
    made = {each["metadata"]["labels"][COMPONENT]: each["spec"]["template"] for each in of_kind(every, "Deployment")}
    for plugin, config in configs(every).items():
        if plugin == "migrate":
            # It calls nobody and serves nobody.
            assert "rpc" not in config["host"]
            continue
        tls = config["host"]["rpc"]["tls"]
        assert {key: tls[key] for key in FILES} == FILES and set(tls) == {*FILES, "callers"}
        assert set(FILES.values()) <= {path for _, _, path in secret_files(made[plugin])}
        container = containers(made[plugin])[0]
        # Probes and metrics ask the admin port, in plain text as before.
        assert all(container[probe]["httpGet"].get("scheme", "HTTP") == "HTTP" and container[probe]["httpGet"]["port"] == "admin"
                   for probe in ("startupProbe", "readinessProbe", "livenessProbe"))
    for each in of_kind(every, "Service"):
        for port in each["spec"]["ports"]:
            assert port["name"] != "rpc" or port["appProtocol"] == "https"


def rules(text):
    """Target → callers, as the program reads them (host.rpc.tls.callers)."""
    found = {}
    for rule in text.replace(";", "\n").splitlines():
        if rule.strip():
            target, colon, callers = rule.partition(":")
            assert colon and target.strip() not in found, rule
            found[target.strip()] = set(callers.replace(",", " ").split())
    return found


def may(found, caller, plugin, method):
    """The most specific rule decides alone; a plugin may call itself."""
    for target in (f"{plugin}/{method}", f"{plugin}/{method.split('/')[0]}", plugin):
        if target in found:
            return caller in found[target] or "*" in found[target] or caller == plugin
    return caller == plugin


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_all_that_the_sources_call_is_allowed_and_little_else(environment, mode):
    _, plugins = effective(environment)
    wanted = calls.called() | {("wallet", method) for method in calls.commanded() if calls.callee(method) == "profile"}
    allowed = set()
    for plugin, config in configs(objects(environment, sets=on(mode))).items():
        if plugin != "migrate":
            found = rules(config["host"]["rpc"]["tls"]["callers"])
            # Of itself alone: a method that it does not have would stop it.
            served = {method for method in calls.methods() if calls.callee(method) == plugin}
            assert set(found) <= {plugin} | {f"{plugin}/{method}" for method in served}
            allowed |= {(caller, method) for caller in [*plugins, "valkey", "backup"] if caller != plugin for method in served
                        if may(found, caller, plugin, method)}
    assert wanted <= allowed, f"refused: {wanted - allowed}"
    # Prices and their companies are read by both who call market, and the gateway alone calls wallet.
    assert {calls.callee(method) for _, method in allowed - wanted} <= {"market", "wallet"}, allowed - wanted
    assert {caller for caller, method in allowed if calls.callee(method) == "wallet"} == {"gateway"}
    for method, callers in {"CaptureHold": {"wallet"}, "HoldCash": {"wallet"}, "ReleaseHold": {"wallet"}, "CreditCash": {"wallet"},
                            "ResetCash": {"wallet"}, "SetPassword": {"auth"}, "VerifyPassword": {"auth"}, "GetHold": set()}.items():
        assert {caller for caller, each in allowed if each == f"lonja.profile.v1.Profile/{method}"} == callers, method


def test_methods_of_the_values_are_those_of_the_sources():
    """plugins.<name>.methods says exactly what each caller calls: one that goes, or a new one, shows here."""
    values = load("values.yaml")["plugins"]
    called = calls.called() | {("wallet", method) for method in calls.commanded() if calls.callee(method) == "profile"}
    several = {plugin for plugin in values if len([c for c, entry in values.items() if plugin in entry.get("calls", [])]) > 1}
    limited = {plugin: entry["methods"] for plugin, entry in values.items() if "methods" in entry}
    # Market has nothing but prices.
    assert set(limited) == several - {"market"} == {"auth", "notification", "profile"}
    for plugin, methods in limited.items():
        found = {}
        for caller, method in called:
            if calls.callee(method) == plugin:
                found.setdefault(caller, set()).add(method.split("/")[1])
        assert {caller: set(names) for caller, names in methods.items()} == found, plugin
        assert set(methods) == {caller for caller, entry in values.items() if plugin in entry.get("calls", [])}
        assert all(names == sorted(names) for names in methods.values()), f"{plugin}: not sorted"


def test_the_sources_are_read():
    assert len(calls.called()) > 70 and len(calls.methods()) > 75
    assert ("wallet", "lonja.profile.v1.Profile/CaptureHold") in calls.called()
    assert ("gateway", "lonja.auth.v1.Auth/VerifySession") in calls.called()
    assert ("gateway", "lonja.wallet.v1.Wallet/CancelOrder") in calls.called()
    assert "lonja.notification.v1.Notification/RetryDelivery" in calls.commanded()
    # Whoever calls is named in `calls`, and the other way.
    values = load("values.yaml")["plugins"]
    assert {(caller, calls.callee(method)) for caller, method in calls.called()} == {
        (caller, callee) for caller, entry in values.items() for callee in entry.get("calls", [])}


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_calls_are_what_is_allowed_where_nothing_else_is_said(environment):
    extra = ("plugins.web.calls={market,wallet,profile}",)
    found = {plugin: rules(config["host"]["rpc"]["tls"]["callers"])
             for plugin, config in configs(objects(environment, sets=(*on("secret"), *extra))).items() if plugin != "migrate"}
    assert found["market"]["market"] == {"gateway", "wallet", "web"} and found["wallet"]["wallet"] == {"gateway", "web"}
    # One that no list limits may call all of it, beside those that are limited.
    assert found["profile"]["profile"] == {"web"}
    assert found["profile"]["profile/lonja.profile.v1.Profile/CaptureHold"] == {"wallet", "web"}
    assert found["gateway"]["gateway"] == set() and found["web"]["web"] == set()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_every_reference_resolves(environment, mode):
    every = objects(environment, sets=on(mode))
    secrets = outside_secrets(environment) | certificates(environment, mode)
    wrong = list(dangling(every, secrets))
    assert not wrong, "\n".join(wrong)
    without = secrets - {"lonja-auth-tls"}
    assert list(dangling(every, without)) == ["Deployment/lonja-auth: no ('Secret', 'lonja-auth-tls')"]


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_the_job_is_restricted_and_the_only_one_with_a_token(environment):
    every = objects(environment, sets=on("job"))
    having = []
    for each, made in pods(every):
        assert not list(complaints(each, made)), name(each)
        tokens = [volume for volume in made["spec"]["volumes"]
                  if any("serviceAccountToken" in source for source in volume.get("projected", {}).get("sources", []))]
        if tokens:
            having.append(name(each))
            [token] = [source["serviceAccountToken"] for source in tokens[0]["projected"]["sources"] if "serviceAccountToken" in source]
            assert token["expirationSeconds"] == 600
    assert sorted(having) == ["CronJob/lonja-certificates", "Job/lonja-certificates"]
    # A release grants nothing to anybody.
    assert not of_kind(every, "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "Secret")
    [cron] = [each for each in of_kind(every, "CronJob") if each["metadata"]["name"] == "lonja-certificates"]
    [job] = [each for each in of_kind(every, "Job") if each["metadata"]["name"] == "lonja-certificates"]
    assert cron["spec"]["jobTemplate"]["spec"] == job["spec"]
    assert cron["spec"]["concurrencyPolicy"] == "Forbid" and job["spec"]["activeDeadlineSeconds"] > 0
    # It is there before the pods that wait for it, and before the migration.
    weight = "helm.sh/hook-weight"
    first = [each for each in every if each["metadata"]["labels"][COMPONENT] == "certificates" and each["kind"] != "CronJob"]
    assert sorted(each["kind"] for each in first) == ["ConfigMap", "Job", "NetworkPolicy", "ServiceAccount"]
    weights = {each["kind"]: int(each["metadata"]["annotations"][weight]) for each in first}
    assert max(weights[kind] for kind in weights if kind != "Job") < weights["Job"] < -10


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_cert_manager_makes_the_same(environment):
    sets = on("cert-manager")
    every = of_kind(objects(environment, sets=sets), "Certificate")
    issuers = {each["metadata"]["name"]: each["spec"] for each in of_kind(objects(environment, sets=sets), "Issuer")}
    assert issuers == {"lonja-authority-itself": {"selfSigned": {}}, "lonja-authority": {"ca": {"secretName": "lonja-authority"}}}
    [job] = [each for each in of_kind(objects(environment, sets=on("job")), "Job") if each["metadata"]["name"] == "lonja-certificates"]
    env = {each["name"]: each["value"] for each in containers(job["spec"]["template"])[0]["env"]}
    expected = {line.split()[0]: (line.split()[1], line.split()[2:]) for line in env["CERTIFICATES"].splitlines()}
    made = {each["spec"]["secretName"]: each["spec"] for each in every}
    authority = made.pop("lonja-authority")
    assert authority["isCA"] and authority["usages"] == ["cert sign"]
    # With another key, all that the old one signed would be refused by whoever has the new one.
    assert authority["privateKey"]["rotationPolicy"] == "Never" and authority["issuerRef"]["name"] == "lonja-authority-itself"
    assert set(made) == set(expected)
    for secret, spec in made.items():
        usages, names = expected[secret]
        assert spec["dnsNames"] == names and "isCA" not in spec
        assert spec["usages"] == ["digital signature", "server auth", *(["client auth"] if "clientAuth" in usages else [])]
        assert spec["privateKey"] == {"algorithm": "ECDSA", "size": 256, "encoding": "PKCS8", "rotationPolicy": "Always"}
        assert spec["issuerRef"] == {"name": "lonja-authority", "kind": "Issuer", "group": "cert-manager.io"}
        life, before = (int(spec[key].removesuffix("h")) for key in ("duration", "renewBefore"))
        assert life == int(env["DAYS"]) * 24 and life / 3 < before < life
    another = objects(environment, sets=(*sets, "tls.certManager.issuer.name=vault", "tls.certManager.issuer.kind=ClusterIssuer"))
    assert not of_kind(another, "Issuer")
    assert {tuple(each["spec"]["issuerRef"].values()) for each in of_kind(another, "Certificate")} == {
        ("vault", "ClusterIssuer", "cert-manager.io")}


@pytest.mark.parametrize("mode", ["off", "secret", "cert-manager", "job"])
@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_each_mode_makes_its_own_and_nothing_of_another(environment, mode):
    every = objects(environment, sets=on(mode))
    assert bool(of_kind(every, "Certificate", "Issuer")) == (mode == "cert-manager")
    of_job = [each for each in every if each["metadata"]["labels"][COMPONENT] == "certificates"]
    assert bool(of_job) == (mode == "job")
    others = {name(each): each for each in every if each not in of_job and each["kind"] not in ("Certificate", "Issuer")}
    if mode != "off":
        # For the pods it is all the same.
        secret = {name(each): each for each in objects(environment, sets=on("secret"))}
        assert others == secret


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_off_leaves_nothing(environment):
    text = rendered(environment, sets=("tls.mode=off", "external.valkey.tls=false"))
    for word in ("/etc/lonja/tls", "-auth-tls", "-valkey-tls", "lonja-certificates", "lonja-authority", "callers:"):
        assert word not in text, word
    # As YAML writes it without quotes.
    assert template(environment, sets=["tls.mode=false", "external.valkey.tls=false"]).stdout == text
    assert (environment == "dev") == (rendered("dev") == text)


def test_on_by_default_in_prod_and_by_one_line_elsewhere():
    values, _ = effective("prod")
    assert values["tls"]["mode"] == "job" and values["external"]["valkey"]["tls"] is True
    assert load("values.yaml")["tls"]["mode"] == "off"
    assert "tls" not in merged({}, load("values-dev.yaml"))
    assert len(of_kind(objects("dev", sets=on("job")), "CronJob")) == 1


def valkey_users(every):
    return {plugin: config[plugin]["valkey"] for plugin, config in configs(every).items()
            if plugin != "migrate" and "valkey" in config.get(plugin, {})}


def test_valkey_over_tls():
    """By the authorities of the plugins, or by others; of the image where there are neither."""
    assert all("tls" not in each for each in valkey_users(objects("dev", sets=on("secret"))).values())
    on_both = valkey_users(objects("prod"))
    assert set(on_both) == {"auth", "gateway", "market"}
    assert all(each["tls"] is True and each["rootCertificate"] == FILES["authorities"] for each in on_both.values())
    image = valkey_users(objects("dev", sets=("external.valkey.tls=true",)))
    assert all(each["tls"] is True and "rootCertificate" not in each for each in image.values())
    sets = ("external.valkey.tls=true", "external.valkey.ca.name=other", "external.valkey.ca.key=root.crt")
    for more in ((), on("job")):
        every = objects("dev", sets=(*sets, *more))
        for each in of_kind(every, "Deployment"):
            plugin = each["metadata"]["labels"][COMPONENT]
            files = set(secret_files(each["spec"]["template"]))
            assert (("other", "root.crt", "/etc/lonja/valkey-ca/valkey.crt") in files) == (plugin in on_both)
        assert all(each["rootCertificate"] == "/etc/lonja/valkey-ca/valkey.crt" for each in valkey_users(every).values())


@pytest.mark.parametrize("sets, authority", [
    (("external.valkey.tls=false",), None),
    ((), ("lonja-valkey-tls", "ca.crt")),
    (("external.valkey.ca.name=other", "external.valkey.ca.key=root.crt"), ("other", "root.crt")),
    (("tls.mode=off",), None),
])
def test_backups_of_valkey_go_the_same_way(sets, authority):
    [backup] = [each for each in of_kind(objects("prod", sets=sets), "CronJob") if each["metadata"]["name"] == "lonja-backup"]
    made = backup["spec"]["jobTemplate"]["spec"]["template"]
    env = {each["name"]: each["value"] for each in containers(made)[0]["env"]}
    files = {path: (secret, key) for secret, key, path in secret_files(made)}
    assert files.get(env.get("VALKEY_CA")) == authority
    # Those of the image, where there is nothing else; never in plain text where the plugins are not.
    assert ("VALKEY_CA" in env) == ("external.valkey.tls=false" not in sets)


def test_valkey_of_the_stores_takes_the_certificate_that_is_made():
    values, _ = effective("prod")
    sets = ("valkey.tls=lonja-valkey-tls",)
    every = objects(chart=STORES, sets=sets)
    [pod] = [made for each, made in pods(every) if each["metadata"]["name"] == "lonja-valkey"]
    assert {secret for secret, key, _ in secret_files(pod) if key == "tls.key"} == {"lonja-valkey-tls"}
    assert "lonja-valkey-tls" in certificates("prod")
    [service] = [each for each in of_kind(every, "Service") if each["metadata"]["name"] == "lonja-valkey"]
    # The name that is checked is the one that is called, and the port stays.
    assert values["tls"]["servers"]["valkey"] == values["external"]["valkey"]["host"] == service["metadata"]["name"]
    assert service["spec"]["ports"][0]["port"] == values["external"]["valkey"]["port"]
    config = next(each for each in of_kind(every, "ConfigMap") if each["metadata"]["name"] == "lonja-valkey")["data"]["valkey.conf"]
    assert config.index("port 6379") < config.index("port 0") < config.index("tls-port 6379")
    plain = next(each for each in of_kind(objects(chart=STORES), "ConfigMap") if each["metadata"]["name"] == "lonja-valkey")["data"]
    assert "tls" not in plain["valkey.conf"] and set(plain) == {"valkey.conf"}


@pytest.mark.parametrize("sets, names", [
    (["tls.mode=on"], "mode"),
    (["tls.mode=true"], "mode"),
    (["tls.days=1"], "days"),
    (["tls.authorityDays=100", "tls.days=30"], "authorityDays"),
    (["tls.servers.auth=elsewhere"], "auth"),
    (["tls.servers.cache=wallet"], "wallet"),
    (["tls.servers.cache=a.b"], "cache"),
    (["tls.job.external={mainframe}"], "mainframe"),
    (["tls.certManager.issuer.kind=Issuer"], "issuer"),
    (["plugins.profile.methods.nobody={GetHold}"], "nobody"),
    (["plugins.profile.methods.web={GetHolds}"], "methods"),
    (["plugins.certificates.replicas=1"], "certificates"),
    (["external.valkey.tls=require"], "tls"),
])
def test_what_cannot_be_is_refused(sets, names):
    done = template("prod", sets=sets)
    assert done.returncode == 1, done.stdout[:300]
    assert names in done.stderr


def test_the_bootstrap_knows_every_plugin():
    """Of each environment; a plugin more without its Secret would wait for ever."""
    for environment in ("dev", "prod"):
        made = {each["metadata"]["name"] for each in yaml.safe_load_all((CHART / f"bootstrap/lonja-{environment}.yaml").read_text())
                if each["kind"] == "Secret"}
        assert made == certificates(environment, "job") | {"lonja-authority"}
