"""TLS as its users meet it: `wattline up --tls`, brokers with certificates that are wrong, points with one of their own, and renewal under load."""

import json
import re
import socket
import ssl
import stat
import subprocess
import threading
import urllib.parse
import urllib.request
import uuid
import zlib

import paho.mqtt.client as mqtt
import pytest
import websockets
from support.certificates import Authority, SecureBroker, own_authority
from support.manuals import blocks
from support.places import ROOT, environment_without_settings, free_port
from support.programs import Program
from support.station import Station
from support.waiting import eventually


@pytest.fixture(scope="module")
def network(start_network):
    port = free_port()
    network = start_network("--tls", "--ocpp-port", port)
    network.url_of_stations = f"wss://localhost:{port}/ocpp"
    return network


@pytest.fixture(scope="module")
def ca(network):
    return network.data / "certificates/ca.pem"


@pytest.fixture(scope="module")
def wattline(network):
    """Runs a command beside the network; what it says."""

    def run(*arguments, status=0):
        command = [network.binary, *arguments, "--data", network.data]
        found = subprocess.run(command, cwd=ROOT, env=environment_without_settings(), capture_output=True, text=True, timeout=60)
        assert found.returncode == status, f"{command} ended with {found.returncode}: {found.stdout}{found.stderr}"
        return found.stdout + found.stderr

    return run


@pytest.fixture(scope="module")
def certificate_port(network):
    """The port for those with a certificate of their own."""
    return json.loads((network.data / "up.json").read_text())["broker"]["certificate_port"]


@pytest.mark.parametrize("name", ["ST-1", "DE*ABC*E1"])
def test_a_station_comes_in_by_its_certificate(network, ca, wattline, name):
    """Security profiles 2 and 3, with certificates of ours."""
    url = f"{network.url_of_stations}/{urllib.parse.quote(name, safe='')}"
    password = json.loads(wattline("credentials", "add", "station", name, "--json"))["password"]
    tls = ssl.create_default_context(cafile=ca)
    with Station(url, "1.6", name, password, tls=tls) as st:
        st.boot()
    with pytest.raises(websockets.InvalidStatus) as refused:
        Station(url, "1.6", tls=tls)
    assert refused.value.response.status_code == 401
    said = wattline("certificates", "add", "station", name)
    tls.load_cert_chain(re.search(r"\S+\.pem", said)[0])
    stolen = ssl.create_default_context(cafile=ca)
    stolen.load_cert_chain(re.search(r"\S+\.pem", said)[0])
    with Station(url, "1.6", tls=tls) as st:
        st.boot()
        wattline("credentials", "rotate", "station", name)
        assert st.ends()[0] == 1008, "it has another certificate now"
    with pytest.raises(websockets.InvalidStatus) as refused:
        Station(url, "1.6", tls=stolen)
    assert refused.value.response.status_code == 401, "the former certificate is worth nothing"
    tls.load_cert_chain(re.search(r"\S+\.pem", said)[0])
    with Station(url, "1.6", tls=tls) as st:
        st.boot()
    other = f"other-{name[:2]}"
    wattline("credentials", "add", "station", other)
    with pytest.raises(websockets.InvalidStatus) as refused:
        Station(f"{network.url_of_stations}/{other}", "1.6", tls=tls)
    assert refused.value.response.status_code == 401


def s_client(port, *arguments):
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", *arguments]
    found = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
    return found.stdout + found.stderr


def serial(port):
    """Of the certificate that a server shows."""
    shown = ssl.get_server_certificate(("127.0.0.1", port))
    return subprocess.run(["openssl", "x509", "-noout", "-serial"], input=shown, capture_output=True, text=True, check=True).stdout


def curl(*arguments):
    found = subprocess.run(["curl", "-sS", "-m", "10", *map(str, arguments)], capture_output=True, text=True)
    return found.returncode, found.stdout, found.stderr


def page(network, ca, path):
    with urllib.request.urlopen(network.url + path, timeout=5, context=ssl.create_default_context(cafile=ca)) as answer:
        return answer.read().decode()


class TestNetwork:
    def test_ten_points_register_and_the_first_driver_is_accepted(self, network):
        network.up.line(r"driver-\w+ +│ .*ACCEPTED")
        network.up.until("ten points", lambda lines: len({found[1] for line in lines if (found := re.search(r"✅ CP (CP-\d+) registered", line))}) == 10, 30)

    def test_watching_is_one_command_the_one_that_up_prints(self, network):
        command = network.up.line(r"watch +(mosquitto_sub .*)")[1]
        assert "--cafile" in command and f"-p {network.port}" in command
        heard = subprocess.run(["bash", "-c", f"{command} -C 3 -W 10"], capture_output=True, text=True)
        assert heard.returncode == 0 and heard.stdout.count("\n") == 3, heard.stderr

    def test_by_hand_under_a_name(self, network):
        command = [network.binary, "as", "--data", network.data, "driver", "me", "mosquitto_rr", "-t", "driver/me/request", "-e", "driver/me/status",
                   "-m", '{"request":"by-hand"}', "-W", "10"]
        said = subprocess.run(command, cwd=ROOT, env=environment_without_settings(), capture_output=True, text=True, timeout=30)
        assert '"by-hand"' in said.stdout, said.stderr

    def test_who_looks_on_needs_no_flag(self, wattline):
        assert "CP-001" in wattline("top", "--once")

    def test_nobody_is_served_without_tls(self, network):
        plain = subprocess.run(["mosquitto_sub", "-p", str(network.port), "-t", "#", "-C", "1", "-W", "5"], capture_output=True, text=True)
        assert plain.returncode != 0 and plain.stdout == ""
        settings = (network.data / "broker/mosquitto.conf").read_text()
        listeners = re.findall(r"^listener .*$", settings, re.M)
        assert len(listeners) == len(re.findall("^certfile ", settings, re.M)) == 2

    @pytest.mark.parametrize("which", ["broker", "certificates", "dashboard"])
    def test_tls_1_1_is_refused_and_1_2_is_not(self, network, certificate_port, which):
        port = {"broker": network.port, "certificates": certificate_port, "dashboard": network.http_port}[which]
        old = s_client(port, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0")
        assert "alert" in old and "Cipher is (NONE)" in old, old
        assert "Protocol  : TLSv1.2" in s_client(port, "-tls1_2")

    def test_all_keys_and_certificates_are_their_owners_alone(self, network):
        found = [path for path in (network.data / "certificates").rglob("*") if path.is_file()]
        assert {path.name for path in found} >= {"ca.pem", "ca.key", "server.pem", "server.key"}
        assert {str(path): oct(stat.S_IMODE(path.stat().st_mode)) for path in found if stat.S_IMODE(path.stat().st_mode) != 0o600} == {}

    def test_the_list_says_for_whom_and_until_when(self, wattline):
        assert "localhost 127.0.0.1 ::1" in wattline("certificates", "list")
        entries = {entry["name"]: entry for entry in map(json.loads, wattline("certificates", "list", "--json").splitlines())}
        assert entries["server"]["days_left"] in (364, 365) and entries["ca"]["days_left"] in (3649, 3650)
        assert entries["server"]["authority"] == entries["ca"]["subject"]


    def test_the_commands_of_the_manual_do_what_it_says(self, network):
        first, second = [block.commands for block in blocks("docs/security.md") if "tls" in block.commands]
        assert first.endswith("wattline up --tls --data /tmp/wattline-tls")
        script = second.replace("alias wattline='.build/release/wattline'", f'wattline() {{ {network.binary} "$@"; }}').replace("/tmp/wattline-tls", str(network.data))
        found = subprocess.run(["bash", "-ec", script], cwd=ROOT, env=environment_without_settings(), capture_output=True, text=True, timeout=60)
        assert found.returncode == 0, found.stdout + found.stderr
        for said in ["cp/CP-0", "server", "is renewed", ": ready", "engine:CP-901 may come"]:
            assert said in found.stdout, said


class TestDashboard:
    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
    def test_the_page_by_its_authority(self, network, ca, host):
        status, text, errors = curl("--cacert", ca, f"https://{host}:{network.http_port}/")
        assert status == 0 and "<!doctype html>" in text.lower(), errors

    def test_not_without_it(self, network):
        assert curl(network.url)[0] == 60

    def test_http_is_told_what_it_is(self, network):
        status, text, errors = curl("-i", network.url.replace("https", "http"))
        assert status == 0 and "400 Bad Request" in text and "speaks HTTPS" in text, errors

    def test_somebody_who_says_nothing_is_let_go(self, network):
        with socket.create_connection(("127.0.0.1", network.http_port), timeout=30) as silent:
            assert silent.recv(1) == b""

    def test_the_time_that_is_left_is_measured(self, network, ca):
        def left():
            return dict(re.findall(r'^wattline_certificate_expires_seconds{certificate="(\w+)"} (\S+)$', page(network, ca, "/metrics"), re.M))

        found = eventually("the metric", left, 10)
        assert 364 * 86400 < float(found["server"]) <= 365 * 86400 and float(found["ca"]) > 3649 * 86400

    def test_the_health_says_when_they_end(self, network, ca):
        ends = json.loads(page(network, ca, "/health"))["certificates"]
        assert {"ca", "server"} <= ends.keys() and all(re.fullmatch(r"20\d\d-\d\d-\d\dT\S+Z", end) for end in ends.values()), ends

    def test_commands_of_this_machine_find_it(self, network, wattline):
        assert "ready" in wattline("health", f"https://127.0.0.1:{network.http_port}")
        said = subprocess.run(
            [network.binary, "ledger", "accept", "01KB0F2Q8M0V5TTBKPFAJJ1234", "--meter", "m-1", "--data", network.data], cwd=ROOT,
            env={**environment_without_settings(), "WATTLINE_ADMIN_TOKEN": network.token}, capture_output=True, text=True)
        assert said.stderr.startswith("✖ Central says:"), said.stderr


class TestWrongCertificates:
    """Each has one line that says what was found, what was expected and what helps, and the program tries again."""

    @pytest.fixture(scope="class")
    def authority(self, folder):
        return Authority(folder)

    def monitor(self, binary, folder, url, *arguments):
        command = [binary, "monitor", "--cp", "CP-900", "--engine", "127.0.0.1:9", "--mqtt", url, "--data", folder / uuid.uuid4().hex, "--color", "never"]
        return Program([*command, *arguments], environment_without_settings())

    @pytest.mark.parametrize("fault, hosts, days, url, said", [
        ("another host", "DNS:broker.example", 30, "mqtts://127.0.0.1", r"is for broker\.example, expected 127\.0\.0\.1; .*renew --host 127\.0\.0\.1"),
        ("another name", "DNS:broker.example,IP:127.0.0.1", 30, "mqtts://localhost", r"is for broker\.example, 127\.0\.0\.1, expected localhost"),
        ("it has ended", "IP:127.0.0.1", -1, "mqtts://127.0.0.1", r'"server" ended at 20\S+, expected one that holds now; .*certificates renew'),
    ])
    def test_it_is_said_and_a_good_one_is_found_later(self, binary, folder, authority, fault, hosts, days, url, said):
        certificate, key, _ = authority.sign("server", hosts, days)
        with SecureBroker(folder, certificate, key) as broker:
            with self.monitor(binary, folder, f"{url}:{broker.port}", "--ca", authority.file) as monitor:
                monitor.line(r"Not connected to the broker: no TLS connection with \S+: .*" + said + ".*; trying again")
                broker.close()
                good, its_key, _ = authority.sign("server", "IP:127.0.0.1,DNS:localhost")
                with SecureBroker(folder, good, its_key, broker.port):
                    monitor.line("Connected to the broker again")
                assert len([line for line in monitor.lines if "no TLS connection" in line]) == 1, "one line, not one for each attempt"

    @pytest.mark.parametrize("host, told", [("localhost", "localhost"), ("127.0.0.1", None)])
    def test_the_broker_is_told_by_which_name_it_is_called(self, binary, folder, authority, host, told):
        certificate, key, _ = authority.sign("server", "IP:127.0.0.1,DNS:localhost")
        heard = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.sni_callback = lambda socket, name, context: heard.append(name)
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(20)
            with self.monitor(binary, folder, f"mqtts://{host}:{server.getsockname()[1]}", "--ca", authority.file):
                with context.wrap_socket(server.accept()[0], server_side=True) as connection:
                    assert connection.recv(1) == b"\x10", "a CONNECT"
        assert heard == [told]

    def test_an_authority_that_is_not_known(self, binary, folder, authority):
        certificate, key, _ = authority.sign("server", "IP:127.0.0.1")
        other = Authority(folder, "another")
        with SecureBroker(folder, certificate, key) as broker:
            for arguments, expected in [(["--ca", other.file], str(other.file)), ([], "this system")]:
                with self.monitor(binary, folder, f"mqtts://127.0.0.1:{broker.port}", *arguments) as monitor:
                    monitor.line(rf'is by "somebody else", expected an authority of {re.escape(expected)}; .*--ca FILE or WATTLINE_CA.*trying again')

    def test_plain_text_to_a_tls_port_and_tls_to_a_plain_one(self, binary, folder, authority):
        certificate, key, _ = authority.sign("server", "IP:127.0.0.1")
        with SecureBroker(folder, certificate, key) as broker, self.monitor(binary, folder, f"mqtt://127.0.0.1:{broker.port}") as monitor:
            monitor.line(r"expected one that speaks MQTT without TLS at this port: with TLS its address is mqtts://HOST:PORT; trying again")
        port = free_port()
        configuration = folder / "plain.conf"
        configuration.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nuser root\nlog_type all\n")
        with Program(["/usr/sbin/mosquitto", "-c", configuration]) as broker:
            broker.line("running")
            with self.monitor(binary, folder, f"mqtts://127.0.0.1:{port}", "--ca", authority.file) as monitor:
                monitor.line(r"hung up during the handshake, expected a port with TLS \(8883 as a rule\); without TLS the address is mqtt://HOST:PORT.*; trying again")

    @pytest.mark.parametrize("arguments, said", [
        (["driver", "--name", "x", "--mqtt", "mqtts://127.0.0.1", "--ca", "/no/such/file"], '--ca="/no/such/file": expected a file'),
        (["driver", "--name", "x", "--mqtt", "mqtt://127.0.0.1", "--ca", "/etc/passwd"], "expected a broker with TLS, mqtts://HOST:PORT, and not mqtt://"),
        (["driver", "--name", "x", "--mqtt", "mqtt://127.0.0.1", "--certificate", "/etc/passwd"], "expected a broker with TLS"),
        (["driver", "--name", "x", "--mqtt", "mqtts://127.0.0.1", "--certificate", "/no/such/file"], '--certificate="/no/such/file": expected a file'),
        (["up", "--tls", "--open"], "--tls: expected not to be given together with --open"),
        (["up", "--tls", "--mqtt", "mqtts://127.0.0.1"], "--tls: expected not to be given together with the broker"),
        (["up", "--ca", "/etc/passwd"], '--ca="/etc/passwd": expected somebody else\'s broker with TLS'),
        (["central", "--http-port", "0", "--http-certificate", "/etc/passwd"], "--http-key: expected a file"),
        (["central", "--http-port", "0", "--http-certificate", "/etc/passwd", "--http-key", "/etc/passwd"],
         '--http-certificate="/etc/passwd": expected a file with a certificate'),
        (["certificates", "init", "--host", "a b"], '--host="a b": expected a host name'),
        (["certificates", "init", "--days", "9999"], '--days="9999": expected'),
        (["certificates", "renew"], "there is no authority in"),
        (["certificates", "add", "engine", "CP 1"], '"CP 1" is no id'),
    ])
    def test_what_can_not_be_is_refused_by_name_value_and_what_was_expected(self, binary, folder, arguments, said):
        found = subprocess.run([binary, *arguments, "--data", folder / "nothing"], cwd=ROOT, env=environment_without_settings(), capture_output=True,
                               text=True, timeout=30)
        assert found.returncode in (1, 64, 78) and said in found.stderr, found.stderr


class Client:
    """Somebody at the port for certificates: what becomes of it."""

    def __init__(self, ca, port, client_id, certificate, user=None, will=None):
        self.reason = None
        self.ended = threading.Event()
        self.answered = threading.Event()
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5)
        self.client.tls_set(ca_certs=str(ca), certfile=certificate and str(certificate))
        if user:
            self.client.username_pw_set(*user)
        if will:
            self.client.will_set(will, "{}", qos=1)
        self.client.on_connect = self.connected
        self.client.on_disconnect = lambda *_: self.ended.set()
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def connected(self, client, userdata, flags, reason, properties):
        self.reason = reason
        self.answered.set()

    @property
    def is_let_in(self):
        assert self.answered.wait(10), "no answer"
        return not self.reason.is_failure

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


class TestClientCertificates:
    @pytest.fixture(scope="class")
    def certificate(self, network, wattline):
        """Of a point that is in no list."""
        wattline("credentials", "add", "point", "CP-900")
        wattline("credentials", "add", "engine", "CP-900")
        wattline("certificates", "add", "engine", "CP-900")
        return network.data / "certificates/engine/CP-900.pem"

    @pytest.fixture
    def client(self, ca, certificate_port, certificate):
        made = []

        def come(client_id, certificate=certificate, user=None, will=None):
            made.append(Client(ca, certificate_port, client_id, certificate, user, will))
            return made[-1]

        yield come
        for one in made:
            one.close()

    def test_a_point_comes_without_a_password(self, network, wattline, ca, certificate_port, certificate, folder):
        command = [network.binary, "engine", "--cp", "CP-900", "--power", "22", "--price", "0.3", "--kind", "AC", "--mqtt", f"mqtts://127.0.0.1:{certificate_port}",
                   "--ca", ca, "--certificate", certificate, "--data", folder / "point", "--color", "never"]
        with Program(command, environment_without_settings()) as engine:
            engine.line("CP CP-900: .* → ACTIVATED")
            assert "CP-900" in wattline("top", "--once")

    def test_it_is_nobody_else(self, network, client):
        assert client("engine:CP-900").is_let_in
        for other in ["central", "engine:CP-001", "monitor:CP-900", "driver:driver-alice"]:
            assert not client(other).is_let_in, other
        central = json.loads((network.data / "credentials/central/central.json").read_text())
        assert not client("central", user=("central", central["password"])).is_let_in, "a password does not make it another"
        assert client("engine:CP-900", user=("engine:CP-900", "")).is_let_in, "its own name may be given, too"

    def test_it_says_nothing_for_another(self, client):
        one = client("engine:CP-900")
        assert one.is_let_in
        one.client.publish("cp/CP-001/state", "{}", qos=1)
        assert one.ended.wait(10), "whoever writes what is not his is disconnected"

    def test_without_a_certificate_or_with_one_by_another_authority_nobody_comes(self, network, ca, certificate_port, folder):
        stranger = Authority(folder).sign("engine:CP-900")[2]
        for arguments, said in [([], "wants a certificate"), (["--certificate", stranger], "does not believe our certificate|is shown one with --certificate")]:
            command = [network.binary, "engine", "--cp", "CP-900", "--power", "22", "--price", "0.3", "--kind", "AC", "--mqtt",
                       f"mqtts://127.0.0.1:{certificate_port}", "--ca", ca, "--data", folder / "stranger", "--color", "never", *arguments]
            with Program(command, environment_without_settings()) as program:
                program.line(said)

    def test_a_name_that_is_revoked_is_gone_with_its_certificate(self, wattline, client, network, folder):
        wattline("credentials", "add", "engine", "CP-902")
        wattline("certificates", "add", "engine", "CP-902")
        own = network.data / "certificates/engine/CP-902.pem"
        copy = folder / "copy.pem"
        copy.write_text(own.read_text())
        one = client("engine:CP-902", copy)
        assert one.is_let_in
        wattline("credentials", "revoke", "engine", "CP-902")
        assert one.ended.wait(10)
        assert not own.exists() and not client("engine:CP-902", copy).is_let_in

    @pytest.fixture
    def stolen(self, wattline, network, folder, request):
        """A point of its own: the file of its certificate, and a copy of it."""
        point = f"CP-{zlib.crc32(request.node.name.encode()) % 100_000:05}-x"
        wattline("credentials", "add", "engine", point)
        wattline("certificates", "add", "engine", point)
        own = network.data / f"certificates/engine/{point}.pem"
        copy = folder / f"{point}.pem"
        copy.write_text(own.read_text())
        return point, own, copy

    @pytest.mark.parametrize("commands", [["credentials rotate"], ["certificates add"], ["credentials revoke", "credentials add", "certificates add"]])
    def test_a_copy_of_one_that_was_replaced_is_worth_nothing(self, network, ca, wattline, client, stolen, commands):
        point, own, copy = stolen
        one = client(f"engine:{point}", copy, will=f"cp/{point}/state")
        assert one.is_let_in
        with Program(["mosquitto_sub", "--cafile", ca, "-p", str(network.port), "-v", "-t", f"cp/{point}/state", "-t", "central/status"]) as watcher:
            watcher.line("central/status")
            for command in commands:
                wattline(*command.split(), "engine", point)
            assert one.ended.wait(10), "it is thrown out"
            watcher.line(f"cp/{point}/state")
        assert not client(f"engine:{point}", copy).is_let_in
        assert client(f"engine:{point}", own).is_let_in, "the new one is"

    def test_renewed_who_is_there_stays_and_who_comes_needs_the_new_one(self, network, wattline, client, stolen):
        point, own, copy = stolen
        one = client(f"engine:{point}", copy)
        assert one.is_let_in
        said = len(network.up.lines)
        wattline("certificates", "renew")
        # The server's is another one, too: the broker asks for everybody again.
        network.up.until("the server's certificate", lambda lines: [line for line in lines[said:] if "server.pem is another one, and is read" in line], 15)
        assert not client(f"engine:{point}", copy).is_let_in
        one.client.publish(f"cp/{point}/telemetry", "{}", qos=1).wait_for_publish(10)
        assert not one.ended.is_set(), "it was there before"
        assert client(f"engine:{point}", own).is_let_in

    def test_what_was_due_lets_in_until_it_ends_unless_it_is_replaced(self, wattline, client, stolen):
        point, own, copy = stolen
        wattline("certificates", "renew", "--days", "5")
        copy.write_text(own.read_text())
        wattline("certificates", "renew", "--due")
        assert own.read_text() != copy.read_text()
        one = client(f"engine:{point}", copy)
        assert one.is_let_in
        wattline("credentials", "rotate", "engine", point)
        assert one.ended.wait(10)
        assert not client(f"engine:{point}", copy).is_let_in

    def test_one_file_that_is_damaged_costs_nobody_else(self, network, wattline, client, stolen):
        point, own, copy = stolen
        own.write_text("nonsense")
        said = f"{own} holds no certificate: expected one in PEM form; wattline certificates add engine {point} makes another one"
        listed = wattline("certificates", "list", status=1)
        assert said in listed and "engine:CP-900" in listed
        renewed = wattline("certificates", "renew", status=1)
        assert said in renewed and "engine:CP-900 is renewed" in renewed and "server is renewed" in renewed
        network.up.line(re.escape(said), 40)
        assert client(f"engine:{point}", copy).is_let_in, "its owner may have a copy that is good"
        wattline("certificates", "add", "engine", point)
        assert said not in wattline("certificates", "list")

    def test_one_by_another_authority_is_told_apart(self, wattline, stolen, folder):
        point, own, copy = stolen
        own.write_text(Authority(folder).sign(f"engine:{point}")[2].read_text())
        assert re.search(rf"engine:{point} .* by another authority", wattline("certificates", "list"))
        entries = {entry["name"]: entry for entry in map(json.loads, wattline("certificates", "list", "--json").splitlines())}
        assert entries[f"engine:{point}"]["by_this_authority"] is False and entries["server"]["by_this_authority"] is True
        own.write_text(copy.read_text())


class TestRenewal:
    def test_an_end_that_is_near_is_said_and_a_new_certificate_takes_it_back(self, network, wattline, ca):
        wattline("certificates", "renew", "--days", "5")
        network.up.line(r"The certificate of server \(\S+\) ends in 4 days: wattline certificates renew")
        assert len(wattline("certificates", "renew", "--due").splitlines()) >= 1
        assert "Nothing to renew" in wattline("certificates", "renew", "--due")

    @pytest.mark.parametrize("key", [[], ["--new-key"]])
    def test_it_is_shown_soon_and_nobody_loses_a_connection(self, network, wattline, certificate_port, key):
        ports = [network.port, certificate_port, network.http_port]
        before = {port: serial(port) for port in ports}
        running = {process["name"]: process["pid"] for process in json.loads((network.data / "up.json").read_text())["processes"]}
        said = len(network.up.lines)
        wattline("certificates", "renew", *key)
        for port in ports:
            eventually(f"the new certificate at {port}", lambda port=port: serial(port) != before[port], 15)
        charged = len([line for line in network.up.lines if "COMPLETED" in line])
        network.up.until("two sessions", lambda lines: len([line for line in lines if "COMPLETED" in line]) >= charged + 2, 60)
        assert [line for line in network.up.lines[said:] if re.search("Not connected|Connected to the broker again|started again", line)] == []
        assert running == {process["name"]: process["pid"] for process in json.loads((network.data / "up.json").read_text())["processes"]}

    def test_the_authority_is_the_same(self, network, ca, wattline):
        before = ca.read_text()
        wattline("certificates", "renew")
        assert ca.read_text() == before
        assert curl("--cacert", ca, network.url + "/health")[0] == 0

    def test_a_certificate_that_arrives_before_its_key_waits_for_it(self, network, ca, certificate_port):
        folder = network.data / "certificates"
        certificate, key, _ = own_authority(folder).sign("localhost", "DNS:localhost,IP:127.0.0.1")
        ports = [network.port, certificate_port, network.http_port]
        present = subprocess.run(["openssl", "x509", "-noout", "-serial", "-in", folder / "server.pem"], capture_output=True, text=True, check=True).stdout
        # One that was renewed a moment ago is shown first.
        for port in ports:
            eventually(f"the present certificate at {port}", lambda port=port: serial(port) == present, 15)
        before = {port: serial(port) for port in ports}
        said = len(network.up.lines)
        (folder / "server.pem").write_text(certificate.read_text())
        network.up.line(r"server\.pem can't be used: expected a certificate whose key is \S+server\.key; the one before holds until they belong together")
        network.up.line(r"HTTPS keeps the certificate that it has: --http-key=.*: expected the key of the certificate in \S+server\.pem")
        assert {port: serial(port) for port in ports} == before, "who comes anew is served with the pair before"
        (folder / "server.key").write_text(key.read_text())
        for port in ports:
            eventually(f"the new certificate at {port}", lambda port=port: serial(port) != before[port], 15)
        for words in ["until they belong together", "HTTPS keeps"]:
            assert len([line for line in network.up.lines[said:] if words in line]) == 1, f"{words}: once"

    def test_a_certificate_that_can_not_be_used_changes_nothing(self, network, wattline):
        server = network.data / "certificates/server.pem"
        good, shown = server.read_text(), serial(network.http_port)
        server.write_text("nonsense")
        network.up.line("HTTPS keeps the certificate that it has")
        assert serial(network.http_port) == shown
        server.write_text(good)
        assert "COMPLETED" in network.up.until("a session", lambda lines: next((line for line in reversed(lines) if "COMPLETED" in line), None), 60)


def test_the_next_up_keeps_its_authority_and_renews_what_has_ended(start_network, binary):
    network = start_network("--tls", "--drivers", "none")
    network.up.line("CP CP-001 registered")
    assert network.stop() == 0
    folder = network.data / "certificates"
    authority = own_authority(folder)
    ended, key, _ = authority.sign("localhost", "DNS:localhost,IP:127.0.0.1", -1)
    (folder / "server.pem").write_text(ended.read_text())
    (folder / "server.key").write_text(key.read_text())
    before = authority.file.read_text()
    with Program([binary, "up", "--tls", "--drivers", "none", "--data", network.data, "--color", "never"], environment_without_settings()) as up:
        assert "server.pem" in up.line("A new certificate: (.*)")[1]
        up.line("CP CP-001 registered")
        up.interrupt()
        assert up.ends(30) == 0
    assert authority.file.read_text() == before


def test_a_client_certificate_that_is_damaged_does_not_keep_up_from_starting(start_network, binary):
    data = start_network("--tls", "--drivers", "none")
    data.up.line("CP CP-001 registered")
    assert data.stop() == 0
    run = [binary, "certificates", "add", "engine", "CP-001", "--data", data.data]
    assert subprocess.run(run, cwd=ROOT, env=environment_without_settings(), capture_output=True).returncode == 0
    damaged = data.data / "certificates/engine/CP-001.pem"
    damaged.write_text("")
    with Program([binary, "up", "--tls", "--drivers", "none", "--data", data.data, "--color", "never"], environment_without_settings()) as up:
        up.line(rf"{re.escape(str(damaged))} holds no certificate: .*wattline certificates add engine CP-001 makes another one")
        up.line("CP CP-001 registered")
        up.interrupt()
        assert up.ends(30) == 0


def test_hosts_are_added_and_left_out_and_sixteen_are_the_most(binary, folder):
    data = folder / "hosts"

    def run(*arguments, status=0):
        command = [binary, "certificates", *arguments, "--data", data]
        found = subprocess.run(command, cwd=ROOT, env=environment_without_settings(), capture_output=True, text=True, timeout=30)
        assert found.returncode == status, found.stderr
        return found.stdout + found.stderr

    def named(count):
        return [word for number in range(count) for word in ("--host", f"host-{number}.example")]

    assert "for host-0.example, host-1.example" in run("init", *named(2))
    assert "for host-0.example, host-1.example, localhost" in run("renew", "--host", "localhost")
    assert "for localhost:" in run("renew", "--only", "--host", "localhost")
    said = run("renew", *named(16), status=1)
    assert "17 hosts are too many: expected at most 16" in said and "--only" in said
    assert len(json.loads(run("init", "--json", "--only", *named(16)).splitlines()[-1])["hosts"]) == 16
    assert "--only: expected --host NAME with it" in run("init", "--only", status=64)
