"""Autoscaling, disruption and rollout."""

import pytest
import yaml

from rendering import ENVIRONMENTS, effective, name, objects, of_kind, template


def deployments(environment, sets=()):
    return {each["metadata"]["name"]: each for each in of_kind(objects(environment, sets=sets), "Deployment")}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_scales_has_one_owner(environment):
    every = deployments(environment, ("plugins.web.hpa.enabled=false", "plugins.web.replicas=2"))
    scaled = {}
    for hpa in of_kind(objects(environment, sets=("plugins.web.hpa.enabled=false", "plugins.web.replicas=2")),
                       "HorizontalPodAutoscaler"):
        target = hpa["spec"]["scaleTargetRef"]
        assert (target["apiVersion"], target["kind"]) == ("apps/v1", "Deployment")
        scaled[target["name"]] = hpa["spec"]
    assert len(scaled) == 6 and set(scaled) < set(every)
    for each in every.values():
        owned = each["metadata"]["name"] in scaled
        assert ("replicas" in each["spec"]) != owned, name(each)
    assert every["lonja-web"]["spec"]["replicas"] == 2
    for target, spec in scaled.items():
        assert 1 <= spec["minReplicas"] <= spec["maxReplicas"]
        assert environment == "dev" or spec["minReplicas"] >= 2
        cpu = [m for m in spec["metrics"] if m["type"] == "Resource" and m["resource"]["name"] == "cpu"]
        assert len(cpu) == 1
        request = every[target]["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["cpu"]
        assert request, f"{target}: the HPA divides by a request that is not there"
        assert spec["behavior"]["scaleUp"]["stabilizationWindowSeconds"] == 0
        assert spec["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 300


def test_the_gateway_may_scale_by_its_own_metric():
    sets = ("plugins.gateway.hpa.podMetrics[0].name=http_server_requests_per_second",
            "plugins.gateway.hpa.podMetrics[0].averageValue=300",)
    done = template("prod", sets=[sets[0]], files=[])
    assert done.returncode == 1 and "averageValue" in done.stderr
    metrics = {"plugins": {"gateway": {"hpa": {"podMetrics": [
        {"name": "http_server_requests_per_second", "averageValue": "300"}]}}}}
    import tempfile

    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(yaml.safe_dump(metrics))
        file.flush()
        done = template("prod", files=[file.name])
    assert done.returncode == 0, done.stderr
    hpa = next(each for each in yaml.safe_load_all(done.stdout)
               if each and each["kind"] == "HorizontalPodAutoscaler" and each["metadata"]["name"] == "lonja-gateway")
    assert {"type": "Pods", "pods": {"metric": {"name": "http_server_requests_per_second"},
                                     "target": {"type": "AverageValue", "averageValue": "300"}}} in hpa["spec"]["metrics"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_drain_of_a_node_always_ends(environment):
    every = of_kind(objects(environment), "PodDisruptionBudget")
    assert len(every) == 7
    for each in every:
        assert each["spec"]["maxUnavailable"] == 1 and "minAvailable" not in each["spec"]
        assert each["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_nothing_is_lost_in_a_rollout(environment):
    _, plugins = effective(environment)
    for plugin, wanted in plugins.items():
        spec = deployments(environment)[f"lonja-{plugin}"]["spec"]
        assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
        pod = spec["template"]["spec"]
        container = pod["containers"][0]
        env = {each["name"]: each["value"] for each in container["env"]}
        sleep = container["lifecycle"]["preStop"]["sleep"]["seconds"]
        delay = int(env["LONJA_HOST_DRAIN_DELAY"].removesuffix("s"))
        deadline = int(env["LONJA_HOST_DRAIN_DEADLINE"].removesuffix("s"))
        assert sleep == wanted["drain"]["preStopSeconds"] >= 5
        assert pod["terminationGracePeriodSeconds"] > sleep + delay + deadline
        assert env["LONJA_HOST_GRACE_PERIOD"] == f'{pod["terminationGracePeriodSeconds"] - sleep}s'
        startup = container["startupProbe"]
        assert startup["periodSeconds"] * startup["failureThreshold"] * 2 <= spec["progressDeadlineSeconds"]
        assert container["livenessProbe"]["httpGet"]["path"] == "/livez"
        assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
        spread = pod["topologySpreadConstraints"][0]
        assert (spread["whenUnsatisfiable"], spread["matchLabelKeys"]) == ("ScheduleAnyway", ["pod-template-hash"])


def test_photos_on_one_node_or_on_many():
    """The volume decides how many pods there may be: see the README."""
    claim = of_kind(objects("prod"), "PersistentVolumeClaim")
    assert [each["spec"]["accessModes"] for each in claim] == [["ReadWriteMany"]]
    assert of_kind(objects("dev"), "PersistentVolumeClaim")[0]["spec"]["accessModes"] == ["ReadWriteOnce"]
    for each in claim:
        assert each["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    alone = ("plugins.profile.storage.sameNode=false", "plugins.profile.hpa.max=1")
    assert deployments("dev", alone)["lonja-profile"]["spec"]["strategy"] == {"type": "Recreate"}
