"""Everything that accounts need, started for tests: all services with their stores, in one process or in seven."""

from accounts import EarlyAccounts, Outbox
from harness import Lonja, Up, free_ports


class Exchange:
    """All services, with an issuer to log in at."""

    SERVICES = ["notification", "profile", "auth", "market", "wallet", "gateway"]
    # Processes of each service, if they are apart.
    REPLICAS = 1

    def __init__(self, state, issuer, apart, more=None):
        self.issuer = issuer
        self.processes = []
        environment = {
            # Each client of a test comes from an address of its own, as if through a proxy.
            "LONJA_GATEWAY_TRUSTED_PROXIES": "127.0.0.0/8",
            "LONJA_AUTH_GOOGLE_ISSUER": issuer.url,
            "LONJA_AUTH_GOOGLE_CLIENT_ID": "lonja",
            "LONJA_AUTH_GOOGLE_CLIENT_SECRET": issuer.SECRET,
            "LONJA_NOTIFICATION_MAIL_OUTBOX_KEEP": "10000",
            "LONJA_HOST_LOG_LEVEL": "debug",
            **(more or {}),
        }
        try:
            if apart:
                self.start_apart(state, environment)
            else:
                self.start(Up, state, environment)
                self.gateway = self.processes[0]
            self.http = self.gateway.http
            self.origin = f"http://localhost:{self.http}"
            self.outbox = Outbox(state / "outbox")
            self.state = state
            self.early = EarlyAccounts(self)
        except BaseException:
            self.close()
            raise

    def start(self, kind, *arguments):
        self.processes.append(kind(*arguments))
        return self.processes[-1]

    def start_apart(self, state, environment):
        """`lonja up` has the stores and one service, `lonja serve` each of the others."""
        self.start(Up, state, {"LONJA_PLUGIN": "web"})
        shared = {
            **environment,
            "LONJA_SECRETS": f"{state}/secrets",
            "LONJA_PROFILE_IMAGES": f"{state}/images",
            "LONJA_NOTIFICATION_MAIL_DRIVER": "outbox",
            "LONJA_NOTIFICATION_MAIL_OUTBOX_FOLDER": f"{state}/outbox",
            "LONJA_AUTH_VALKEY_ADDRESS": f"unix:{state}/run/valkey.sock",
            "LONJA_GATEWAY_VALKEY_ADDRESS": f"unix:{state}/run/valkey.sock",
        }
        for name in ("NOTIFICATION", "PROFILE", "WALLET"):
            shared[f"LONJA_{name}_POSTGRES_HOST"] = f"{state}/run"
        ports = iter(free_ports(3 * len(self.SERVICES) * self.REPLICAS))
        self.ports = {name: [[next(ports) for _ in range(3)] for _ in range(self.REPLICAS)] for name in self.SERVICES}
        for name, replicas in self.ports.items():
            shared[f"LONJA_ADDRESS_{name.upper()}"] = ",".join(f"127.0.0.1:{rpc}" for rpc, _, _ in replicas)
        self.shared = shared
        shared["LONJA_PUBLIC_URL"] = f"http://localhost:{self.ports['gateway'][0][1]}"
        self.members = {
            name: [self.start(Lonja, name, shared, each) for each in self.ports[name]] for name in self.SERVICES
        }
        self.gateway = self.members["gateway"][0]

    @property
    def logs(self):
        return "\n".join(each.output for each in self.processes)

    def close(self):
        for each in reversed(self.processes):
            each.close()
