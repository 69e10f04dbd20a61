#!/usr/bin/python3
"""Shows that the simulator finds bugs: each mutation of Tests/SimulationMutations is put into the sources, one at a time, and some seed must break a rule.

    Scripts/simulation-mutations.py                     all of them, and first the sources as they are, which must hold
    Scripts/simulation-mutations.py ack-before-commit   only these
    Scripts/simulation-mutations.py --table FILE        writes the table for the docs as well

A mutation is a file: why it matters, the file of the sources, the network that is played where it is another than the usual ("Network: stations",
in which every point is a connector of a station that speaks OCPP; "Network: centrals", in which two Centrals share a ledger on a server), and the piece of the sources that is replaced, which must be there once.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TREE = ROOT / ".build-simulation"
MUTATIONS = ROOT / "Tests" / "SimulationMutations"
MODULES = [
    "C/CLinux", "Model/ChargingModel", "Model/Ledger", "Model/Demand", "Protocol/JSON", "Protocol/ChargingProtocol", "Protocol/OCPP",
    "Bus/EventLoop", "Bus/MQTT", "Storage/Journal", "Views/HomeAssistant", "Runtime/Runtime", "Runtime/Gateway", "Runtime/Station",
    "Simulation/Simulation",
]


def package():
    """Only what the simulator is made of, with the settings and the dependencies of the real package."""
    text = (ROOT / "Package.swift").read_text()
    head = text[: text.index("let package = Package(")]
    targets = []
    for name in MODULES:
        found = re.search(rf'^        ((?:module|shim)\(\s*"{pathlib.Path(name).name}".*?\)),?$', text, re.M | re.S)
        targets.append("        " + found.group(1))
    return (
        head + 'let package = Package(\n    name: "mutated",\n    targets: [\n' + ",\n".join(targets)
        + ',\n        .executableTarget(name: "runner", dependencies: ["ChargingModel", "Simulation"], swiftSettings: strict),\n    ]\n)\n'
    )


def refresh():
    """Copies what differs, with its time, so that only what a mutation changes is compiled again."""
    TREE.mkdir(exist_ok=True)
    (TREE / "Package.swift").write_text(package()) if not same(TREE / "Package.swift", package()) else None
    sources = TREE / "Sources"
    for name in MODULES:
        for path in sorted((ROOT / "Sources" / name).rglob("*")):
            if path.is_file():
                put(sources / name / path.relative_to(ROOT / "Sources" / name), path.read_text())
        for path in sorted((sources / name).rglob("*")):
            if path.is_file() and not (ROOT / "Sources" / name / path.relative_to(sources / name)).exists():
                path.unlink()
    put(sources / "runner" / "main.swift", (MUTATIONS / "runner.swift").read_text())


def same(path, text):
    return path.exists() and path.read_text() == text


def put(path, text):
    if not same(path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


class Mutation:
    def __init__(self, path):
        self.name = path.stem
        text = path.read_text()
        match = re.fullmatch(r"Why: ([^\n]*)\nFile: ([^\n]*)\n(?:Network: (stations|centrals)\n)?<<<<<<<\n(.*)\n=======\n(.*?)\n?>>>>>>>\n", text, re.S)
        if not match:
            sys.exit(f"✖ {path}: not a mutation")
        self.why, self.file, network, self.old, self.new = match.groups()
        self.network = network or "points"
        self.new = self.new.removesuffix("\n")

    def apply(self):
        path = TREE / self.file
        text = path.read_text()
        if text.count(self.old) != 1:
            return f"its piece is {text.count(self.old)} times in {self.file}"
        path.write_text(text.replace(self.old, self.new))
        return None


def build(configuration="debug"):
    # A core that disagrees with itself says so at once in either: else a seed would have to end in that moment.
    command = ["swift", "build", "-c", configuration, "--product", "runner", "-Xswiftc", "-assert-config", "-Xswiftc", "Debug"]
    done = subprocess.run(command, cwd=TREE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        print("\n".join(line for line in done.stdout.splitlines() if "error:" in line))
    return done.returncode == 0


def run(network, first, last, seconds, configuration="debug"):
    command = [TREE / ".build" / configuration / "runner", network, str(first), str(last), str(seconds)]
    runner = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        output, errors = runner.communicate(timeout=1800)
    except subprocess.TimeoutExpired:
        return ["?", "hang", "the program does not end", ""]
    finally:
        runner.kill()
        runner.wait()
    # A core that disagrees with itself ends the program: that is a find.
    assertion = re.search(r"Assertion failed: (.*)", errors)
    seed = re.findall(r"^seed (\d+)$", errors, re.M)[-1:]
    if runner.returncode != 0 and assertion and seed:
        return [seed[0], "core", assertion[1], ""]
    if runner.returncode != 0:
        return ["?", "crash", f"the program ended with {runner.returncode}, seed {seed}", ""]
    return output.rstrip("\n").split("\t") if output else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seeds", type=int, default=60, help="how many are tried in a build that is made quickly (default: 60)")
    parser.add_argument("--more", type=int, default=6000, help="how many a mutation may survive, in a build that runs quickly (default: 6000)")
    parser.add_argument("--seconds", type=int, default=60, help="virtual seconds of trouble for each seed (default: 60)")
    parser.add_argument("--table", help="write the table for the docs to this file")
    options = parser.parse_args()
    mutations = [Mutation(path) for path in sorted(MUTATIONS.glob("*.mutation"))]
    unknown = set(options.names) - {mutation.name for mutation in mutations}
    if unknown:
        sys.exit(f"✖ no such mutation: {', '.join(sorted(unknown))}")
    mutations = [mutation for mutation in mutations if not options.names or mutation.name in options.names]
    began = time.monotonic()
    refresh()
    if not build():
        sys.exit("✖ the sources do not compile")
    # As many as a mutation may need: else a bug of ours would count as a mutation that was found.
    if not build("release"):
        sys.exit("✖ the sources do not compile as a release")
    for network in sorted({mutation.network for mutation in mutations}):
        if found := run(network, 1, options.more, options.seconds, "release"):
            sys.exit(f"✖ {network}: seed {found[0]} breaks {found[1]} without any mutation: {found[2]}\n  {found[3]}")
        print(f"✔ {network}: {options.more} seeds hold without any mutation", flush=True)
    survivors = []
    rows = []
    for mutation in mutations:
        refresh()
        if misfit := mutation.apply():
            survivors.append(mutation.name)
            print(f"✖ {mutation.name}: {misfit}: make it anew", flush=True)
            continue
        if not build():
            survivors.append(mutation.name)
            print(f"✖ {mutation.name} does not compile: make it anew", flush=True)
            continue
        found = run(mutation.network, 1, options.seeds, options.seconds) or (
            build("release") and run(mutation.network, options.seeds + 1, options.more, options.seconds, "release")
        )
        if found and found[0] == "?":
            # It shows nothing about the rules, only that the mutation is of no use.
            survivors.append(mutation.name)
            print(f"✖ {mutation.name}: {found[2]} ({found[1]}): make it anew", flush=True)
        elif found:
            print(f"✔ {mutation.name}: seed {found[0]}, {found[1]}: {mutation.why}", flush=True)
            rows.append(f"| {mutation.why} | {found[0]} | {found[1]}: {re.sub(r'[|]', '/', found[2])} |")
        else:
            survivors.append(mutation.name)
            print(f"✖ {mutation.name} survives {options.more} seeds: {mutation.why}", flush=True)
    refresh()
    if options.table:
        pathlib.Path(options.table).write_text("\n".join(["| mutation | first seed | what was seen |", "|---|---|---|"] + rows) + "\n")
    if survivors:
        sys.exit(f"✖ not found: {', '.join(survivors)}")
    print(f"▸ the simulator finds all {len(mutations)} mutations; {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
