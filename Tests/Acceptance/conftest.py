"""The shared fixtures. What they start is over when its test, module or session is, whatever happened."""

import contextlib
import os
import pathlib
import signal
import subprocess
import tempfile
import time

import pytest
from playwright.sync_api import expect, sync_playwright
from support import gateway
from support.bus import Bus
from support.network import Network
from support.page import PretendedCentral, RealCentral, Windows
from support.places import ROOT
from support.postgres import Postgres
from support.programs import Program
from support.stack import Stack

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
DOCKER_LAB = ROOT.parent / "shared/docker-lab"
figures = pytest.StashKey[list]()
expect.set_options(timeout=20_000)


def pytest_addoption(parser):
    group = parser.getgroup("Wattline")
    group.addoption("--all", action="store_true", help="also the tests that are marked long")
    group.addoption("--write", action="store_true", help="write the table of metrics in docs/monitoring/README.md anew")
    group.addoption("--compile", action="store_true", help="compile in the images, instead of taking the build that stands")
    group.addoption("--keep", action="store_true", help="leave the compose stack running")
    group.addoption("--running", action="store_true", help="use the compose stack that runs already, on the usual ports")
    group.addoption("--central", metavar="URL", help="open the page of this Central, not of one that is started")
    group.addoption("--token", help="the operator's token of that Central")


def pytest_configure(config):
    config.stash[figures] = []
    # Who is told to end tidies up as at Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_generate_tests(metafunc):
    """A test of the page is run on a real network, and on a pretended one when there is time."""
    if "central" in metafunc.fixturenames:
        pretended = pytest.param("pretended", marks=pytest.mark.long)
        only = metafunc.definition.get_closest_marker("pretended_only")
        metafunc.parametrize("central", [pretended] if only else ["real", pretended], indirect=True)


def pytest_collection_modifyitems(config, items):
    # The compose stack comes last: nobody else has to run beside its containers.
    items.sort(key=lambda item: "docker" in item.keywords)
    if config.getoption("--all") or "long" in config.getoption("markexpr"):
        return
    config.hook.pytest_deselected(items=[item for item in items if "long" in item.keywords])
    items[:] = [item for item in items if "long" not in item.keywords]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        report.sections += [(f"the last lines of {program.name}", program.tail()) for program in Program.running]
    return report


def pytest_terminal_summary(terminalreporter, config):
    if config.stash[figures]:
        terminalreporter.section("figures")
        for line in config.stash[figures]:
            terminalreporter.line(line)
    reasons = [report.longrepr[2] for report in terminalreporter.getreports("skipped")]
    for reason in sorted(set(reasons)):
        terminalreporter.line(f"▸ SKIPPED, {reasons.count(reason)} of the tests: {reason.removeprefix('Skipped: ')}", yellow=True, bold=True)


@pytest.fixture
def server():
    """A PostgreSQL server."""
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def tell(request):
    """Says a figure at the end of the run."""
    return request.config.stash[figures].append


@pytest.fixture(scope="session")
def binary():
    path = pathlib.Path(os.environ.get("WATTLINE_BIN") or ROOT / ".build/release/wattline").resolve()
    assert os.access(path, os.X_OK), f"no {path}: make build"
    return path


@pytest.fixture(scope="module")
def start_network(binary):
    """Starts networks that live as long as the module."""
    with contextlib.ExitStack() as networks:
        yield lambda *arguments: networks.enter_context(Network(binary, *arguments))


@pytest.fixture(scope="module")
def network(start_network):
    """The demo network."""
    return start_network()


@pytest.fixture
def station(network):
    """Opens stations of a network with a gateway; they are closed after the test."""
    with gateway.stations(network) as open_station:
        yield open_station


@pytest.fixture(scope="module")
def bus(network):
    with Bus(network.port, name=network.owner) as bus:
        yield bus


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory(prefix="wattline-acceptance-") as folder:
        yield pathlib.Path(folder)


def docker_answers():
    asked = [["docker", "info"], ["docker", "compose", "version"]]
    try:
        return all(subprocess.run(command, capture_output=True).returncode == 0 for command in asked)
    except FileNotFoundError:
        return False


@pytest.fixture(scope="session")
def docker():
    """A Docker engine: one that runs, or that of ../shared/docker-lab, which was not running before and is not afterwards."""
    if docker_answers():
        yield
    elif os.access(DOCKER_LAB / "up", os.X_OK) and os.geteuid() == 0:
        try:
            subprocess.run([DOCKER_LAB / "up"], check=True)
            yield
        finally:
            subprocess.run([DOCKER_LAB / "down"], check=True)
    else:
        pytest.skip("NO DOCKER ENGINE with compose v2 answers here (docker info; docker compose version)")


@pytest.fixture(scope="session")
def stack(docker, request, tell):
    """The compose stack, built and started; a test that breaks it mends it, or the next one does."""
    stack = Stack(is_own=not request.config.getoption("--running"), compiles=request.config.getoption("--compile"))
    try:
        began = time.monotonic()
        stack.up()
        tell(f"the stack's images, made from {stack.settings.get('WATTLINE_FROM', 'what runs')}, and its start: {time.monotonic() - began:.0f} s")
        yield stack
    finally:
        stack.close(keep=request.config.getoption("--keep"))


@pytest.fixture(scope="session")
def browser():
    if not os.access(CHROMIUM, os.X_OK):
        pytest.skip(f"NO BROWSER: there is no {CHROMIUM} (Scripts/bootstrap.sh chromium; CHROMIUM names another one)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--enable-precise-memory-info"])
        yield browser
        browser.close()


@pytest.fixture
def central(request):
    """Whose page is looked at."""
    url, token = request.config.getoption("--central"), request.config.getoption("--token")
    if request.param == "pretended":
        marker = request.node.get_closest_marker("pretended")
        with PretendedCentral(*(marker.args[0] if marker else "--trouble 0").split()) as central:
            yield central
    elif url:
        if not token and request.node.get_closest_marker("steering"):
            pytest.skip("--token is not given")
        yield RealCentral(url, token)
    else:
        network = request.getfixturevalue("network")
        yield RealCentral(network.url, network.token, network)


@pytest.fixture
def open_page(browser, central):
    """Opens the page in a window of its own; at the end no window may have had an error that was not `expected`."""
    with Windows(browser, central) as windows:
        yield windows
    assert windows.surprises() == []
