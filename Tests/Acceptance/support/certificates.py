"""An authority of somebody else, certificates by it, and a broker that shows one."""

import subprocess
import tempfile
import pathlib

from support.closing import Closing
from support.places import environment_without_settings, free_port
from support.programs import Program

CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Authority:
    def __init__(self, folder, name="somebody else"):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=folder))
        self.file = self.folder / "ca.pem"
        self.key = self.folder / "ca.key"
        openssl("req", "-x509", *CURVE, "-subj", f"/CN={name}", "-days", 30, "-keyout", self.key, "-out", self.file)

    def sign(self, name, hosts="", days=30):
        """The files of a certificate and its key, and of both together. One of -1 days has ended."""
        here = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        certificate, key, both = here / "certificate.pem", here / "key.pem", here / "both.pem"
        (here / "extensions").write_text(f"subjectAltName={hosts}\n" if hosts else "")
        openssl("req", "-new", *CURVE, "-subj", f"/CN={name}", "-keyout", key, "-out", here / "request")
        openssl("x509", "-req", "-in", here / "request", "-CA", self.file, "-CAkey", self.key, "-days", days, "-extfile", here / "extensions", "-out", certificate)
        both.write_text(certificate.read_text() + key.read_text())
        return certificate, key, both


def own_authority(folder):
    """The network's own, to sign what `wattline certificates` would not."""
    authority = Authority.__new__(Authority)
    authority.folder, authority.file, authority.key = folder.parent, folder / "ca.pem", folder / "ca.key"
    return authority


class SecureBroker(Closing):
    """A mosquitto that asks nobody for a name."""

    def __init__(self, folder, certificate, key, port=None):
        self.port = port or free_port()
        here = pathlib.Path(tempfile.mkdtemp(dir=folder))
        configuration = here / "mosquitto.conf"
        configuration.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nuser root\ncertfile {certificate}\nkeyfile {key}\ntls_version tlsv1.2\nlog_type all\n")
        self.program = Program(["/usr/sbin/mosquitto", "-c", configuration], environment_without_settings(), here)

    def come_up(self):
        self.program.line("running")

    def close(self):
        if self.program in Program.running:
            self.program.close()
