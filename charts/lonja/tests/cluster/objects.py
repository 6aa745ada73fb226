"""What an API server knows of objects, and those who watch it."""

import collections
import queue
import threading


class Objects:
    def __init__(self):
        self.lock = threading.Lock()
        self.version = 0
        self.kinds = collections.defaultdict(dict)
        self.watchers = collections.defaultdict(list)

    def put(self, plural, each):
        """Keeps an object of this plural, and tells those who watch."""
        with self.lock:
            self.version += 1
            name = each["metadata"]["name"]
            each = {**each, "metadata": {**each["metadata"], "resourceVersion": str(self.version), "uid": f"{plural}-{name}"}}
            event = "MODIFIED" if name in self.kinds[plural] else "ADDED"
            self.kinds[plural][name] = each
            for watcher in self.watchers[plural]:
                watcher.put((event, each))

    def list(self, plural):
        with self.lock:
            return list(self.kinds[plural].values()), str(self.version)

    def watch(self, plural):
        """What is there, the version of that, and a queue of what comes after it."""
        with self.lock:
            watcher = queue.Queue()
            self.watchers[plural].append(watcher)
            return list(self.kinds[plural].values()), str(self.version), watcher

    def unwatch(self, plural, watcher):
        with self.lock:
            self.watchers[plural].remove(watcher)
