"""Others' checks over what is rendered: schemas of the API, policies of checkov and trivy, YAML."""

import re
import subprocess

import pytest

from rendering import CHART, DIGEST, ENVIRONMENTS, MAIL, STORES, VERSIONS, helm, rendered
from settings import ROOT

# Two at most, each with its reason.
SKIPS = {
    "CKV_K8S_11": "no limit of the processor: throttling makes event loops late, and requests keep the shares",
}
# Of the mail server besides, which is why it has a namespace of its own; test_restricted.py says what is left of root.
MASTER = "Postfix' master refuses to begin as anybody else, and changes to another user for each of its processes"
MAIL_SKIPS = {"CKV_K8S_23": MASTER, "CKV_K8S_25": MASTER, "CKV_K8S_40": MASTER}
STORE_DIGESTS = (f"postgres.image.digest={DIGEST}", f"valkey.image.digest={DIGEST}")
SETS = {
    "dev": ("dev", CHART, ()),
    "prod": ("prod", CHART, ()),
    "cert-manager": ("prod", CHART, ("tls.mode=cert-manager",)),
    "mail": ("mail", MAIL, (f"image.digest={DIGEST}", "environment=prod")),
    "stores": ("prod", STORES, (*STORE_DIGESTS, "environment=prod", "postgres.tls=server-certificate", "valkey.tls=lonja-valkey-tls")),
}


@pytest.fixture(params=SETS)
def manifest(request, tmp_path):
    environment, chart, sets = SETS[request.param]
    file = tmp_path / f"{request.param}.yaml"
    # Helm ends hooks with an empty line.
    file.write_text(rendered(environment, chart, sets=sets).rstrip() + "\n")
    return file


def tool(*command):
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_api_knows_every_field(manifest, version):
    done = tool("kubernetes-validate", "--strict", "-k", version, manifest)
    assert done.returncode == 0, done.stdout + done.stderr
    unknown = {line.split("resource ")[-1] for line in (done.stdout + done.stderr).splitlines() if "passed" not in line}
    # Kinds of other projects have no schema there: test_monitoring.py and test_references.py look at them.
    assert all(any(kind in line.lower() for kind in ("podmonitor", "prometheusrule", "certificate", "issuer")) for line in unknown), unknown


def test_a_misspelt_field_is_seen(tmp_path):
    file = tmp_path / "r.yaml"
    file.write_text(rendered().replace("minReadySeconds:", "minReadySecs:", 1))
    assert tool("kubernetes-validate", "--strict", "-k", "1.37", file).returncode != 0


def test_checkov(manifest):
    command = ["checkov", "-f", manifest, "--framework", "kubernetes", "--compact", "--quiet", "--skip-download"]
    skips = SKIPS | (MAIL_SKIPS if manifest.stem == "mail" else {})
    done = tool(*command, "--skip-check", ",".join(skips))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "Passed checks: 0" not in done.stdout


def test_trivy(manifest):
    # Rules of callers are lines such as "…/SetPassword: auth", which look like passwords to it; test_tls.py reads them.
    manifest.write_text(re.sub(r"\b[a-z-]+/lonja\.[\w.]+/\w+:", "METHOD:", manifest.read_text()))
    done = tool("trivy", "config", "--skip-check-update", "--skip-version-check", "--severity", "HIGH,CRITICAL",
                "--exit-code", "1", manifest)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_scanners_see_what_is_bad(tmp_path):
    file = tmp_path / "r.yaml"
    file.write_text(rendered("prod").replace("allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true"))
    assert tool("checkov", "-f", file, "--framework", "kubernetes", "--compact", "--quiet", "--skip-download",
                "--skip-check", ",".join(SKIPS)).returncode == 1


def test_skips_are_few():
    assert len(SKIPS) <= 2 and all(len(reason) > 20 for reason in SKIPS.values())


def test_yaml(manifest):
    rules = "{extends: relaxed, rules: {key-duplicates: enable, line-length: disable}}"
    done = tool("yamllint", "-s", "-d", rules, manifest)
    assert done.returncode == 0, done.stdout
    for file in [*CHART.glob("*.yaml"), *CHART.glob("bootstrap/*.yaml"), *STORES.glob("*.yaml"), *MAIL.glob("*.yaml")]:
        done = tool("yamllint", "-s", "-d", rules, file)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_lint(environment):
    done = helm("lint", CHART, "--strict", "-f", CHART / f"values-{environment}.yaml",
                "--set", f"image.digest={DIGEST},backup.image.digest={DIGEST}")
    assert done.returncode == 0, done.stdout + done.stderr
    for chart in (MAIL, STORES):
        assert helm("lint", chart, "--strict").returncode == 0


@pytest.mark.parametrize("environment", [*ENVIRONMENTS, "mail"])
def test_bootstrap_manifests(environment):
    done = tool("kubernetes-validate", "--strict", "-k", "1.37", CHART / f"bootstrap/lonja-{environment}.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("file", [CHART / "files/backup/Containerfile", MAIL / "image/Containerfile", ROOT / "Host/image/Dockerfile"], ids=["backup", "mail", "lonja"])
def test_hadolint(file):
    done = tool("hadolint", file)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("file", [CHART / "files/backup/Containerfile", ROOT / "Host/image/Dockerfile"], ids=["backup", "lonja"])
def test_images(file, tmp_path):
    # By the name that both know.
    copy = tmp_path / "Dockerfile"
    copy.write_text(file.read_text())
    done = tool("trivy", "config", "--skip-check-update", "--skip-version-check", "--severity", "MEDIUM,HIGH,CRITICAL",
                "--exit-code", "1", copy)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    # HEALTHCHECK is docker's own; the pods have probes, and the image has no program that could ask.
    done = tool("checkov", "-f", copy, "--framework", "dockerfile", "--compact", "--quiet", "--skip-download",
                "--skip-check", "CKV_DOCKER_2")
    assert done.returncode == 0, done.stdout[-3000:]
    copy.write_text(file.read_text().replace("USER 65532:65532", "USER root"))
    assert "USER root" in copy.read_text()
    assert tool("trivy", "config", "--skip-check-update", "--skip-version-check", "--severity", "HIGH", "--exit-code", "1", copy).returncode == 1
