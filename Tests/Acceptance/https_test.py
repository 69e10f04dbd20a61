"""What commands say of an HTTPS side that they can't or won't talk to: what was found, what was expected, and what helps."""

import http.server
import re
import socket
import ssl
import subprocess
import threading

import pytest
from support.certificates import Authority
from support.closing import Closing
from support.places import ROOT, environment_without_settings, free_port


class Server(Closing):
    """An HTTP side that is somebody's: with TLS when it has a certificate."""

    def __init__(self, certificate=None, key=None):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler, bind_and_activate=False)
        # Who refuses a certificate is no news.
        self.server.handle_error = lambda *_: None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))

    def come_up(self):
        self.server.server_bind()
        self.server.server_activate()
        self.thread.start()

    @property
    def port(self):
        return self.server.server_address[1]

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture(scope="module")
def authority(folder):
    return Authority(folder)


def health(binary, folder, *arguments):
    command = [binary, "health", "--data", folder / "nothing", "--timeout", "5s", *arguments]
    found = subprocess.run(command, cwd=ROOT, env=environment_without_settings(), capture_output=True, text=True, timeout=30)
    assert found.returncode == 1, found.stdout + found.stderr
    assert found.stderr.count("\n") == 1 and not re.search("NIO|BoringSSL|Error", found.stderr), found.stderr
    return found.stderr


@pytest.mark.parametrize("fault, hosts, days, host, said", [
    ("another host", "DNS:central.example", 30, "127.0.0.1", r"its certificate is for central\.example, expected 127\.0\.0\.1; .*certificates renew --host 127\.0\.0\.1"),
    ("another name", "DNS:central.example,IP:127.0.0.1", 30, "localhost", r"its certificate is for central\.example, 127\.0\.0\.1, expected localhost; call it by one of its names"),
    ("it has ended", "IP:127.0.0.1", -1, "127.0.0.1", r'the certificate "central" ended at 20\S+, expected one that holds now; .*wattline certificates renew'),
])
def test_a_certificate_that_is_wrong(binary, folder, authority, fault, hosts, days, host, said):
    with Server(*authority.sign("central", hosts, days)[:2]) as server:
        assert re.search(rf"✖ https://{host}:{server.port}: {said}", health(binary, folder, f"https://{host}:{server.port}", "--ca", authority.file))


def test_an_authority_that_is_not_known(binary, folder, authority):
    other = Authority(folder, "another")
    with Server(*authority.sign("central", "IP:127.0.0.1")[:2]) as server:
        for arguments, expected in [(["--ca", other.file], str(other.file)), ([], "this system")]:
            said = health(binary, folder, f"https://127.0.0.1:{server.port}", *arguments)
            assert f'its certificate is by "somebody else", expected an authority of {expected}; its own is given with --ca FILE or WATTLINE_CA' in said


def test_https_where_there_is_http_and_the_reverse(binary, folder, authority):
    with Server() as server:
        said = health(binary, folder, f"https://127.0.0.1:{server.port}", "--ca", authority.file)
        assert f"it speaks no TLS, expected TLS 1.2 or later; where that is without TLS, its address is 127.0.0.1:{server.port}" in said
    with Server(*authority.sign("central", "IP:127.0.0.1")[:2]) as server:
        said = health(binary, folder, f"127.0.0.1:{server.port}")
        # Whoever is reset before it has read hears no alert.
        assert re.search("an answer in TLS, expected HTTP; with TLS its address is https://HOST:PORT|Connection reset by peer", said), said


@pytest.mark.parametrize("arguments, said", [
    (["https://127.0.0.1:{free}", "--ca", "{ca}"], "connection refused"),
    (["https://127.0.0.1:{free}", "--ca", "/etc/hostname"], "/etc/hostname can't be used: expected the certificates of authorities in PEM form (--ca, WATTLINE_CA)"),
    (["https://no-such-host.invalid:{free}", "--ca", "{ca}"], "no host is called no-such-host.invalid"),
])
def test_nobody_there_and_nothing_to_believe(binary, folder, authority, arguments, said):
    words = [word.format(free=free_port(), ca=authority.file) for word in arguments]
    assert said in health(binary, folder, *words)


def test_somebody_who_says_nothing(binary, folder, authority):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        said = health(binary, folder, f"https://127.0.0.1:{silent.getsockname()[1]}", "--ca", authority.file, "--timeout", "300ms")
        assert "no answer in 0.3 s" in said


class TestCentral:
    @pytest.fixture(scope="class")
    def network(self, start_network):
        return start_network("--tls", "--drivers", "none")

    def tokens(self, network, address):
        command = [network.binary, "tokens", "block", "CARD-1", "--data", network.data, "--central", address]
        environment = {**environment_without_settings(), "WATTLINE_ADMIN_TOKEN": network.token}
        found = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
        assert found.returncode == 1, found.stderr
        return found.stderr

    def test_plain_http_to_its_port(self, network, binary, folder):
        port = network.http_port
        assert "HTTP status 400: This port speaks HTTPS: ask for https://, not http://." in health(binary, folder, f"127.0.0.1:{port}")
        assert "This port speaks HTTPS: ask for https://, not http://." in self.tokens(network, f"127.0.0.1:{port}")

    def test_one_that_is_not_believed(self, network, authority):
        with Server(*authority.sign("central", "IP:127.0.0.1")[:2]) as server:
            said = self.tokens(network, f"https://127.0.0.1:{server.port}")
        assert re.search(r'does not answer at https://\S+: its certificate is by "somebody else", expected an authority of \S+ca\.pem; .*--ca FILE', said), said
