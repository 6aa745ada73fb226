"""dev and prod from one chart: what differs is stored, what prod refuses, and that order does not matter."""

import difflib
import os

import pytest
import yaml

from rendering import CHART, DIGEST, ENVIRONMENTS, MAIL, STORES, TESTS, VERSIONS, load, name, objects, rendered, template

STORED = TESTS / "expected" / "dev-prod.diff"


def difference():
    """What reviewers should see: objects that only one has, and how the others differ, without the namespaces."""
    texts = {}
    for environment in ENVIRONMENTS:
        for each in objects(environment):
            text = yaml.safe_dump(each).replace(f"lonja-{environment}", "NAMESPACE")
            texts.setdefault(name(each), {})[environment] = text.splitlines()
    for which in sorted(texts):
        dev, prod = (texts[which].get(environment) for environment in ENVIRONMENTS)
        if dev is None or prod is None:
            yield f"{'+' if dev is None else '-'}{which}"
        else:
            yield from difflib.unified_diff(dev, prod, f"dev {which}", f"prod {which}", lineterm="", n=2)


def test_dev_and_prod_differ_as_stored():
    """LONJA_STORE_DIFF=1 stores the difference anew; whoever reviews a change of values sees what it does."""
    diff = "\n".join(difference()) + "\n"
    if os.environ.get("LONJA_STORE_DIFF"):
        STORED.parent.mkdir(exist_ok=True)
        STORED.write_text(diff)
    assert diff == STORED.read_text(), "store it anew with LONJA_STORE_DIFF=1 sh charts/lonja/tests/run -k stored"


@pytest.mark.parametrize(
    "sets, names",
    [
        (["image.digest="], "image.digest"),
        (["image.digest=", "image.tag=1.0.0"], "image.digest"),
        (["backup.image.digest="], "backup.image.digest"),
        (["image.digest=sha256:abc"], "digest"),
        (["plugins.web.secretValues.auth\\.keys\\.secret=x"], "secretValues"),
        (["plugins.web.hpa.min=1"], "plugins.web"),
        (["plugins.web.hpa.enabled=false", "plugins.web.replicas=1"], "plugins.web"),
        (["plugins.web.pdb.enabled=false"], "plugins.web.pdb"),
        (["backup.enabled=false"], "backup.enabled"),
        (["backup.restore.schedule="], "backup.restore.schedule"),
        (["ingress.tls.enabled=false"], "ingress.tls"),
        (["plugins.profile.storage.accessMode=ReadWriteOnce"], "ReadWriteOnce"),
    ],
)
def test_prod_refuses(sets, names):
    done = template("prod", sets=sets)
    assert done.returncode == 1, done.stdout[:300]
    assert names in done.stderr


def test_prod_names_images_by_digest_alone():
    text = rendered("prod", sets=("image.tag=main",))
    images = {line.split("image: ")[1] for line in text.splitlines() if line.strip().startswith("image: ")}
    assert images and all(image.endswith(f"@{DIGEST}") for image in images)
    assert "secretValues" not in text and "kind: Secret\n" not in text


@pytest.mark.parametrize("chart", [MAIL, STORES], ids=lambda chart: chart.name)
def test_prod_refuses_stores_and_mail_without_digests(chart):
    done = template("prod", chart=chart, sets=["environment=prod"])
    assert done.returncode == 1 and "image.digest" in done.stderr


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_order_of_the_map_changes_no_byte(environment, tmp_path):
    def reversed_maps(value):
        if isinstance(value, dict):
            return {key: reversed_maps(value[key]) for key in reversed(value)}
        return value

    file = tmp_path / "reversed.yaml"
    file.write_text(yaml.safe_dump(reversed_maps(load("values.yaml")), sort_keys=False))
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(yaml.safe_dump(reversed_maps(load(f"values-{environment}.yaml")), sort_keys=False))
    done = template(environment, files=[file, overlay])
    assert done.returncode == 0, done.stderr
    assert done.stdout == rendered(environment)
    again = template(environment)
    assert again.stdout == rendered(environment)


def test_the_release_may_have_another_name():
    done = template(release="shop")
    assert done.returncode == 0 and "name: shop-auth" in done.stdout and "lonja-auth.shop" not in done.stdout
    for bad in ("1shop", "a" * 40):
        assert template(release=bad).returncode == 1


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_both_versions_of_kubernetes_get_the_same(environment):
    assert len({rendered(environment, version=version) for version in VERSIONS}) == 1


def test_an_older_kubernetes_is_refused():
    assert template(version="1.29").returncode == 1


def test_the_package_has_no_tests_in_it(tmp_path):
    from rendering import helm
    import tarfile

    assert helm("package", CHART, "-d", tmp_path).returncode == 0
    with tarfile.open(next(tmp_path.glob("*.tgz"))) as archive:
        names = archive.getnames()
    assert "lonja/templates/deployment.yaml" in names
    assert not [name for name in names if "/tests/" in name or "/bootstrap/" in name]
