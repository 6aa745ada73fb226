"""Pod Security "restricted", by our own reading of it, for every pod that anything of the charts makes; and more."""

import pytest

from rendering import CHART, ENVIRONMENTS, MAIL, STORES, containers, name, objects, pods

VOLUMES = {"configMap", "secret", "emptyDir", "persistentVolumeClaim", "projected", "downwardAPI", "csi", "ephemeral"}


def complaints(each, made):
    """What "restricted" has against a pod, and what we ask beyond it."""
    spec = made["spec"]
    pod = spec.get("securityContext", {})
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(key):
            yield f"{key} is set"
    if spec.get("automountServiceAccountToken") is not False:
        yield "a token is mounted"
    if spec.get("enableServiceLinks") is not False:
        yield "service links are set"
    if spec.get("serviceAccountName", "default") == "default":
        yield "runs as the default account"
    if pod.get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
        yield "no seccomp profile"
    for volume in spec.get("volumes", []):
        kinds = set(volume) - {"name"}
        if not kinds <= VOLUMES:
            yield f"volume {volume['name']} is {kinds}"
        if "emptyDir" in volume and not volume["emptyDir"].get("sizeLimit"):
            yield f"volume {volume['name']} has no bound"
    for one in containers(made):
        own = one.get("securityContext", {})
        if own.get("runAsNonRoot", pod.get("runAsNonRoot")) is not True:
            yield f"{one['name']} may run as root"
        if own.get("runAsUser", pod.get("runAsUser")) in (None, 0):
            yield f"{one['name']} has no user, or root"
        if own.get("allowPrivilegeEscalation") is not False:
            yield f"{one['name']} may gain privileges"
        if own.get("privileged"):
            yield f"{one['name']} is privileged"
        if own.get("readOnlyRootFilesystem") is not True:
            yield f"{one['name']} may write its root"
        capabilities = own.get("capabilities", {})
        if capabilities.get("drop") != ["ALL"] or set(capabilities.get("add", [])) - {"NET_BIND_SERVICE"}:
            yield f"{one['name']} keeps capabilities"
        if own.get("seLinuxOptions") or own.get("procMount", "Default") != "Default":
            yield f"{one['name']} changes SELinux or proc"
        if any("hostPort" in port for port in one.get("ports", [])):
            yield f"{one['name']} takes a port of the host"
        resources = one.get("resources", {})
        if not resources.get("requests", {}).get("cpu"):
            yield f"{one['name']} asks for no processor"
        memory = resources.get("requests", {}).get("memory")
        if not memory or memory != resources.get("limits", {}).get("memory"):
            yield f"{one['name']} has no fixed memory"
        if "cpu" in resources.get("limits", {}):
            yield f"{one['name']} is throttled"


@pytest.mark.parametrize("chart", [CHART, STORES], ids=lambda chart: chart.name)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_pod_is_restricted(environment, chart):
    sets = () if environment == "dev" or chart == CHART else ("environment=dev",)
    every = pods(objects(environment, chart=chart, sets=sets))
    assert len(every) >= (8 if chart == CHART else 2)
    wrong = [f"{name(each)}: {complaint}" for each, made in every for complaint in complaints(each, made)]
    assert not wrong, "\n".join(wrong)


# What "baseline" lets containers have (Pod Security Standards).
BASELINE = {"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID",
            "SETPCAP", "SETUID", "SYS_CHROOT"}


@pytest.mark.parametrize("sets", [(), ("userNamespace=true",)])
def test_the_mail_server_is_restricted_but_for_the_start_of_postfix(sets):
    [(each, made)] = pods(objects("mail", chart=MAIL, sets=sets))
    assert set(complaints(each, made)) == {"postfix may run as root", "postfix has no user, or root", "postfix keeps capabilities"}
    own = {one["name"]: one["securityContext"] for one in containers(made)}
    assert set(own["postfix"]["capabilities"]["add"]) == {"NET_BIND_SERVICE", "SETGID", "SETUID"} <= BASELINE
    assert made["spec"].get("hostUsers", True) is (not sets)
    # Its namespace lets that in, no more, and has nothing else in it.
    import yaml

    namespace, policy = yaml.safe_load_all((CHART / "bootstrap/lonja-mail.yaml").read_text())
    assert namespace["metadata"]["name"] == each["metadata"]["namespace"] == policy["metadata"]["namespace"] == "lonja-mail"
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "baseline"
    assert policy["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_the_check_can_fail():
    each, made = pods(objects())[0]
    bad = {"metadata": {}, "spec": {"containers": [{"name": "bad", "ports": [{"hostPort": 80}]}], "hostNetwork": True,
                                    "volumes": [{"name": "host", "hostPath": {"path": "/"}}]}}
    assert not list(complaints(each, made))
    assert len(list(complaints(each, bad))) >= 14


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_namespaces_enforce_it(environment):
    import yaml

    made = list(yaml.safe_load_all((CHART / f"bootstrap/lonja-{environment}.yaml").read_text()))
    labels = made[0]["metadata"]["labels"]
    assert made[0]["metadata"]["name"] == f"lonja-{environment}"
    for mode in ("enforce", "audit", "warn"):
        assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted"
        assert labels[f"pod-security.kubernetes.io/{mode}-version"].startswith("v1.")
    role = next(each for each in made if each["kind"] == "Role")
    granted = {(group, resource) for rule in role["rules"] for group in rule["apiGroups"] for resource in rule["resources"]}
    assert not {resource for _, resource in granted} & {"secrets", "roles", "rolebindings", "*"}


def test_the_pipeline_may_touch_what_the_chart_makes():
    """The role of the bootstrap manifest grants exactly the kinds of the charts, and what it takes to watch a rollout."""
    import yaml

    role = next(each for each in yaml.safe_load_all((CHART / "bootstrap/lonja-prod.yaml").read_text())
                if each["kind"] == "Role")
    granted = {(group, resource) for rule in role["rules"] if "create" in rule["verbs"]
               for group in rule["apiGroups"] for resource in rule["resources"]}
    made = set()
    for sets in ((), ("ingress.kind=IngressRoute", "tls.mode=cert-manager")):
        for each in objects("prod", sets=sets):
            group = each["apiVersion"].rpartition("/")[0]
            kind = each["kind"].lower()
            plural = kind[:-1] + "ies" if kind.endswith("y") else kind + ("es" if kind.endswith("s") else "s")
            made.add((group, plural))
    assert granted == made
