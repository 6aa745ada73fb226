"""Workflows, and the script that they deploy with: run with the real helm, and a stand-in for kubectl that keeps objects."""

import base64
import gzip
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest
import yaml

from rendering import CHART, DIGEST, MAIL, STORES, TESTS
from settings import ROOT

WORKFLOWS = ROOT / ".github" / "workflows"
OTHER = "sha256:" + "fedcba9876543210" * 4


def tool(*command, **options):
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, **options)


def jobs():
    for path in sorted(WORKFLOWS.glob("*.yml")):
        for name, job in yaml.safe_load(path.read_text())["jobs"].items():
            yield path.name, name, job


def test_actionlint():
    done = tool("actionlint", *sorted(WORKFLOWS.glob("*.yml")))
    assert done.returncode == 0, done.stdout


def test_zizmor():
    done = tool("zizmor", "--offline", WORKFLOWS)
    assert done.returncode == 0, done.stdout


def test_scripts():
    scripts = [*(CHART / "pipeline").iterdir(), *(CHART / "files").glob("*/*.sh"), *(STORES / "files").glob("*.sh"),
               CHART / "tests/run", CHART / "tests/tools", *(CHART / "bootstrap" / name for name in ("certificates", "mail", "secrets")),
               *(MAIL / "files").glob("*.sh")]
    # 1007: CDPATH= is meant. 1091: lib.sh is beside them.
    done = tool("shellcheck", "--shell", "sh", "--exclude", "SC1007,SC1091", *scripts)
    assert done.returncode == 0, done.stdout


def test_actions_are_pinned_and_rights_are_few():
    rights = {}
    for file, name, job in jobs():
        for step in job.get("steps", []):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step.get("uses", "a@" + "0" * 40)), f"{file} {name}: {step}"
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False
        rights[name] = job["permissions"]
    for path in WORKFLOWS.glob("*.yml"):
        assert yaml.safe_load(path.read_text())["permissions"] == {}
    deploy = {"contents": "read", "id-token": "write"}
    assert rights == {"test": {"contents": "read"}, "chart": {"contents": "read"}, "check": {"contents": "read"},
                      "image": {"contents": "read", "packages": "write"}, "dev": deploy, "prod": deploy}
    text = "".join(path.read_text() for path in WORKFLOWS.glob("*.yml"))
    assert "secrets." not in text, "the pipeline needs no stored secret"


def test_prod_is_for_tags_and_behind_its_environment():
    by_name = {name: job for _, name, job in jobs()}
    assert by_name["dev"]["environment"] == "lonja-dev" and "refs/heads/main" in by_name["dev"]["if"]
    assert by_name["prod"]["environment"] == "lonja-prod" and "'tag'" in by_name["prod"]["if"]
    assert by_name["dev"]["needs"] == by_name["prod"]["needs"] == "image" and by_name["image"]["needs"] == "check"
    for environment in ("dev", "prod"):
        subjects = [each for each in yaml.safe_load_all((CHART / f"bootstrap/lonja-{environment}.yaml").read_text())
                    if each["kind"] == "RoleBinding"][0]["subjects"]
        assert subjects[0]["name"].endswith(f":environment:{by_name[environment]['environment']}")


KUBECTL = (TESTS / "stand_in_kubectl.py").read_text()


class Cluster:
    def __init__(self, folder):
        self.state = folder / "state.json"
        self.calls_file = folder / "calls"
        (folder / "bin").mkdir()
        stand_in = folder / "bin" / "kubectl"
        stand_in.write_text(f"#!{sys.executable}\n{KUBECTL}")
        stand_in.chmod(0o755)
        self.env = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "STATE": str(self.state),
                    "CALLS": str(self.calls_file), "KUBE_SERVER": "https://k3s.example:6443", "KUBE_CA": "none",
                    "POLL_SECONDS": "0"}

    def deploy(self, environment="dev", image=DIGEST, **more):
        self.calls_file.write_text("")
        return tool("sh", CHART / "pipeline/deploy", environment, image, DIGEST, env={**self.env, **more})

    def objects(self):
        return json.loads(self.state.read_text()) if self.state.exists() else {}

    def calls(self):
        return self.calls_file.read_text().splitlines()

    def images(self):
        return {each["spec"]["template"]["spec"]["containers"][0]["image"].split("@")[1]
                for each in self.objects().values() if each["kind"] == "Deployment"}


@pytest.fixture
def cluster(tmp_path):
    return Cluster(tmp_path)


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_a_deployment(cluster, environment):
    done = cluster.deploy(environment)
    assert done.returncode == 0, done.stderr
    applied = [call for call in cluster.calls() if call.startswith("apply")]
    first = ["certificates", "migrate"] if environment == "prod" else ["migrate"]
    assert [call.rsplit(" ", 1)[1] for call in applied[:len(first)]] == [f"app.kubernetes.io/component={each}" for each in first]
    assert applied[len(first)].endswith("app.kubernetes.io/component notin (certificates,migrate)")
    rollouts = [call for call in cluster.calls() if call.startswith("rollout status deployment/")]
    assert len(rollouts) == 7
    assert cluster.images() == {DIGEST}
    kept = cluster.objects()["configmap/lonja-release"]["binaryData"]["manifests.gz"]
    assert DIGEST in gzip.decompress(base64.b64decode(kept)).decode()
    assert len(kept) < 500_000, "a ConfigMap has room for 1 MiB"


def test_the_second_one_removes_what_is_gone_but_no_data(cluster):
    assert cluster.deploy().returncode == 0
    # As if an earlier build had had more.
    state = cluster.objects()
    former = gzip.decompress(base64.b64decode(state["configmap/lonja-release"]["binaryData"]["manifests.gz"])).decode()
    for kind in ("Deployment", "PersistentVolumeClaim"):
        former += f"---\napiVersion: v1\nkind: {kind}\nmetadata:\n  name: lonja-gone\n  labels: {{}}\n"
        state[f"{kind.lower()}/lonja-gone"] = {"kind": kind, "metadata": {"name": "lonja-gone"}}
    state["configmap/lonja-release"]["binaryData"]["manifests.gz"] = base64.b64encode(gzip.compress(former.encode())).decode()
    cluster.state.write_text(json.dumps(state))
    done = cluster.deploy(image=OTHER)
    assert done.returncode == 0, done.stderr
    assert "deployment/lonja-gone" not in cluster.objects()
    assert "persistentvolumeclaim/lonja-gone" in cluster.objects()
    assert [call for call in cluster.calls() if call.startswith("delete")] == [
        "delete job lonja-migrate --ignore-not-found --wait", "delete deployment/lonja-gone --ignore-not-found"]
    assert cluster.images() == {OTHER}


def test_what_does_not_come_up_is_taken_back(cluster):
    assert cluster.deploy().returncode == 0
    before = cluster.objects()
    done = cluster.deploy(image=OTHER, FAIL="deployment/lonja-wallet", BAD=OTHER)
    assert done.returncode == 1
    assert "the former build runs again" in done.stderr
    assert cluster.images() == {DIGEST}
    after = cluster.objects()
    # The migration ran with the new build, and stays.
    assert {k: v for k, v in after.items() if "migrate" not in k} == {k: v for k, v in before.items() if "migrate" not in k}
    # And the next one begins from there.
    assert cluster.deploy(image=OTHER).returncode == 0


def test_the_first_one_has_nothing_to_go_back_to(cluster):
    done = cluster.deploy(FAIL="deployment/lonja-auth")
    assert done.returncode == 1 and "nothing to go back to" in done.stderr
    assert "configmap/lonja-release" not in cluster.objects()


def test_a_migration_that_fails_changes_nothing_else(cluster):
    assert cluster.deploy().returncode == 0
    done = cluster.deploy(image=OTHER, JOB_FAILS="job/lonja-migrate")
    assert done.returncode == 1 and "the migration failed" in done.stderr
    assert cluster.images() == {DIGEST}
    assert not [call for call in cluster.calls() if call.startswith("rollout")]


def test_without_certificates_nothing_else_is_changed(cluster):
    assert cluster.deploy("prod").returncode == 0
    assert "cronjob/lonja-certificates" in cluster.objects()
    done = cluster.deploy("prod", image=OTHER, JOB_FAILS="job/lonja-certificates")
    assert done.returncode == 1 and "certificates were not made" in done.stderr
    assert cluster.images() == {DIGEST}
    assert not [call for call in cluster.calls() if call.startswith("rollout") or "migrate" in call]


def test_prod_cannot_be_given_a_tag(cluster):
    done = cluster.deploy("prod", image="")
    assert done.returncode == 1 and "image.digest" in done.stderr
    assert not [call for call in cluster.calls() if call.startswith("apply")]


def test_the_token_is_asked_for_and_handed_on(tmp_path):
    import http.server
    import threading

    seen = []

    class Issuer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append((self.path, self.headers["authorization"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"count": 1, "value": "header.body.signature"}')

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Issuer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    env = {**os.environ, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of-the-job",
           "ACTIONS_ID_TOKEN_REQUEST_URL": f"http://127.0.0.1:{server.server_port}/token?api=2"}
    done = tool("sh", CHART / "pipeline/credential", env=env)
    server.shutdown()
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["kind"] == "ExecCredential" and answer["status"]["token"] == "header.body.signature"
    assert seen == [("/token?api=2&audience=lonja-cluster", "bearer of-the-job")]
    audiences = yaml.safe_load((CHART / "bootstrap/authentication.yaml").read_text())["jwt"][0]["issuer"]["audiences"]
    assert audiences == ["lonja-cluster"]
    env["ACTIONS_ID_TOKEN_REQUEST_URL"] = "http://127.0.0.1:1/?"
    assert tool("sh", CHART / "pipeline/credential", env={**env, "no_proxy": "*"}).returncode != 0


def test_kubectl_takes_the_kubeconfig_that_is_written(tmp_path):
    """The real kubectl reads it, and asks the credential script; there is no server to go further."""
    text = (CHART / "pipeline/deploy").read_text()
    config = text.split("<<CONFIG\n")[1].split("\nCONFIG\n")[0]
    for variable, value in {"$KUBE_SERVER": "https://127.0.0.1:1", "$work": str(tmp_path), "$here": str(tmp_path),
                            "$namespace": "lonja-dev"}.items():
        config = config.replace(variable, value)
    path = pathlib.Path(tmp_path / "kubeconfig")
    path.write_text(config)
    (tmp_path / "ca.crt").write_text("")
    (tmp_path / "credential").write_text("echo asked >&2; exit 3\n")
    done = tool("kubectl", "--kubeconfig", path, "config", "view", "--minify", "-o", "jsonpath={..namespace}")
    assert done.stdout == "lonja-dev"
    done = tool("kubectl", "--kubeconfig", path, "get", "pods", "--request-timeout=3s")
    assert done.returncode != 0 and "asked" in done.stderr
