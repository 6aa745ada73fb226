"""The job that makes certificates, as it is rendered: its script, run with its variables against a stand-in for the API server
that grants what bootstrap/ grants, on days that libfaketime makes come.
"""

import base64
import contextlib
import os
import re
import shutil
import socket
import subprocess
import time

import pytest
import yaml

from confined import Container, Network, Volumes, possible
from rendering import CHART, containers, effective, objects, of_kind, pod_template
from secrets_api import TOKEN, SecretsAPI

DAY = 86400


def openssl(*arguments, text=None):
    done = subprocess.run(["openssl", *map(str, arguments)], input=text, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def bootstrap(environment, kind):
    every = yaml.safe_load_all((CHART / f"bootstrap/lonja-{environment}.yaml").read_text())
    return [each for each in every if each["kind"] == kind]


def rules(environment="prod"):
    """What the account of the job may do."""
    [binding] = [each for each in bootstrap(environment, "RoleBinding")
                 if each["subjects"][0].get("kind") == "ServiceAccount"]
    assert binding["subjects"] == [
        {"kind": "ServiceAccount", "name": "lonja-certificates", "namespace": f"lonja-{environment}"}]
    [role] = [each for each in bootstrap(environment, "Role") if each["metadata"]["name"] == binding["roleRef"]["name"]]
    return role["rules"]


def rendered_job(environment="prod", sets=("tls.mode=job",)):
    """The container of the job, and its scripts."""
    every = objects(environment, sets=sets)
    [job] = [each for each in of_kind(every, "Job") if each["metadata"]["name"] == "lonja-certificates"]
    [scripts] = [each["data"] for each in of_kind(every, "ConfigMap") if each["metadata"]["name"] == "lonja-certificates"]
    [container] = containers(pod_template(job))
    return container, scripts


@pytest.fixture(scope="module")
def server_certificate(tmp_path_factory):
    """What the API server shows, and its authority."""
    folder = tmp_path_factory.mktemp("server")
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 36500, "-subj", "/CN=api",
            "-addext", "subjectAltName=IP:127.0.0.1,DNS:kubernetes.default.svc", "-keyout", folder / "key", "-out", folder / "ca.crt")
    return folder


class World:
    def __init__(self, folder, server_certificate):
        self.folder = folder
        self.container, scripts = rendered_job()
        self.env = {each["name"]: each["value"] for each in self.container["env"]}
        self.names = {line.split()[0]: line.split()[2:] for line in self.env["CERTIFICATES"].splitlines()}
        made = [each["metadata"]["name"] for each in bootstrap("prod", "Secret")]
        self.api = SecretsAPI("lonja-prod", rules(), made, server_certificate / "ca.crt", server_certificate / "key")
        (folder / "scripts").mkdir()
        for name, text in scripts.items():
            (folder / "scripts" / name).write_text(text)
        (folder / "account").mkdir()
        (folder / "account/token").write_text(TOKEN)
        shutil.copy(server_certificate / "ca.crt", folder / "account/ca.crt")
        (folder / "scratch").mkdir()

    def begin(self, day=0.0, **more):
        """The job, as it would run `day` days from now."""
        places = {"API": self.api.url, "ACCOUNT": str(self.folder / "account"), "SCRATCH": str(self.folder / "scratch"),
                  "HOME": str(self.folder / "scratch")}
        assert set(places) <= set(self.env)
        program, script = self.container["command"]
        command = [program, script.replace("/opt/certificates", str(self.folder / "scripts"))]
        if day:
            command = ["faketime", "-m", "-f", f"+{int(day * DAY)}s", *command]
        env = {"PATH": os.environ["PATH"], "no_proxy": "*", **self.env, **places, **more}
        return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, day=0.0, **more):
        running = self.begin(day, **more)
        out, err = running.communicate(timeout=120)
        assert "PRIVATE" not in out + err and TOKEN not in out + err
        assert not list((self.folder / "scratch").iterdir()), "keys are left behind"
        return subprocess.CompletedProcess(running.args, running.returncode, out, err)

    def file(self, secret, key):
        path = self.folder / f"{secret}-{key}"
        path.write_bytes(self.api.secrets[secret][key])
        return path

    def state(self):
        return {name: dict(data) for name, data in self.api.secrets.items()}

    def verifies(self, certificate, authorities, day):
        """Whether a peer that has these authorities takes this certificate on that day."""
        (self.folder / "one").write_bytes(certificate)
        (self.folder / "many").write_bytes(authorities)
        at = int(time.time() + day * DAY)
        return subprocess.run(["openssl", "verify", "-x509_strict", "-attime", str(at), "-CAfile", self.folder / "many", self.folder / "one"],
                              capture_output=True, check=False).returncode == 0


@pytest.fixture
def world(tmp_path, server_certificate):
    made = World(tmp_path, server_certificate)
    yield made
    made.api.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory, server_certificate):
    """One in which the job has run once, for tests that only look."""
    made = World(tmp_path_factory.mktemp("served"), server_certificate)
    made.first = made.run()
    yield made
    made.api.close()


def dates(certificate):
    """Start and end, in seconds."""
    text = openssl("x509", "-noout", "-dates", text=certificate)
    return [int(subprocess.run(["date", "-u", "-d", each.split("=")[1], "+%s"], capture_output=True, check=True).stdout)
            for each in text.splitlines()]


@pytest.mark.skipif(not possible(), reason="namespaces and overlays cannot be made here")
def test_it_needs_no_more_than_its_pod_has(tmp_path, server_certificate):
    """The container as rendered: its user without any right, its files at their paths, nothing else to be written."""
    tmp_path.chmod(0o755)
    every = objects("prod", sets=("tls.mode=job",))
    [job] = [each for each in of_kind(every, "Job") if each["metadata"]["name"] == "lonja-certificates"]
    template = job["spec"]["template"]
    authority = {"metadata": {"name": "kube-root-ca.crt"}, "kind": "ConfigMap",
                 "data": {"ca.crt": (server_certificate / "ca.crt").read_text()}}
    (tmp_path / "hosts").write_text("127.0.0.1 localhost kubernetes.default.svc\n")
    volumes = Volumes(tmp_path / "volumes", [*every, authority], {}, TOKEN.encode())
    network = Network()
    try:
        with network.inside():
            api = SecretsAPI("lonja-prod", rules(), [each["metadata"]["name"] for each in bootstrap("prod", "Secret")],
                             server_certificate / "ca.crt", server_certificate / "key", port=443)
        running = Container(template, containers(template)[0], volumes.make(template), network, tmp_path,
                            etc=[(tmp_path / "hosts", "/etc/hosts")])
        code = running.process.wait(60)
        running.reader.join(5)
        assert code == 0, running.log
        assert "PRIVATE" not in running.log and len(running.log.splitlines()) == 9
        assert all(api.secrets.values())
        assert not list((tmp_path / "volumes/scratch").iterdir())
        api.close()
    finally:
        network.close()


def test_every_plugin_gets_its_own(served):
    _, plugins = effective("prod")
    assert set(served.names) == {f"lonja-{name}-tls" for name in [*plugins, "valkey"]}
    assert served.first.returncode == 0, served.first.stderr
    keys = set()
    for secret, names in served.names.items():
        assert set(served.api.secrets[secret]) == {"ca.crt", "tls.crt", "tls.key"}
        certificate = served.api.secrets[secret]["tls.crt"]
        text = openssl("x509", "-noout", "-text", text=certificate)
        shown = re.search(r"Subject Alternative Name: *\n +(.*)", text)[1]
        assert shown == ", ".join(f"DNS:{name}" for name in names)
        client = "TLS Web Client Authentication" in text
        assert "TLS Web Server Authentication" in text and client == (secret != "lonja-valkey-tls")
        assert "prime256v1" in text and "CA:FALSE" in text
        assert openssl("x509", "-noout", "-pubkey", text=certificate) == openssl("pkey", "-pubout", text=served.api.secrets[secret]["tls.key"])
        start, end = dates(certificate)
        assert abs(end - start - int(served.env["DAYS"]) * DAY - 300) <= 5 and abs(start + 300 - time.time()) < 300
        assert served.verifies(certificate, served.api.secrets[secret]["ca.crt"], 29)
        assert not served.verifies(certificate, served.api.secrets[secret]["ca.crt"], 31)
        keys.add(served.api.secrets[secret]["tls.key"])
    assert len(keys) == len(served.names)
    # Who a plugin is: the first label of every name. Valkey is none.
    for name in plugins:
        assert {each.split(".")[0] for each in served.names[f"lonja-{name}-tls"]} == {name}
    assert not {each.split(".")[0] for each in served.names["lonja-valkey-tls"]} & set(plugins)
    # The authority's key is in its own Secret alone, and can sign nothing but certificates of services.
    authority = served.api.secrets["lonja-authority"]
    assert set(authority) == {"since", "tls.crt", "tls.key"}
    assert authority["tls.key"] not in keys
    assert "CA:TRUE, pathlen:0" in openssl("x509", "-noout", "-text", text=authority["tls.crt"])


def test_nothing_is_done_twice(served):
    before, asked = served.state(), len(served.api.requests)
    done = served.run()
    assert (done.returncode, done.stdout) == (0, "") and served.state() == before
    assert {verb for verb, _, _ in served.api.requests[asked:]} == {"get"}


def test_the_account_may_do_what_the_job_does_and_no_more(served):
    assert {status for _, _, status in served.api.requests} == {200}
    [rule] = rules()
    assert rule["apiGroups"] == [""] and rule["resources"] == ["secrets"]
    assert set(rule["verbs"]) == {verb for verb, _, _ in served.api.requests}
    assert sorted(rule["resourceNames"]) == sorted({name for _, name, _ in served.api.requests})
    for environment in ("dev", "prod"):
        assert rules(environment) == [rule]
        there = bootstrap(environment, "Secret")
        assert sorted(each["metadata"]["name"] for each in there) == sorted(rule["resourceNames"])
        # To apply it again takes nothing away.
        assert all(set(each) == {"apiVersion", "kind", "metadata"} for each in there)


FEW = {"CERTIFICATES": "lonja-auth-tls serverAuth,clientAuth auth auth.svc\nlonja-gateway-tls serverAuth,clientAuth gateway\n"}
SECRETS = ("lonja-auth-tls", "lonja-gateway-tls")


def test_renewed_in_time_and_never_refused(world):
    """Day for day through a whole life of an authority. Pods take up what is new a while after each other, so what is new and
    what was there the day before must get along; and a run that fails for some days harms nothing.
    """
    former, replaced, authorities = None, [], set()
    for day in range(0, 15):
        world.api.requests.clear()
        done = world.run(day + 0.01, **FEW, DAYS="7", AUTHORITY_DAYS="20")
        assert done.returncode == 0, f"day {day}: {done.stderr}"
        state = world.state()
        if "lonja-authority" in world.api.changed():
            # Once more on the same day, as an upgrade does: the next step has to wait.
            assert world.run(day + 0.03, **FEW, DAYS="7", AUTHORITY_DAYS="20").stdout == "" and world.state() == state
        for secret in SECRETS:
            start, end = dates(state[secret]["tls.crt"])
            left = end - (time.time() + (day + 1) * DAY)
            # Even a day later more than a third is left.
            assert left > (end - start) / 3, f"day {day}: {left / DAY:.1f} days left"
            if former and state[secret]["tls.crt"] != former[secret]["tls.crt"]:
                replaced.append((day, secret))
                assert state[secret]["tls.key"] != former[secret]["tls.key"]
        for one in (former or state, state):
            for other in (former or state, state):
                for mine, theirs in (SECRETS, SECRETS[::-1]):
                    assert world.verifies(one[mine]["tls.crt"], other[theirs]["ca.crt"], day + 0.02), f"day {day}"
        authorities.add(state["lonja-authority"]["tls.crt"])
        former = state
    # By half of their time, and by the new authority: not oftener.
    assert [day for day, secret in replaced if secret == SECRETS[0]] == [4, 8, 11], replaced
    assert len(authorities) == 2
    # The one before is forgotten, and what it might sign is nothing any more.
    assert set(former["lonja-authority"]) == {"since", "tls.crt", "tls.key"}
    assert former[SECRETS[0]]["ca.crt"] == former["lonja-authority"]["tls.crt"]


def test_an_authority_waits_for_who_does_not_know_it(world):
    """A Secret that cannot be changed for some days while the authority changes: its pods are never refused."""
    times = {"DAYS": "7", "AUTHORITY_DAYS": "20"}
    assert world.run(7.0, **FEW, **times).returncode == 0
    for day in range(16, 25):
        world.api.closed = {"lonja-gateway-tls"} if day in (17, 18) else set()
        done = world.run(day, **FEW, **times)
        assert done.returncode == (1 if world.api.closed else 0), f"day {day}: {done.stderr}"
        state = world.state()
        for mine, theirs in (SECRETS, SECRETS[::-1]):
            assert world.verifies(state[mine]["tls.crt"], state[theirs]["ca.crt"], day + 0.1), f"day {day}"
        wanted = {17: {"next.crt", "next.key"}, 18: {"next.crt", "next.key"}, 19: {"next.crt", "next.key"}, 20: {"former.crt"}}
        assert set(state["lonja-authority"]) - {"since", "tls.crt", "tls.key"} == wanted.get(day, set()), f"day {day}"


def test_after_a_year_of_standstill_all_is_new(world):
    assert world.run(**FEW, AUTHORITY_DAYS="60").returncode == 0
    before = world.state()
    done = world.run(365, **FEW, AUTHORITY_DAYS="60")
    assert done.returncode == 0, done.stderr
    after = world.state()
    assert before["lonja-authority"]["tls.crt"] != after["lonja-authority"]["tls.crt"]
    for secret in SECRETS:
        assert not world.verifies(before[secret]["tls.crt"], before[secret]["ca.crt"], 365.1)
        assert world.verifies(after[secret]["tls.crt"], after[SECRETS[0]]["ca.crt"], 365.1)


@pytest.mark.parametrize("damage", ["key", "certificate", "foreign", "names", "bundle"])
def test_what_is_not_right_is_made_anew(world, damage):
    assert world.run(**FEW).returncode == 0
    before = world.state()
    own = world.api.secrets["lonja-auth-tls"]
    more = dict(FEW)
    if damage == "key":
        own["tls.key"] = before["lonja-gateway-tls"]["tls.key"]
    if damage == "certificate":
        own["tls.crt"] = b"nothing"
    if damage == "foreign":
        own.update(foreign(world.folder))
    if damage == "names":
        more["CERTIFICATES"] = FEW["CERTIFICATES"].replace("auth.svc", "auth.other.svc")
    if damage == "bundle":
        own["ca.crt"] = b""
    done = world.run(**more)
    assert done.returncode == 0, done.stderr
    assert world.api.changed()[3:] == ["lonja-auth-tls"]
    assert (own["tls.crt"] == before["lonja-auth-tls"]["tls.crt"]) == (damage == "bundle")
    assert own["ca.crt"] == before["lonja-auth-tls"]["ca.crt"]
    assert world.verifies(own["tls.crt"], own["ca.crt"], 1)
    assert openssl("x509", "-noout", "-pubkey", text=own["tls.crt"]) == openssl("pkey", "-pubout", text=own["tls.key"])


def foreign(folder):
    """A certificate with the right name, of nobody that is trusted."""
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 30, "-subj", "/CN=auth",
            "-addext", "subjectAltName=DNS:auth,DNS:auth.svc", "-keyout", folder / "foreign.key", "-out", folder / "foreign.crt")
    return {"tls.crt": (folder / "foreign.crt").read_bytes(), "tls.key": (folder / "foreign.key").read_bytes()}


def test_of_two_that_begin_at_once_one_makes_the_authority(world):
    """Whoever comes second has signed nothing by then."""
    def another():
        world.api.secrets["lonja-authority"] = dict(other)
        world.api.versions["lonja-authority"] += 1

    assert world.run(**FEW).returncode == 0
    other = world.state()["lonja-authority"]
    world.api.secrets = {name: {} for name in world.api.secrets}
    world.api.requests.clear()
    world.api.meanwhile["lonja-authority"] = another
    done = world.run(**FEW)
    assert done.returncode == 1 and "nothing was changed" in done.stderr
    assert world.api.changed() == [] and world.api.secrets["lonja-authority"] == other
    # Tried again, it takes the other's.
    assert world.run(**FEW).returncode == 0
    assert world.api.secrets["lonja-authority"] == other
    assert all(world.verifies(world.api.secrets[secret]["tls.crt"], other["tls.crt"], 1) for secret in SECRETS)


def test_two_at_once_for_real(world):
    both = [world.begin(**FEW) for _ in range(2)]
    ends = [each.communicate(timeout=120) and each.returncode for each in both]
    assert 0 in ends or world.run(**FEW).returncode == 0
    assert world.run(**FEW).returncode == 0
    authority = world.api.secrets["lonja-authority"]["tls.crt"]
    for secret in SECRETS:
        assert world.api.secrets[secret]["ca.crt"] == authority
        assert world.verifies(world.api.secrets[secret]["tls.crt"], authority, 1)


def test_one_that_cannot_be_renewed_keeps_no_other_from_it(world):
    lines = "lonja-another-tls serverAuth another\n" + FEW["CERTIFICATES"]
    done = world.run(CERTIFICATES=lines)
    assert done.returncode == 1
    assert "not renewed: lonja-another-tls" in done.stderr and "bootstrap/" in done.stderr
    assert all(world.api.secrets[secret] for secret in SECRETS)


@pytest.mark.parametrize("wrong", ["token", "server", "address", "authority"])
def test_without_the_api_server_nothing_changes(world, wrong, tmp_path_factory):
    more = {}
    if wrong == "token":
        (world.folder / "account/token").write_text("another")
    if wrong == "server":
        other = foreign(tmp_path_factory.mktemp("other"))
        (world.folder / "account/ca.crt").write_bytes(other["tls.crt"])
    if wrong == "address":
        more["API"] = "https://127.0.0.1:1"
    if wrong == "authority":
        more["AUTHORITY"] = "lonja-auth"
    done = world.run(**FEW, **more)
    assert done.returncode == 1 and "authority" in done.stderr
    assert not any(world.api.secrets.values())


def test_the_token_and_the_keys_are_in_no_argument(world):
    script = "".join((world.folder / "scripts" / name).read_text() for name in ("certificates.sh", "lib.sh"))
    assert "--header @-" in script and "$(cat \"$ACCOUNT/token\")\" |" in script
    assert not re.search(r"-passin|-passout|-H .*token", script)


@contextlib.contextmanager
def serving(world, secret):
    """A server that wants a certificate of whoever comes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-tls1_3", "-Verify", "1", "-verify_return_error", "-quiet",
               "-cert", world.file(secret, "tls.crt"), "-key", world.file(secret, "tls.key"), "-CAfile", world.file(secret, "ca.crt")]
    running = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 10
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert time.monotonic() < until
            time.sleep(0.05)
        yield port
    finally:
        running.kill()
        running.wait()


def connects(world, port, name, certificate, key, authorities):
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-tls1_3", "-verify_return_error", "-verify_hostname", name,
               "-cert", certificate, "-key", key, "-CAfile", authorities, "-ign_eof"]
    done = subprocess.run(list(map(str, command)), input=b"Q\n", capture_output=True, check=False, timeout=20)
    return done.returncode == 0 and b"Verify return code: 0" in done.stdout and b"alert" not in done.stderr


def test_plugins_know_each_other_and_nobody_else(served):
    mine = [served.file("lonja-gateway-tls", key) for key in ("tls.crt", "tls.key", "ca.crt")]
    with serving(served, "lonja-profile-tls") as port:
        assert connects(served, port, "profile", *mine)
        assert connects(served, port, "profile.lonja-prod.svc.cluster.local", *mine)
        assert not connects(served, port, "wallet", *mine)
        other = foreign(served.folder)
        (served.folder / "f.crt").write_bytes(other["tls.crt"])
        (served.folder / "f.key").write_bytes(other["tls.key"])
        assert not connects(served, port, "profile", served.folder / "f.crt", served.folder / "f.key", mine[2])
        # Valkey's may serve, not call.
        valkey = [served.file("lonja-valkey-tls", key) for key in ("tls.crt", "tls.key", "ca.crt")]
        assert not connects(served, port, "profile", *valkey)


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_what_is_made_by_hand_is_of_the_same_form(world, environment):
    """bootstrap/certificates, for tls.mode: secret."""
    done = subprocess.run(["sh", CHART / "bootstrap/certificates", environment], capture_output=True, text=True, check=True)
    made = {each["metadata"]["name"]: each for each in yaml.safe_load_all(done.stdout) if each}
    assert {each["metadata"]["namespace"] for each in made.values()} == {f"lonja-{environment}"}
    container, _ = rendered_job(environment)
    lines = next(each["value"] for each in container["env"] if each["name"] == "CERTIFICATES").splitlines()
    assert set(made) == {line.split()[0] for line in lines}
    authorities = {each["data"]["ca.crt"] for each in made.values()}
    assert len(authorities) == 1 and "lonja-authority" not in made
    for line in lines:
        secret, usages, *names = line.split()
        data = {key: base64.b64decode(value) for key, value in made[secret]["data"].items()}
        assert set(data) == {"ca.crt", "tls.crt", "tls.key"}
        text = openssl("x509", "-noout", "-ext", "subjectAltName,extendedKeyUsage", text=data["tls.crt"])
        assert ", ".join(f"DNS:{name}" for name in names) in text
        assert ("Client Authentication" in text) == ("clientAuth" in usages)
        assert world.verifies(data["tls.crt"], data["ca.crt"], 800)
        assert openssl("x509", "-noout", "-pubkey", text=data["tls.crt"]) == openssl("pkey", "-pubout", text=data["tls.key"])
    assert subprocess.run(["sh", CHART / "bootstrap/certificates", "test"], capture_output=True, check=False).returncode == 64
