"""Operators have names: given and taken while all runs, known to the API, the log and the page; the one token is called shared."""

import json
import os
import re
import stat
import subprocess
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect
from support.manuals import blocks
from support.network import Network
from support.page import BROKEN_LINK, RealCentral, Windows, card, sign_in
from support.places import ROOT, environment_without_settings
from support.waiting import eventually

CP = "CP-003"


class Operators:
    """`wattline operators` for a network's data directory."""

    def __init__(self, network):
        self.network = network
        self.file = network.data / "central/operators"

    def run(self, *arguments, status=0):
        command = [self.network.binary, "operators", *arguments, "--data", self.network.data]
        done = subprocess.run(list(map(str, command)), cwd=ROOT, env=environment_without_settings(), capture_output=True, text=True)
        assert done.returncode == status, f"{arguments} ended with {done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def secret(self, *arguments):
        return json.loads(self.run(*arguments, "--json"))["secret"]

    def ask(self, method, path, secret=None):
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        try:
            with urllib.request.urlopen(urllib.request.Request(self.network.url + path, method=method, headers=headers), timeout=30) as answer:
                return answer.status, json.loads(answer.read() or "null")
        except urllib.error.HTTPError as problem:
            with problem:
                assert problem.headers["Content-Type"] == "application/problem+json"
                return problem.code, json.loads(problem.read())


@pytest.fixture(scope="module")
def network(start_network):
    return start_network("--drivers", "none")


@pytest.fixture(scope="module")
def operators(network):
    operators = Operators(network)
    eventually(f"{CP} is known", lambda: operators.ask("GET", f"/cp/{CP}")[0] == 200, 30)
    return operators


def test_a_name_acts_is_in_the_log_and_is_gone_at_the_next_request(operators, network):
    anna = operators.secret("add", "anna", "--role", "operator")
    assert operators.ask("GET", "/operators/me", anna) == (200, {"name": "anna", "role": "operator"})
    assert operators.ask("POST", f"/cp/{CP}/out-of-order", anna) == (200, {"done": [CP], "refused": []})
    network.up.line(f"operator=anna out-of-order {CP}: done")
    assert operators.ask("POST", f"/cp/{CP}/resume", anna)[0] == 200
    network.up.line(f"operator=anna resume {CP}: done")
    operators.run("remove", "anna")
    status, problem = operators.ask("POST", f"/cp/{CP}/out-of-order", anna)
    assert (status, problem["status"]) == (401, 401) and "wattline operators add" in problem["detail"]
    network.up.line(f"A wrong secret was refused: POST /cp/{CP}/out-of-order from 127.0.0.1")
    assert not any(anna in line for line in network.up.lines)


def test_another_secret_ends_the_one_of_before(operators):
    first = operators.secret("add", "bert", "--role", "viewer")
    second = operators.secret("rotate", "bert")
    assert operators.ask("GET", "/operators/me", first)[0] == 401
    assert operators.ask("GET", "/operators/me", second) == (200, {"name": "bert", "role": "viewer"})
    operators.run("remove", "bert")


def test_a_viewer_changes_nothing_and_an_operator_sees_no_names(operators, network):
    vera = operators.secret("add", "vera", "--role", "viewer")
    otto = operators.secret("add", "otto", "--role", "operator")
    ada = operators.secret("add", "ada", "--role", "admin")
    status, problem = operators.ask("POST", f"/cp/{CP}/out-of-order", vera)
    assert status == 403 and problem["detail"] == "vera is a viewer: this needs an operator, see wattline operators."
    network.up.line("operator=vera may not: POST /cp/CP-003/out-of-order needs an operator")
    assert operators.ask("GET", f"/cp/{CP}", vera)[1]["out_of_order"] is False
    assert operators.ask("GET", "/operators", otto)[0] == 403
    status, rows = operators.ask("GET", "/operators", ada)
    assert status == 200 and [(row["name"], row["role"]) for row in rows] == [("shared", "admin"), ("ada", "admin"), ("otto", "operator"), ("vera", "viewer")]
    for name in ("vera", "otto", "ada"):
        operators.run("remove", name)


def test_the_one_token_still_holds_and_is_called_shared(operators, network):
    assert operators.ask("GET", "/operators/me", network.token) == (200, {"name": "shared", "role": "admin"})
    assert operators.ask("POST", "/token/check", network.token)[0] == 204
    assert operators.ask("POST", f"/cp/{CP}/resume", network.token)[0] == 200
    network.up.line(f"operator=shared resume {CP}: done")


def test_the_file_is_its_owners_and_holds_no_secret(operators):
    secret = operators.secret("add", "file", "--role", "viewer")
    assert stat.S_IMODE(operators.file.stat().st_mode) == 0o600
    text = operators.file.read_text()
    assert "operator file viewer " in text and secret not in text
    listed = operators.run("list")
    assert re.search(r"^viewer +file +since \d{4}-", listed, re.MULTILINE) and secret not in listed
    assert [json.loads(line)["name"] for line in operators.run("list", "--json").splitlines()] == ["file"]
    operators.run("remove", "file")


@pytest.mark.parametrize("arguments, status, said", [
    (["add", "anna", "--role", "boss"], 64, '--role="boss": expected viewer, operator or admin'),
    (["add", "anna"], 64, "Missing expected argument '--role <role>'"),
    (["add", "an na", "--role", "viewer"], 64, 'NAME="an na": expected a name: 1–36 letters'),
    (["add", "a" * 37, "--role", "viewer"], 64, "expected a name: 1–36 letters"),
    (["add", "shared", "--role", "viewer"], 64, "nobody can be called shared"),
    (["remove", "nobody"], 1, "no operator is called nobody; nobody has a name yet"),
    (["rotate", "nobody"], 1, "no operator is called nobody"),
])
def test_what_can_not_be_is_refused_in_words(operators, arguments, status, said):
    assert said in operators.run(*arguments, status=status)


def test_a_name_that_is_taken_is_refused(operators):
    operators.run("add", "twice", "--role", "viewer")
    assert "somebody is called twice, with the role viewer" in operators.run("add", "twice", "--role", "admin", status=1)
    operators.run("remove", "twice")


def test_a_broken_file_leaves_those_of_before_and_is_said(operators, network):
    secret = operators.secret("add", "before", "--role", "viewer")
    assert operators.ask("GET", "/operators/me", secret)[0] == 200
    whole = operators.file.read_text()
    operators.file.write_text(whole.removesuffix("end\n"))
    assert operators.ask("GET", "/operators/me", secret)[0] == 200
    network.up.line(r"The operators' names can't be read: .*/operators, line \d+: it was cut off; those of before hold")
    assert "it was cut off" in operators.run("add", "another", "--role", "viewer", status=78)
    operators.file.write_text(whole)
    operators.run("remove", "before")


def test_a_commands_secret_is_an_operators(operators, network):
    """`wattline ledger refuse` asks the running Central as who has the secret: here for a record that nobody put aside."""
    vera = operators.secret("add", "vera", "--role", "viewer")
    otto = operators.secret("add", "otto", "--role", "operator")
    for secret, said in ((vera, "vera is a viewer: this needs an operator"), (otto, "No record of session S-1 and meter m-1 was put aside")):
        command = [network.binary, "ledger", "refuse", "S-1", "--meter", "m-1", "--data", str(network.data)]
        done = subprocess.run(command, cwd=ROOT, env={**environment_without_settings(), "WATTLINE_OPERATOR_SECRET": secret}, capture_output=True, text=True)
        assert done.returncode == 1 and said in done.stderr, done.stderr
    network.up.line("operator=otto refuse session S-1, meter m-1: No record")
    for name in ("vera", "otto"):
        operators.run("remove", name)


def test_the_manuals_commands_do_what_they_say(operators, network, folder):
    (folder / "wattline").symlink_to(network.binary)
    found = [block for block in blocks("docs/dashboard.md") if "wattline operators" in block.commands]
    assert len(found) == 2
    for block in found:
        commands = block.commands.replace("localhost:8000", network.url.removeprefix("http://"))
        # These need a session, a record and a point that is gone.
        commands = "\n".join(line for line in commands.splitlines() if "$SESSION" not in line and "DELETE" not in line)
        environment = {**environment_without_settings(), "PATH": f"{folder}:{os.environ['PATH']}", "WATTLINE_DATA": str(network.data)}
        commands = commands.replace("curl ", "curl -sS --fail-with-body ")
        done = subprocess.run(["bash", "-ec", commands], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{block.place}: {done.stdout}{done.stderr}"
    for name in ("anna", "wall-screen"):
        operators.run("remove", name)


@pytest.mark.browser
def test_the_page_says_who_it_is_offers_what_they_may_and_signs_out(browser, operators, network):
    vera = operators.secret("add", "vera", "--role", "viewer")
    otto = operators.secret("add", "otto", "--role", "operator")
    with Windows(browser, RealCentral(network.url, network.token, network)) as windows:
        page = windows()
        page.click("#sign")
        sign_in(page, vera)
        expect(page.locator("#who")).to_have_text("vera, viewer")
        expect(page.locator("#all")).to_be_hidden()
        card(page, CP).locator(".open").click()
        expect(page.locator("#d-sessions .none")).to_be_visible()
        expect(page.locator("[data-does=out]")).to_be_hidden()
        page.keyboard.press("Escape")
        page.reload()
        expect(page.locator("#who")).to_have_text("vera, viewer")
        page.click("#sign")
        expect(page.locator("#who")).to_be_hidden()
        expect(page.locator("#all")).to_be_visible()
        page.click("#sign")
        sign_in(page, otto)
        expect(page.locator("#who")).to_have_text("otto, operator")
        card(page, CP).locator(".open").click()
        page.click("[data-does=out]")
        page.click("#confirm-yes")
        expect(page.locator("#d-badge")).to_have_text("STOPPED")
        network.up.line(f"operator=otto out-of-order {CP}: done")
        page.click("[data-does=resume]")
        expect(page.locator("#d-badge")).not_to_have_text("STOPPED")
    assert windows.surprises() == []
    for name in ("vera", "otto"):
        operators.run("remove", name)


@pytest.fixture(scope="module")
def closed(binary):
    """A network that tells those alone who have signed in who charges where."""
    with Network(binary, "--drivers", "none", WATTLINE_HTTP_READING="signed-in") as network:
        yield Operators(network)


def test_reading_for_those_who_signed_in(closed):
    vera = closed.secret("add", "reader", "--role", "viewer")
    eventually(f"{CP} is known", lambda: closed.ask("GET", f"/cp/{CP}", vera)[0] == 200, 30)
    for path in ("/cp", f"/cp/{CP}", "/telemetry", "/sessions", "/drivers"):
        assert closed.ask("GET", path)[0] == 401, path
        assert closed.ask("GET", path, vera)[0] == 200, path
    assert closed.ask("GET", "/events")[0] == 401
    assert closed.ask("GET", "/health")[0] == 200
    closed.run("remove", "reader")


@pytest.mark.browser
def test_the_page_of_a_network_that_is_not_for_everybody(browser, closed):
    vera = closed.secret("add", "vera", "--role", "viewer")
    with Windows(browser, RealCentral(closed.network.url, closed.network.token, closed.network)) as windows:
        windows.expected = BROKEN_LINK
        page = windows(live=False)
        expect(page.locator("#signin-error")).to_contain_text("This needs an operator's secret")
        assert page.locator(".card").count() == 0
        sign_in(page, vera)
        expect(page.locator("body")).to_have_attribute("data-link", "live")
        expect(card(page, CP)).to_be_visible()
        # The stream of who is removed ends with the next beat.
        closed.run("remove", "vera")
        expect(page.locator("#signin")).to_be_visible()
        sign_in(page, closed.network.token)
        expect(page.locator("body")).to_have_attribute("data-link", "live")
        page.click("#sign")
        expect(page.locator("#signin")).to_be_visible()
        expect(page.locator(".card")).to_have_count(0)
    assert windows.surprises() == []


def test_nonsense_for_who_may_read_is_refused(binary):
    command = [binary, "central", "--http-port", "0", "--http-reading", "nobody"]
    done = subprocess.run(list(map(str, command)), cwd=ROOT, env=environment_without_settings(), capture_output=True, text=True)
    assert done.returncode == 64 and '--http-reading="nobody": expected open or signed-in' in done.stdout + done.stderr
