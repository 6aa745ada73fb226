"""A node with all that is rendered for it: pods by Deployments, services, DNS, stores beside them, Traefik in front."""

import collections
import copy
import subprocess
import threading
import time

import yaml

from api import API
from deployment import Deployment
from ingress import Ingress
from names import Names
from node import DNS, GATEWAY, Node
from objects import Objects
from pod import Pod
from policies import Member, Policies
from rendering import CHART, MAIL as MAIL_CHART, STORES, selects, template
from stores import POSTGRES, VALKEY, Stores
from volumes import contents

HOST = "lonja.localhost"
IMAGE = "localhost/lonja:dev"
# Where the other things of `external` are: beside the pods.
MAIL = "10.43.0.25"
BESIDE = {
    "lonja-mail": (MAIL, "submission", 587), "lonja-postgres": (POSTGRES, "postgres", 5432),
    "lonja-valkey": (VALKEY, "valkey", 6379),
}
ZONE = "svc.cluster.local"
# Mutual TLS between the plugins.
TLS = "tls.mode=secret"
# Between a change of a pod and those who hear of it through endpoints and DNS. In a cluster it is rarely less, and more when
# much changes at once; a drain has no other purpose than to outlast it.
PROPAGATION = 1.0


def manifests(*sets):
    """What helm renders for lonja-dev, with the image that is here."""
    repository, tag = IMAGE.rsplit(":", 1)
    image = [f"image.repository={repository}", f"image.tag={tag}", f"ingress.host={HOST}"]
    done = template("dev", sets=[*image, *sets], digests=False)
    assert done.returncode == 0, done.stderr
    return [each for each in yaml.safe_load_all(done.stdout) if each]


def random_secrets():
    """What bootstrap/secrets makes."""
    done = subprocess.run(["sh", CHART / "bootstrap/secrets", "dev"], capture_output=True, text=True, check=True)
    return [each for each in yaml.safe_load_all(done.stdout) if each]


def certificates():
    """What bootstrap/certificates makes: for all plugins, of an authority of its own each time."""
    done = subprocess.run(["sh", CHART / "bootstrap/certificates", "dev"], capture_output=True, text=True, check=True)
    return [each for each in yaml.safe_load_all(done.stdout) if each]


class Cluster:
    namespace = "lonja-dev"

    def __init__(self, folder, archive, *sets):
        self.folder, self.lock, self.sets = folder, threading.Lock(), sets
        self.objects, self.kept = Objects(), {}
        self.deployments, self.endings, self.joined = {}, [], []
        # What is known of each service, and what will be: (when, its name, its addresses).
        self.known, self.coming, self.closing = {}, collections.deque(), threading.Event()
        self.publisher = threading.Thread(target=self.publish, daemon=True)
        try:
            self.node = self.keep(Node(folder, archive))
            self.start()
        except BaseException:
            self.close()
            raise

    def keep(self, each):
        self.endings.append(each)
        return each

    def start(self):
        secrets = random_secrets()
        if TLS in self.sets:
            secrets += certificates()
        self.rendered = manifests(*self.sets)
        for each in [*secrets, *self.rendered]:
            self.kept[each["kind"], each["metadata"]["name"]] = each
        self.keep(Stores(self.node, {each["metadata"]["name"]: contents(each) for each in secrets}))
        self.keep(Names(DNS, self.addresses))
        self.node.serve_at(MAIL)
        self.start_policies()
        self.migrate()
        for each in self.rendered:
            if each["kind"] == "Deployment":
                deployment = self.deployments[each["metadata"]["name"]] = self.keep(Deployment(self, each))
                deployment.scale(self.least(each["metadata"]["name"]))
        for plural, kind in {"ingresses": "Ingress", "services": "Service"}.items():
            for each in self.rendered:
                if each["kind"] == kind:
                    self.objects.put(plural, each)
        # As K3s installs it with its Traefik.
        self.objects.put("ingressclasses", {"metadata": {"name": "traefik"}, "spec": {"controller": "traefik.io/ingress-controller"}})
        self.objects.put("nodes", {"metadata": {"name": "node"}, "status": {"addresses": [{"type": "InternalIP", "address": GATEWAY}]}})
        self.changed(None)
        self.publisher.start()
        self.api = self.keep(API(self.objects))
        self.ingress = self.keep(Ingress(self.node, self.traefik.address, self.api, HOST))
        for each in self.pods:
            each.wait_ready()
        for path in ("/api/v1/quotes/AAPL", "/"):
            self.ingress.wait(path)

    def start_policies(self):
        """Those of all charts; Traefik, DNS, the stores and the mail server have the labels that K3s and the charts give them."""
        every = list(self.rendered)
        client = "submission.from.namespaceLabels.kubernetes\\.io/metadata\\.name=lonja-dev"
        for environment, chart, release, sets in (("dev", STORES, "stores", []), ("mail", MAIL_CHART, "mail", [client])):
            beside = template(environment, chart=chart, release=release, sets=sets)
            assert beside.returncode == 0, beside.stderr
            every += [each for each in yaml.safe_load_all(beside.stdout) if each]
        self.policies = Policies([each for each in every if each["kind"] == "NetworkPolicy"])
        self.traefik = Member(self.node.add_sandbox("traefik"), {"app.kubernetes.io/name": "traefik"}, {}, "kube-system")
        self.stranger = Member(self.node.add_sandbox("stranger"), {"app": "stranger"}, {})
        self.members = [self.traefik, self.stranger, Member(DNS, {"k8s-app": "kube-dns"}, {"dns": ("UDP", 53)}, "kube-system")]
        for each in every:
            if each["kind"] == "StatefulSet":
                name = each["metadata"]["name"]
                address, port, number = BESIDE[name]
                labels = each["spec"]["template"]["metadata"]["labels"]
                self.members.append(Member(address, labels, {port: ("TCP", number)}, each["metadata"]["namespace"]))
        self.policies.enforce(self.members)

    def member(self, pod):
        return Member(pod.address, pod.labels, {name: ("TCP", number) for name, number in pod.ports.items()})

    def joins(self, pod):
        """A pod has an address: policies take it in before it starts."""
        with self.lock:
            self.joined.append(pod)
            self.joined = [each for each in self.joined if not each.gone.is_set()]
            self.policies.enforce([*self.members, *map(self.member, self.joined)])

    def least(self, name):
        """How many pods there are before anybody scales: what the HPA says, as it owns the number."""
        scaler = self.kept.get(("HorizontalPodAutoscaler", name))
        return scaler["spec"]["minReplicas"] if scaler else self.kept["Deployment", name]["spec"]["replicas"]

    def migrate(self):
        """The Job that runs before anything else of an installation."""
        job = self.kept["Job", "lonja-migrate"]
        pod = Pod(self.node, self.namespace, "lonja-migrate", job["spec"]["template"], self.find, lambda _: None)
        self.joins(pod)
        pod.start()
        assert pod.gone.wait(job["spec"]["activeDeadlineSeconds"])
        if pod.error:
            raise pod.error
        assert pod.exit_code == 0, pod.output
        pod.close()

    def find(self, kind, name):
        return self.kept.get((kind, name))

    def deployment(self, plugin):
        return self.deployments[f"lonja-{plugin}"]

    @property
    def plugins(self):
        return [name.removeprefix("lonja-") for name in self.deployments]

    @property
    def pods(self):
        return [pod for deployment in self.deployments.values() for pod in list(deployment.pods)]

    def serving(self, service):
        """The pods that a service leads to."""
        selector = {"matchLabels": service["spec"]["selector"]}
        return [pod for pod in self.pods if selects(selector, pod.labels) and pod.serves]

    def addresses(self, name):
        """What DNS says; None for a name that is nobody's."""
        if name == f"lonja-mail.lonja-mail.{ZONE}":
            return [MAIL]
        suffix = f".{self.namespace}.{ZONE}"
        if not name.endswith(suffix):
            return None
        short = name.removesuffix(suffix)
        if short in BESIDE and short != "lonja-mail":
            return [BESIDE[short][0]]
        return self.known.get(short)

    def changed(self, _):
        """A pod is ready, or is no more: soon everybody will know."""
        with self.lock:
            for (kind, name), service in list(self.kept.items()):
                if kind == "Service":
                    addresses = [pod.address for pod in self.serving(service)]
                    self.coming.append((time.monotonic() + PROPAGATION, name, service, addresses))

    def publish(self):
        """Tells DNS and those who watch endpoints, when the time has come."""
        while not self.closing.wait(0.01):
            while self.coming and self.coming[0][0] <= time.monotonic():
                _, name, service, addresses = self.coming.popleft()
                if self.known.get(name) == addresses:
                    continue
                self.known[name] = addresses
                ready = {"ready": True, "serving": True, "terminating": False}
                self.objects.put("endpointslices", {
                    "metadata": {"name": name, "namespace": self.namespace, "labels": {"kubernetes.io/service-name": name}},
                    "addressType": "IPv4", "endpoints": [{"addresses": [each], "conditions": ready} for each in addresses],
                    "ports": [{"name": port["name"], "protocol": "TCP", "port": self.target(service, port)}
                              for port in service["spec"]["ports"]],
                })

    def target(self, service, port):
        """The number that a port's name stands for in the pods."""
        wanted = port.get("targetPort", port["port"])
        for deployment in self.deployments.values():
            if selects({"matchLabels": service["spec"]["selector"]}, deployment.template["metadata"]["labels"]):
                for each in deployment.template["spec"]["containers"][0]["ports"]:
                    if each["name"] == wanted:
                        return each["containerPort"]
        return wanted

    def apply_config(self, plugin, change):
        """`kubectl apply` of a changed ConfigMap, and what kubelets then do in every pod that mounts it."""
        kept = self.kept["ConfigMap", f"lonja-{plugin}"]
        config = yaml.safe_load(kept["data"]["lonja.yaml"])
        change(config)
        each = copy.deepcopy(kept)
        each["data"]["lonja.yaml"] = yaml.safe_dump(config)
        self.kept["ConfigMap", f"lonja-{plugin}"] = each
        for pod in self.deployment(plugin).pods:
            pod.volumes.refresh("config")

    def apply_certificates(self, secrets):
        """`kubectl apply` of changed Secrets, and what kubelets then do."""
        for each in secrets:
            self.kept["Secret", each["metadata"]["name"]] = each
        for pod in self.pods:
            pod.volumes.refresh("certificate")

    def close(self):
        self.closing.set()
        node, *others = self.endings or [None]
        for each in reversed(others):
            each.close()
        if node:
            node.close()
