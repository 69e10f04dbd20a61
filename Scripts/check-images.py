#!/usr/bin/python3
"""The Dockerfile's stage that compiles has what Package.swift and Scripts/compile.sh read. `make test` takes the build that stands, and only `make test-all`
runs that stage."""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def is_sent(path):
    """What .dockerignore says of a path: the last line that fits, of it or of a folder that it is in. No line here has a wildcard but the first."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line and not line.startswith("#"):
            wanted = line.removeprefix("!")
            if wanted == "*" or pathlib.PurePath(path).is_relative_to(wanted):
                sent = line.startswith("!")
    return sent


stage = re.search(r"^FROM \S+ AS from-sources\n(.*?)^FROM ", (ROOT / "Dockerfile").read_text(), re.M | re.S)[1]
copied = [source for line in re.findall(r"^COPY (.*)$", stage, re.M) for source in line.split()[:-1]]

package = json.loads(subprocess.run(["swift", "package", "dump-package"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout)
# A target with a default path is in Sources/NAME.
needed = {target.get("path") or f"Sources/{target['name']}" for target in package["targets"]}
for folder in sorted(needed):
    for file in (ROOT / folder).rglob("*.c"):
        needed |= {str((file.parent / name).resolve().relative_to(ROOT)) for name in re.findall(r'^#embed "([^"]+)"', file.read_text(), re.M)}
needed |= {"Package.swift", "Scripts/compile.sh", "Scripts/build-packages.txt", *re.findall(r"\bScripts/[\w.-]+", (ROOT / "Scripts/compile.sh").read_text())}

problems = [f"{path} is not there" for path in sorted(needed) if not (ROOT / path).exists()]
for path in sorted(needed):
    if not any(pathlib.PurePath(path).is_relative_to(source) for source in copied):
        problems.append(f"{path} is needed to compile, and not copied")
    elif not is_sent(path):
        problems.append(f"{path} is needed to compile, and kept away by .dockerignore")
if problems:
    sys.exit("\n".join("Dockerfile: " + problem for problem in problems))
print(f"Dockerfile: what compiles there is sent and copied, {len(needed)} files and folders")
