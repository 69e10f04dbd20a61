#!/usr/bin/python3
"""docker-compose.yml against network.json: the same points and drivers, each monitor at its own engine, ids and links only, 27 services, and by profiles a gateway and prometheus."""
import json
import sys
import yaml

network = json.load(open("network.json"))
services = yaml.safe_load(open("docker-compose.yml"))["services"]
problems = []


def expect(condition, problem):
    if not condition:
        problems.append(problem)


expected = {"mosquitto": None, "ev-central": ["central", "--http-port", "8000", "--http-host", "0.0.0.0"]}
for number, point in enumerate(network["charge_points"], 1):
    expected[f"ev-cp-e-{number}"] = ["engine", "--cp", point["id"]]
    expected[f"ev-cp-m-{number}"] = ["monitor", "--cp", point["id"], "--engine", f"ev-cp-e-{number}:8080"]
for driver in network["drivers"]:
    expected["ev-" + driver["id"]] = ["driver", "--name", driver["id"]]

# What only a profile brings is no part of the network.
extras = {name: service for name, service in services.items() if service.get("profiles")}
services = {name: service for name, service in services.items() if name not in extras}
expect(sorted(extras) == ["gateway", "prometheus"], f"services of profiles: {', '.join(sorted(extras))}")
expect(len(services) == 27, f"{len(services)} services instead of 27")
for name in sorted(expected.keys() - services.keys()):
    problems.append(f"{name} is missing, which network.json names")
for name in sorted(services.keys() - expected.keys()):
    problems.append(f"{name} is in no list of network.json")
for name in sorted(expected.keys() & services.keys()):
    command = services[name].get("command")
    expect(command == expected[name], f"{name}: command {command}, expected {expected[name]}")
for name, service in sorted({**services, **extras}.items()):
    for key in ("restart", "healthcheck", "logging", "stop_grace_period", "volumes"):
        expect(key in service, f"{name} has no {key}")
    expect(service.get("read_only") and service.get("cap_drop") == ["ALL"], f"{name} may more than it needs")
    for port in service.get("ports", []):
        expect(port.startswith("${WATTLINE_BIND:-127.0.0.1}:"), f"{name}: port {port} is not bound to 127.0.0.1 by default")
    for dependency, how in service.get("depends_on", {}).items():
        expect(how.get("condition") == "service_healthy", f"{name} waits for {dependency} by something else than its health")

# With docker/tls.yml nobody is left without TLS.
class Override(yaml.SafeLoader):
    pass


Override.add_constructor("!override", lambda loader, node: loader.construct_sequence(node))
secured = yaml.load(open("docker/tls.yml"), Override)["services"]
for name in sorted(secured.keys() ^ {"gateway", *services}):
    problems.append(f"{name} is in one of docker-compose.yml and docker/tls.yml alone")
for name, service in sorted(secured.items()):
    address = service.get("environment", {}).get("WATTLINE_MQTT")
    expect(address == "mqtts://mosquitto:8883", f"{name}: {address} in docker/tls.yml")

if problems:
    sys.exit("\n".join("docker-compose.yml: " + problem for problem in problems))
print(f"docker-compose.yml: {len(services)} services and {' '.join(extras)}, agrees with network.json")
