"""What the controller of a Deployment does: replicas, and rolling updates by the deployment's own strategy."""

import copy
import itertools
import threading
import time

from pod import Pod


class Deployment:
    def __init__(self, cluster, each):
        self.cluster, self.spec = cluster, each["spec"]
        self.name = each["metadata"]["name"]
        self.template = self.spec["template"]
        self.numbers = itertools.count()
        self.lock = threading.Lock()
        self.pods, self.former = [], []

    def add(self):
        pod = Pod(self.cluster.node, self.cluster.namespace, f"{self.name}-{next(self.numbers)}", self.template,
                  self.cluster.find, self.cluster.changed)
        with self.lock:
            self.pods.append(pod)
        self.cluster.joins(pod)
        return pod.start()

    def remove(self, pod):
        with self.lock:
            self.pods.remove(pod)
            self.former.append(pod)
        pod.delete()

    def scale(self, replicas):
        """As a HorizontalPodAutoscaler asks for; gives what is new, or what goes: the newest first."""
        more = replicas - len(self.pods)
        if more > 0:
            return [self.add() for _ in range(more)]
        going = self.pods[replicas:]
        for pod in going:
            self.remove(pod)
        return going

    def available(self, pod):
        """Waits until a pod has been ready for as long as the deployment wants."""
        while True:
            pod.wait_ready(self.spec["progressDeadlineSeconds"])
            until = time.monotonic() + self.spec.get("minReadySeconds", 0)
            while pod.ready and time.monotonic() < until:
                time.sleep(0.05)
            if pod.ready:
                return

    def restart(self, template=None):
        """A rolling update, of the same template where no other is given, as `kubectl rollout restart`. Ends when all pods
        are new; the old ones may still be on their way out.
        """
        update = self.spec["strategy"]
        assert update["type"] == "RollingUpdate"
        assert update["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}, "no other strategy is known here"
        self.template = template or copy.deepcopy(self.template)
        for old in list(self.pods):
            self.available(self.add())
            self.remove(old)

    def close(self):
        for pod in [*self.pods, *self.former]:
            pod.close()
