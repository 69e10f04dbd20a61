#!/usr/bin/python3
"""What Wattline is made of, as a CycloneDX 1.5 document: Swift packages and Debian packages with their versions, and their licences where these are known.

    Scripts/sbom.py --out sbom.cdx.json                     of a local build: the Swift packages, and the Debian packages of the libraries that it loads
    Scripts/sbom.py --swift-only --out swift.json           the first half, where the sources are
    Scripts/sbom.py --swift swift.json --dpkg DIRECTORY …   both, of an image whose /var/lib/dpkg/status and /usr/share/doc are in the directory
"""
import argparse
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent
CODENAME = "debian-12"

# By a line that no other licence has.
LICENCES = [
    ("Apache-2.0", r"Apache License\s+Version 2\.0"),
    ("MIT", r"Permission is hereby granted, free of charge, to any person"),
    ("BSD-3-Clause", r"Neither the name of"),
]

# Debian's short names that SPDX spells otherwise.
SPDX = {"Apache-2": "Apache-2.0", "Expat": "MIT", "BSD-3-clause": "BSD-3-Clause", "GPL-2": "GPL-2.0-only", "GPL-2+": "GPL-2.0-or-later",
        "GPL-3+": "GPL-3.0-or-later", "LGPL-2.1": "LGPL-2.1-only", "LGPL-2.1+": "LGPL-2.1-or-later", "EPL-2.0": "EPL-2.0", "Zlib": "Zlib"}


def output(*command):
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def version():
    text = (ROOT / "Sources/Services/Services/Host/NetworkContext.swift").read_text()
    return re.search(r'static let version = "([^"]+)"', text).group(1)


def licence_of_checkout(folder):
    for file in sorted(folder.glob("LICENSE*")):
        text = file.read_text(errors="replace")
        for name, words in LICENCES:
            if re.search(words, text):
                return name
    return None


# MARK: Swift


def swift_packages():
    """The resolved packages, and the toolchain, whose runtime libraries are in the program."""
    tree = json.loads(output("swift", "package", "show-dependencies", "--format", "json"))
    found = {}
    needs = {}

    def visit(package):
        needs[package["name"]] = sorted({other["name"] for other in package["dependencies"]})
        for other in package["dependencies"]:
            found[other["name"]] = {
                "name": other["name"], "version": other["version"], "url": other["url"], "licence": licence_of_checkout(pathlib.Path(other["path"]))}
            visit(other)

    visit(tree)
    toolchain = re.search(r"Swift version (\S+)", output("swift", "--version")).group(1)
    found["swift"] = {"name": "swift", "version": toolchain, "url": "https://github.com/swiftlang/swift", "licence": "Apache-2.0"}
    root = sorted(set(needs.pop(tree["name"])) | {"swift"})
    return {"version": version(), "packages": sorted(found.values(), key=lambda package: package["name"]), "root": root, "needs": needs}


def swift_reference(package):
    place = re.sub(r"^https://|\.git$", "", package["url"])
    return f"pkg:swift/{place}@{package['version']}"


def swift_component(package):
    reference = swift_reference(package)
    return {
        "type": "library", "bom-ref": reference, "name": package["name"], "version": package["version"], "purl": reference,
        **licences([package["licence"]] if package["licence"] else []),
        "externalReferences": [{"type": "vcs", "url": package["url"]}],
    }


def licences(names):
    """CycloneDX tells SPDX's names from others."""
    known = set(SPDX.values()) | {name for name, _ in LICENCES}
    spelled = sorted({SPDX.get(name, name) for name in names})
    return {"licenses": [{"license": {"id" if name in known else "name": name}} for name in spelled]} if spelled else {}


# MARK: Debian


def paragraphs(text):
    for paragraph in text.split("\n\n"):
        fields = dict(re.findall(r"^([A-Za-z-]+): ?(.*)$", paragraph, re.M))
        if fields:
            yield fields


def debian_licences(copyright_file):
    """The short names in a copyright file that machines can read; none of another."""
    if not copyright_file.is_file():
        return []
    text = copyright_file.read_text(errors="replace")
    if not re.match(r"Format(-Specification)?:", text):
        return []
    return [name.strip() for name in re.findall(r"^License: *(\S.*)$", text, re.M)]


def debian_component(fields, documents):
    name, package_version, architecture = fields["Package"], fields["Version"], fields.get("Architecture", "all")
    reference = f"pkg:deb/debian/{name}@{package_version.replace(':', '%3A').replace('+', '%2B')}?arch={architecture}&distro={CODENAME}"
    source = fields.get("Source", name).split(" ")[0]
    return {
        "type": "library", "bom-ref": reference, "name": name, "version": package_version, "purl": reference,
        **licences(debian_licences(documents / name / "copyright")),
        "properties": [{"name": "debian:source", "value": source}],
    }


def debian_packages(status, documents, only=None):
    fields = [fields for fields in paragraphs(status.read_text()) if fields.get("Status") == "install ok installed"]
    return [debian_component(each, documents) for each in sorted(fields, key=lambda each: each["Package"]) if only is None or each["Package"] in only]


def loaded_packages(program):
    """The Debian packages of the libraries that a program loads."""
    paths = re.findall(r"=> (/\S+)", output("ldd", str(program)))
    names = set()
    for path in paths:
        for spelled in {path, os.path.realpath(path), path.removeprefix("/usr")}:
            found = subprocess.run(["dpkg-query", "-S", spelled], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
            names |= {name.split(":")[0] for name in re.findall(r"^([^:, ]+)", found.stdout, re.M)}
    return names


# MARK: The document


def document(kind, name, swift, debian):
    own = {
        "type": kind, "bom-ref": name, "name": name, "version": swift["version"],
        "licenses": [{"license": {"id": "Apache-2.0"}}]}
    references = {package["name"]: swift_reference(package) for package in swift["packages"]}
    dependencies = [{"ref": name, "dependsOn": [references[other] for other in swift["root"]] + [component["bom-ref"] for component in debian]}]
    dependencies += [{"ref": references[one], "dependsOn": [references[other] for other in others]} for one, others in sorted(swift["needs"].items())]
    components = [swift_component(package) for package in swift["packages"]] + debian
    now = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH") or datetime.datetime.now().timestamp()), datetime.timezone.utc)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.5",
        # Of what is in it: the same things have the same number.
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([own, components])).urn, "version": 1,
        "metadata": {
            "timestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "tools": {"components": [{"type": "application", "name": "Scripts/sbom.py", "version": swift["version"]}]}, "component": own},
        "components": components, "dependencies": dependencies,
    }


parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
parser.add_argument("--name", default="wattline", help="what it is the list of: an image's name")
parser.add_argument("--swift-only", action="store_true", help="only the Swift packages, for --swift")
parser.add_argument("--swift", type=pathlib.Path, metavar="FILE", help="what --swift-only wrote; without it they are asked for here")
parser.add_argument("--dpkg", type=pathlib.Path, metavar="DIRECTORY", help="an image's dpkg status and doc; without it, what a local build loads")
parser.add_argument("--program", type=pathlib.Path, default=ROOT / ".build/release/wattline", metavar="FILE", help="the local build")
parser.add_argument("--out", type=pathlib.Path, metavar="FILE", help="where it is written; else it is printed")
options = parser.parse_args()

swift_side = json.loads(options.swift.read_text()) if options.swift else swift_packages()
if options.swift_only:
    made = swift_side
elif options.dpkg:
    made = document("container", options.name, swift_side, debian_packages(options.dpkg / "status", options.dpkg / "doc"))
else:
    loaded = loaded_packages(options.program)
    made = document("application", options.name, swift_side, debian_packages(pathlib.Path("/var/lib/dpkg/status"), pathlib.Path("/usr/share/doc"), loaded))
text = json.dumps(made, indent=1, sort_keys=False) + "\n"
if options.out:
    options.out.write_text(text)
else:
    sys.stdout.write(text)
