"""What the images of the compose stack are made of: the build that stands, when it runs in them, else the sources."""

import platform
import re
import shutil
import subprocess

from support.places import ROOT

BUILD = ROOT / ".build/release"
# Where the Dockerfile takes it from.
IMAGE = ROOT / ".build/image"


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def why_it_does_not_run_there():
    """Why an image can't take the program of this machine, or None."""
    release = re.search(r"^FROM debian:(\w+)-slim AS base$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[1]
    here = platform.freedesktop_os_release()
    if (here["ID"], here.get("VERSION_CODENAME")) != ("debian", release):
        return f"this machine is no Debian {release}"
    if output("docker", "info", "-f", "{{.Architecture}}").strip() != platform.machine():
        return "Docker's machine has another architecture"
    if "libswift" in output("ldd", BUILD / "wattline"):
        return "the program needs Swift's libraries"
    return None


def put_the_build_there():
    shutil.rmtree(IMAGE, ignore_errors=True)
    IMAGE.mkdir()
    subprocess.run(["strip", "-o", IMAGE / "wattline", BUILD / "wattline"], check=True)
    for name in ("wattline-access.so", "swift.json"):
        shutil.copy(BUILD / name, IMAGE)
