"""The ends of certificates: in /health with the days until then, and on the page as soon as one is near."""

import json
import os
import pathlib
import re
import ssl
import subprocess
import tempfile
import urllib.request

import pytest
from playwright.sync_api import expect
from support.certificates import openssl, own_authority
from support.page import RealCentral, Windows
from support.places import ROOT, environment_without_settings


@pytest.fixture(scope="module")
def network(start_network):
    return start_network("--tls", "--drivers", "none")


@pytest.fixture
def renew(network):
    """Gives the network's server another certificate, with the days that it holds."""
    folder = network.data / "certificates"
    authority = own_authority(folder)

    def renew(days):
        here = pathlib.Path(tempfile.mkdtemp(dir=network.data))
        (here / "extensions").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\n")
        openssl("req", "-new", "-key", folder / "server.key", "-subj", "/CN=localhost", "-out", here / "request")
        openssl("x509", "-req", "-in", here / "request", "-CA", authority.file, "-CAkey", authority.key, "-days", days, "-extfile", here / "extensions",
                "-out", here / "server.pem")
        os.chmod(here / "server.pem", 0o600)
        os.replace(here / "server.pem", folder / "server.pem")

    return renew


@pytest.mark.browser
def test_a_certificate_that_ends_soon_is_shown_until_there_is_another(browser, network, renew):
    trust = ssl.create_default_context(cafile=network.data / "certificates/ca.pem")

    def health():
        with urllib.request.urlopen(network.url + "/health", context=trust) as answer:
            return json.loads(answer.read())

    with Windows(browser, RealCentral(network.url, network.token, network)) as windows:
        page = windows(ignore_https_errors=True)
        banner = page.locator('.banner[data-about="certificate-server"]')
        expect(banner).to_have_count(0)
        assert health()["certificate_days"]["ca"] > 3600
        renew(20)
        expect(banner).to_contain_text("The broker’s certificate ends in 19 days; “wattline certificates renew --due”")
        expect(banner).to_have_class("banner warning")
        renew(5)
        expect(banner).to_have_class("banner bad")
        expect(banner).to_contain_text("ends in 4 days")
        found = health()
        assert found["certificate_days"]["server"] == 4 and found["certificates"]["server"].endswith("Z")
        # Who comes now is told, too.
        page.reload()
        expect(banner).to_be_visible()
        # What is shown is what helps.
        command = [network.binary, "certificates", "renew", "--due", "--data", network.data]
        subprocess.run(list(map(str, command)), check=True, capture_output=True, cwd=ROOT, env=environment_without_settings())
        expect(banner).to_have_count(0)
        assert health()["certificate_days"]["server"] > 300
    assert windows.surprises() == []


@pytest.mark.browser
@pytest.mark.pretended_only
def test_each_certificate_is_told_the_next_end_first_with_what_helps(open_page, central):
    page = open_page()
    central.post("certificates?ca=400&clients=-1&https=1.5&server=30.5")
    expect(page.locator(".banner")).to_have_text([
        re.compile("^The certificate of somebody on the bus has ended: .*renew --due"), re.compile("^The certificate of this page ends in a day; put another one")])
    central.post("certificates?server=29.5&https=0.5")
    expect(page.locator(".banner")).to_have_text([
        re.compile("ends within a day"), re.compile("^The broker’s certificate ends in 29 days; .*renew --due.* nobody loses a connection")])
