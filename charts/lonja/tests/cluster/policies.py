"""The rendered NetworkPolicies, enforced on the bridge of the node as a CNI would: what none of them opens is refused."""

import ipaddress
import subprocess

from rendering import selects

NAMESPACES = {name: {"kubernetes.io/metadata.name": name} for name in ("kube-system", "lonja-dev", "lonja-mail")}
TABLE = """
table bridge policies {
    set isolated { type ipv4_addr; }
    set tcp_edges { type ipv4_addr . ipv4_addr . inet_service; }
    set udp_edges { type ipv4_addr . ipv4_addr . inet_service; }
    chain decide {
        ether type != ip accept
        # Who may not begin has no connection; its other packets need no look.
        ip protocol tcp tcp flags & (syn | ack) != syn accept
        ip saddr . ip daddr . tcp dport @tcp_edges accept
        ip saddr . ip daddr . udp dport @udp_edges accept
        ip daddr . ip saddr . udp sport @udp_edges accept
        ip saddr @isolated drop
        ip daddr @isolated drop
    }
    # What the node itself sends, as probes, is let through, as in a cluster.
    chain forward { type filter hook forward priority 0; policy accept; jump decide; }
    chain input { type filter hook input priority 0; policy accept; jump decide; }
}
"""


class Member:
    """Somebody with an address: a pod, or what stands beside the pods in the place of one."""

    def __init__(self, address, labels, ports, namespace="lonja-dev"):
        """`ports` are (protocol, number) by name."""
        self.address, self.labels, self.ports, self.namespace = address, labels, ports, namespace


def is_peer(peer, member, namespace):
    """Whether an element of `from` or `to`, of a policy of `namespace`, means the member."""
    if "ipBlock" in peer:
        inside = lambda network: ipaddress.ip_address(member.address) in ipaddress.ip_network(network)
        return inside(peer["ipBlock"]["cidr"]) and not any(map(inside, peer["ipBlock"].get("except", [])))
    if "namespaceSelector" in peer:
        if not selects(peer["namespaceSelector"], NAMESPACES[member.namespace]):
            return False
    elif member.namespace != namespace:
        return False
    return selects(peer.get("podSelector", {}), member.labels)


def opens(rule, key, peer, target, name, namespace):
    """Whether a rule (its peers below `key`) is about this peer, and the target's port of this name."""
    protocol, number = target.ports[name]
    if rule.get(key) and not any(is_peer(each, peer, namespace) for each in rule[key]):
        return False
    return not rule.get("ports") or any(
        each.get("protocol", "TCP") == protocol and each["port"] in (name, number) for each in rule["ports"]
    )


class Policies:
    def __init__(self, policies):
        self.policies = policies
        self.apply(TABLE)

    def apply(self, text):
        done = subprocess.run(["nft", "-f", "-"], input=text, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr

    def of(self, member, direction):
        return [
            each for each in self.policies if each["metadata"]["namespace"] == member.namespace
            and direction in each["spec"]["policyTypes"] and selects(each["spec"]["podSelector"], member.labels)
        ]

    def allows(self, source, target, name):
        """What Kubernetes says: both ends must let it through, each if any policy is about it at all."""
        for direction, key, here, there in (("Egress", "to", source, target), ("Ingress", "from", target, source)):
            found = self.of(here, direction)
            rules = [(rule, each["metadata"]["namespace"]) for each in found for rule in each["spec"].get(direction.lower()) or []]
            if found and not any(opens(rule, key, there, target, name, namespace) for rule, namespace in rules):
                return False
        return True

    def enforce(self, members):
        """For these members, from now on, and all at once."""
        elements = {"isolated": [], "tcp_edges": [], "udp_edges": []}
        for target in members:
            if any(self.of(target, direction) for direction in ("Egress", "Ingress")):
                elements["isolated"].append(target.address)
            for name, (protocol, number) in target.ports.items():
                for source in members:
                    if source is not target and self.allows(source, target, name):
                        elements[f"{protocol.lower()}_edges"].append(f"{source.address} . {target.address} . {number}")
        lines = [f"flush set bridge policies {name}" for name in elements]
        lines += [f"add element bridge policies {name} {{ {', '.join(sorted(set(each)))} }}" for name, each in elements.items() if each]
        self.apply("\n".join(lines))

    def suspend(self):
        self.apply("flush set bridge policies isolated")
