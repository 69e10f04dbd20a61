"""MQTT packets byte by byte, also those that no library would send."""

import socket
import struct
import time

from support.closing import Closing


def text(value):
    raw = value if isinstance(value, bytes) else value.encode()
    return struct.pack("!H", len(raw) % 65536) + raw


def length(number):
    out = b""
    while True:
        number, digit = divmod(number, 128)
        out += bytes([digit | (128 if number else 0)])
        if not number:
            return out


def packet(first, body=b""):
    return bytes([first]) + length(len(body)) + body


def connect(client_id="", user=None, password=None, will=None, level=5, name="MQTT", keepalive=30, flags=None, properties=b""):
    """`will`: a topic and a payload, to be kept."""
    if flags is None:
        flags = 2 | (0x80 if user is not None else 0) | (0x40 if password is not None else 0) | (0x04 | 0x08 | 0x20 if will else 0)
    body = text(name) + bytes([level, flags]) + struct.pack("!H", keepalive)
    v5 = level == 5
    body += (length(len(properties)) + properties if v5 else b"") + text(client_id)
    if will:
        body += (b"\0" if v5 else b"") + text(will[0]) + text(will[1])
    body += b"".join(text(value) for value in (user, password) if value is not None)
    return packet(0x10, body)


def publish(topic, payload, qos=1, retain=False, number=7, properties=b""):
    body = text(topic) + (struct.pack("!H", number) if qos else b"") + length(len(properties)) + properties
    return packet(0x30 | qos << 1 | (1 if retain else 0), body + (payload if isinstance(payload, bytes) else payload.encode()))


def subscribe(*filters, number=8, qos=1):
    return packet(0x82, struct.pack("!H", number) + b"\0" + b"".join(text(one) + bytes([qos]) for one in filters))


PING = packet(0xC0)
DISCONNECT = packet(0xE0)


class Wire(Closing):
    """A socket to a broker or a server, which says what is given to it."""

    def __init__(self, port, timeout=1.0):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.rest = b""
        # The other end has hung up.
        self.is_over = False

    def say(self, *packets):
        """False when the other end has hung up."""
        try:
            self.socket.sendall(b"".join(packets))
            return True
        except OSError:
            return False

    def hear(self, most=65536):
        """The next bytes; none when it is over, or nothing comes."""
        try:
            said = self.socket.recv(most)
            self.is_over = not said
            return said
        except TimeoutError:
            return b""
        except OSError:
            self.is_over = True
            return b""

    def all(self, most=1 << 20, within=2.0):
        """All bytes until it is over, nothing comes any more, or the time is up."""
        said, ends = b"", time.monotonic() + within
        while len(said) < most and time.monotonic() < ends and (more := self.hear()):
            said += more
        return said

    def packet(self):
        """The next packet: its first byte and its body; `None` when it is over, or nothing comes."""
        while True:
            shift = size = 0
            for index, byte in enumerate(self.rest[1:5], 1):
                size |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    if len(self.rest) < 1 + index + size:
                        break
                    found = self.rest[0], self.rest[1 + index:1 + index + size]
                    self.rest = self.rest[1 + index + size:]
                    return found
            more = self.hear()
            if not more:
                return None
            self.rest += more

    def come(self, *args, **kwargs):
        """True when the broker lets somebody in."""
        self.say(connect(*args, **kwargs))
        answer = self.packet()
        return answer is not None and answer[0] == 0x20 and answer[1][1] == 0

    def close(self):
        self.socket.close()
