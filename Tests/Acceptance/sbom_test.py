"""What the program and the images say they are made of: CycloneDX 1.5, by the fields that its schema requires."""

import json
import re
import subprocess
import uuid

import pytest
from support.places import ROOT


def check(text):
    """The components by their names, after a look at all that must be there."""
    document = json.loads(text)
    assert document["bomFormat"] == "CycloneDX" and document["specVersion"] == "1.5" and document["version"] == 1
    assert uuid.UUID(document["serialNumber"].removeprefix("urn:uuid:"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", document["metadata"]["timestamp"])
    own = document["metadata"]["component"]
    assert own["type"] in ("application", "container") and own["name"] and own["version"]
    references = [own["bom-ref"]]
    for component in document["components"]:
        assert component["type"] == "library" and component["name"] and component["version"] and component["purl"].startswith("pkg:")
        for each in component.get("licenses", []):
            assert set(each) == {"license"} and len(each["license"]) == 1 and (each["license"].get("id") or each["license"].get("name")), each
        references.append(component["bom-ref"])
    assert len(references) == len(set(references)), "a reference is there twice"
    for dependency in document["dependencies"]:
        assert {dependency["ref"], *dependency["dependsOn"]} <= set(references)
    return {component["name"]: component for component in document["components"]}


def wanted_packages():
    """What Package.swift asks for, by the last word of its address."""
    return set(re.findall(r'\.package\(url: "[^"]*/([^"/]+)"', (ROOT / "Package.swift").read_text()))


def check_swift(found):
    for name in wanted_packages() | {"swift"}:
        assert found[name]["licenses"] == [{"license": {"id": "Apache-2.0"}}], name


def test_a_local_build_names_its_packages_and_the_libraries_that_it_loads(binary):
    told = subprocess.run([binary, "sbom"], capture_output=True, text=True, check=True)
    found = check(told.stdout)
    check_swift(found)
    loaded = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "libmosquitto1"], capture_output=True, text=True, check=True).stdout
    assert found["libmosquitto1"]["version"] == loaded and "libsqlite3-0" in found


@pytest.mark.docker
@pytest.mark.parametrize("service, package", [("ev-central", "libsqlite3-0"), ("mosquitto", "mosquitto")])
def test_an_image_names_what_is_in_it(stack, service, package):
    found = check(stack.run(f"docker compose run --rm --no-deps -T --entrypoint wattline {service} sbom"))
    check_swift(found)
    there = stack.run(f"docker compose run --rm --no-deps -T --entrypoint dpkg-query {service} -W -f '${{Package}} ${{Version}}\\n'").split("\n")
    debian = {f"{name} {component['version']}" for name, component in found.items() if component["purl"].startswith("pkg:deb/")}
    assert debian == {line for line in there if line} and package in found
