"""The network that the rendered policies make is the one that values declare, and nothing else."""

import pytest

from rendering import ENVIRONMENTS, MAIL, effective, objects, of_kind, pods, selects

COMPONENT = "app.kubernetes.io/component"


def graph(every, namespace):
    """(from, to, port) of all that may flow between pods, both sides agreeing; and what leaves or enters besides."""
    policies = [each["spec"] for each in of_kind(every, "NetworkPolicy")]
    made = {}
    for _, template in pods(every):
        labels = template["metadata"]["labels"]
        made[labels[COMPONENT]] = (labels, template["spec"])
    out, into, outside = set(), set(), set()
    for component, (labels, spec) in made.items():
        mine = [policy for policy in policies if selects(policy["podSelector"], labels)]
        assert {kind for policy in mine for kind in policy["policyTypes"]} == {"Ingress", "Egress"}, component
        for policy in mine:
            for rule in policy.get("egress", []):
                assert rule.get("to") and rule.get("ports"), f"{component} may go anywhere"
                for peer in rule["to"]:
                    for port in rule["ports"]:
                        if set(peer) == {"podSelector"} and local(peer["podSelector"], made):
                            for other in local(peer["podSelector"], made):
                                out.add((component, other, number(port["port"], made[other][1])))
                        else:
                            outside.add((component, "to", frozen(peer), f"{port['protocol']}/{port['port']}"))
            for rule in policy.get("ingress", []):
                assert rule.get("from") and rule.get("ports"), f"{component} is open to all"
                for peer in rule["from"]:
                    for port in rule["ports"]:
                        if set(peer) == {"podSelector"}:
                            for other in local(peer["podSelector"], made):
                                into.add((other, component, number(port["port"], spec)))
                        else:
                            outside.add((component, "from", frozen(peer), str(number(port["port"], spec))))
    return out, into, outside


def local(selector, made):
    return [component for component, (labels, _) in made.items() if selects(selector, labels)]


def number(port, spec):
    if isinstance(port, int):
        return port
    named = {each["name"]: each["containerPort"] for one in spec["containers"] for each in one.get("ports", [])}
    return named[port]


def frozen(value):
    if isinstance(value, dict):
        return tuple(sorted((key, frozen(each)) for key, each in value.items()))
    return tuple(frozen(each) for each in value) if isinstance(value, list) else value


DNS = frozen({
    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
    "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
})


def peers(to):
    """What `external.<name>.to` should become."""
    if to.get("podLabels") or to.get("namespaceLabels"):
        peer = {"podSelector": {"matchLabels": to.get("podLabels", {})}}
        if to.get("namespaceLabels"):
            peer["namespaceSelector"] = {"matchLabels": to["namespaceLabels"]}
        yield frozen(peer)
    for cidr in to.get("cidrs", []):
        block = {"cidr": cidr}
        if cidr.endswith("/0") and to.get("except"):
            block["except"] = to["except"]
        yield frozen({"ipBlock": block})


def declared(environment):
    values, plugins = effective(environment)
    edges = {(caller, callee, 50051) for caller, plugin in plugins.items() for callee in plugin["calls"]}
    users = {name: set(plugin["external"]) for name, plugin in plugins.items()}
    users["migrate"] = {"postgres"}
    if values["backup"]["enabled"]:
        stores = {"postgres", "valkey"} if values["backup"]["valkey"] else {"postgres"}
        users["backup"] = stores | set(values["backup"]["external"])
        users["restore"] = set(values["backup"]["external"])
    if values["tls"]["mode"] == "job":
        users["certificates"] = set(values["tls"]["job"]["external"])
    outside = set()
    for component, names in users.items():
        outside |= {(component, "to", DNS, "UDP/53"), (component, "to", DNS, "TCP/53")}
        for name in names:
            external = values["external"][name]
            outside |= {(component, "to", peer, f"TCP/{external['port']}") for peer in peers(external["to"])}
    def source(where):
        return frozen({"namespaceSelector": {"matchLabels": where["namespaceLabels"]},
                       "podSelector": {"matchLabels": where["podLabels"]}})
    for name, plugin in plugins.items():
        if plugin["expose"]:
            outside.add((name, "from", source(values["ingress"]["from"]), "8080"))
        if values["monitoring"]["enabled"]:
            outside.add((name, "from", source(values["monitoring"]["from"]), "9090"))
    return edges, outside


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_network_is_the_declared_one(environment):
    edges, outside = declared(environment)
    out, into, beyond = graph(objects(environment), f"lonja-{environment}")
    assert len(edges) == 10
    assert out == edges, f"missing {edges - out}, too many {out - edges}"
    assert into == edges, f"missing {edges - into}, too many {into - edges}"
    assert beyond == outside, f"missing {outside - beyond}, too many {beyond - outside}"


def test_an_edge_more_or_less_would_be_seen():
    edges, _ = declared("dev")
    out, into, _ = graph(objects("dev", sets=("plugins.web.calls={market}",)), "lonja-dev")
    assert out - edges == into - edges == {("web", "market", 50051)}
    out, into, _ = graph(objects("dev", sets=("plugins.auth.calls={profile}",)), "lonja-dev")
    assert edges - out == edges - into == {("auth", "notification", 50051)}


def allows(rules, side, namespace, labels):
    """Ports that rules of a policy open to or from pods of a namespace."""
    names = {"kubernetes.io/metadata.name": namespace}
    return {port["port"] for rule in rules for peer in rule[side] for port in rule["ports"]
            if "podSelector" in peer and selects(peer["podSelector"], labels)
            and selects(peer.get("namespaceSelector", {"matchLabels": {"kubernetes.io/metadata.name": "own"}}), names)}


def test_only_notification_reaches_the_mail_server():
    """Both sides agree on the port, and no other pod of either environment is let in or out."""
    [(_, server)] = pods(objects("mail", chart=MAIL))
    [policy] = of_kind(objects("mail", chart=MAIL), "NetworkPolicy")
    assert selects(policy["spec"]["podSelector"], server["metadata"]["labels"])
    port = number(policy["spec"]["ingress"][0]["ports"][0]["port"], server["spec"])
    values, _ = effective("prod")
    [service] = of_kind(objects("mail", chart=MAIL), "Service")
    at = values["external"]["smtp"]
    assert at["host"] == f"{service['metadata']['name']}.{service['metadata']['namespace']}"
    assert at["port"] == port == service["spec"]["ports"][0]["port"] == 587 and service["spec"]["clusterIP"] == "None"
    let_in, let_out = set(), set()
    for environment in ENVIRONMENTS:
        every = objects(environment)
        for _, made in pods(every):
            labels = made["metadata"]["labels"]
            component = labels["app.kubernetes.io/component"]
            if allows(policy["spec"]["ingress"], "from", f"lonja-{environment}", labels):
                let_in.add((environment, component))
            rules = [rule for each in of_kind(every, "NetworkPolicy") if selects(each["spec"]["podSelector"], labels)
                     for rule in each["spec"].get("egress", [])]
            if allows(rules, "to", "lonja-mail", server["metadata"]["labels"]) - {53}:
                let_out.add(component)
    assert let_in == {("prod", "notification")} and let_out == {"notification"}
    # Out: names, and mail servers of the public internet.
    outside = [peer["ipBlock"] for rule in policy["spec"]["egress"] for peer in rule["to"] if "ipBlock" in peer]
    assert [block["cidr"] for block in outside] == ["0.0.0.0/0"] and "10.0.0.0/8" in outside[0]["except"]
    assert {port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"]} == {25, 53}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_addresses_are_of_those_that_may_be_called(environment):
    """calls is the one source of policies and of LONJA_ADDRESS_…."""
    services = {each["metadata"]["name"]: each for each in of_kind(objects(environment), "Service")}
    edges, _ = declared(environment)
    found = set()
    for each in of_kind(objects(environment), "Deployment"):
        for variable in each["spec"]["template"]["spec"]["containers"][0]["env"]:
            if variable["name"].startswith("LONJA_ADDRESS_"):
                callee = variable["name"].removeprefix("LONJA_ADDRESS_").lower().replace("_", "-")
                host, _, port = variable["value"].removeprefix("dns:///").rpartition(":")
                service = services[host]
                assert service["spec"]["clusterIP"] == "None"
                assert service["spec"]["selector"][COMPONENT] == callee
                assert int(port) in [p["port"] for p in service["spec"]["ports"]]
                found.add((each["metadata"]["labels"][COMPONENT], callee, int(port)))
    assert found == edges
