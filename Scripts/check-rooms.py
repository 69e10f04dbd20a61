#!/usr/bin/python3
"""Package.swift and Sources/ against what docs/architecture.md says of the groups: who may import whom, and what may stand in which room."""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# A group imports itself and those before it.
ORDER = ["C", "Model", "Protocol", "Bus", "Storage", "System", "Views", "Runtime", "Services", "Simulation", "wattline"]

# Arrows against the order: from whom, to whom, and why. One that no longer is must go.
AGAINST_ORDER = {
    ("Viewers", "Services"): "`top` and `tail` are services of a Host, in a NetworkContext, and stand where their values are",
}

# Rooms that know no platform: no clock, no disk, no socket, no thread, no Foundation.
PURE = ["Model", "Protocol", "Bus/MQTT", "Bus/WebSocket", "Runtime", "Views/HomeAssistant", "Views/NetworkView", "Views/Reports"]

# What comes with the toolchain, and is nobody's dependency.
PLATFORM = {"Dispatch", "Foundation", "FoundationEssentials", "FoundationNetworking", "FoundationXML", "Glibc", "Synchronization", "Testing"}

# Words that may not stand in a folder, but for one room of it: the folder, the room, the words.
BANNED = [
    # The simulator models the far ends; what a party does is its runtime's business. The rules read what they judge.
    (
        "Simulation/Simulation", "Rules",
        r"\bPresence\b|\bWire\.decode\b|\.decode\(|\bJournalGate\b|\bOutbox\b|\bBusSession\b|\bPartyBus\b|\bfatalError\(|\bunowned\(unsafe\)",
    ),
]

LITERALS_AND_COMMENTS = re.compile(r'"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*[\s\S]*?\*/')
IMPORT = re.compile(r"^[ \t]*(?:@\w+(?:\(\w+\))?[ \t]+)*(?:(?:public|package|internal|fileprivate|private)[ \t]+)?import[ \t]+(?:(?:class|enum|func|let|protocol|struct|typealias|var)[ \t]+)?(\w+)", re.M)

problems = []


def code(path):
    """The text of a file without literals and comments; line breaks stay."""
    return LITERALS_AND_COMMENTS.sub(lambda match: "\n" * match.group().count("\n"), path.read_text())


def imports(folder, excluded=()):
    """The modules that the Swift files of a folder import, with the first file that does."""
    found = {}
    for path in sorted(folder.rglob("*.swift")):
        if any(path.is_relative_to(folder / name) for name in excluded):
            continue
        for name in IMPORT.findall(code(path)):
            found.setdefault(name, path.relative_to(ROOT))
    return found


def declared(target):
    names = set()
    for dependency in target["dependencies"]:
        for kind in ("byName", "product", "target"):
            if kind in dependency:
                names.add(dependency[kind][0])
    return names


def group(target):
    return pathlib.PurePath(target.get("path") or f"Sources/{target['name']}").parts[1]


def check_manifest(targets):
    """What a target declares is what its files import."""
    for target in targets.values():
        folder = ROOT / (target.get("path") or f"Sources/{target['name']}")
        if not any(folder.rglob("*.swift")):
            continue
        used = {name: path for name, path in imports(folder, target.get("exclude", ())).items() if name not in PLATFORM}
        for name in sorted(declared(target) - used.keys()):
            problems.append(f"Package.swift: {target['name']} declares {name}, which none of its files imports")
        for name in sorted(used.keys() - declared(target)):
            problems.append(f"{used[name]}: imports {name}, which Package.swift does not declare for {target['name']}")


def check_order(targets):
    """Arrows between the groups of Sources/ point one way."""
    sources = {name: target for name, target in targets.items() if pathlib.PurePath(target.get("path") or "Sources").parts[0] == "Sources"}
    against = set()
    for name, target in sources.items():
        if group(target) not in ORDER:
            problems.append(f"Package.swift: {name} is in no group that Scripts/check-rooms.py knows")
            continue
        for other in sorted(declared(target) & sources.keys()):
            if group(sources[other]) not in ORDER or ORDER.index(group(sources[other])) <= ORDER.index(group(target)):
                continue
            against.add((name, other))
            if (name, other) not in AGAINST_ORDER:
                problems.append(f"Package.swift: {name} ({group(target)}) needs {other} ({group(sources[other])}), which comes after it")
    for name, other in sorted(AGAINST_ORDER.keys() - against):
        problems.append(f"Scripts/check-rooms.py: {name} does not need {other} any more: take it out of AGAINST_ORDER")


def check_rooms(targets):
    platform = PLATFORM | {name for name, target in targets.items() if group(target) == "C"}
    for room in PURE:
        for name, path in imports(ROOT / "Sources" / room).items():
            if name in platform:
                problems.append(f"{path}: imports {name}; Sources/{room} knows no platform")
    for folder, room, words in BANNED:
        for path in sorted((ROOT / "Sources" / folder).rglob("*.swift")):
            if path.is_relative_to(ROOT / "Sources" / folder / room):
                continue
            for number, line in enumerate(code(path).split("\n"), 1):
                for match in re.finditer(words, line):
                    problems.append(f"{path.relative_to(ROOT)}:{number}: {match.group()} is for the runtime, and for {folder}/{room}")


package = json.loads(subprocess.run(["swift", "package", "dump-package"], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
targets = {target["name"]: target for target in package["targets"]}
check_manifest(targets)
check_order(targets)
check_rooms(targets)
if problems:
    sys.exit("\n".join(f"✖ {problem}" for problem in problems))
print(f"rooms: {len(targets)} targets declare what they import, and import what comes before them")
