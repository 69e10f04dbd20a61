"""What is said on a bus, as anybody with a broker's address can hear it."""

import json
import threading
import time
import uuid
from typing import NamedTuple

import paho.mqtt.client as mqtt
from paho.mqtt.subscribeoptions import SubscribeOptions

from support.closing import Closing


class Message(NamedTuple):
    at: float
    topic: str
    text: str
    qos: int
    retain: bool

    def has(self, *parts):
        return all(part in self.text for part in parts)

    @property
    def value(self):
        return json.loads(self.text)


class Bus(Closing):
    """Keeps all that is heard. `as_published`: the retained flag of a message is its sender's, not that of the delivery.

    `name`: with whose credentials, an object; without, it only hears what is public.
    """

    def __init__(self, port, topic="#", as_published=False, name=None):
        self.heard = []
        self.news = threading.Condition()
        self.subscribed = threading.Event()
        self.topic = topic
        self.options = SubscribeOptions(qos=1, retainAsPublished=as_published)
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=f"{name['client_id'] if name else 'acceptance'}:{uuid.uuid4().hex[:12]}", protocol=mqtt.MQTTv5)
        if name:
            self.client.username_pw_set(name["username"], name["password"])
        self.client.on_connect = lambda client, *_: client.subscribe(self.topic, options=self.options)
        self.client.on_subscribe = lambda *_: self.subscribed.set()
        self.client.on_message = self.receive
        self.client.reconnect_delay_set(1, 1)
        self.client.connect_async("127.0.0.1", port, keepalive=30)
        self.client.loop_start()
        if not self.subscribed.wait(30):
            self.close()
            raise AssertionError(f"no broker on port {port} within 30 s")

    def receive(self, client, userdata, message):
        with self.news:
            self.heard.append(Message(time.monotonic(), message.topic, message.payload.decode(errors="surrogateescape"), message.qos, message.retain))
            self.news.notify_all()

    def until(self, what, condition, within=30):
        """What `condition` finds, asked again at each message."""
        with self.news:
            found = self.news.wait_for(condition, within)
        assert found, f"{what}: not within {within} s"
        return found

    def message(self, topic, *parts, since=0.0, within=30, live=False):
        """The first message on the topic with these parts. `live`: not one that the broker had kept from before."""
        seen = 0

        def find():
            nonlocal seen
            for message in self.heard[seen:]:
                seen += 1
                if message.at >= since and mqtt.topic_matches_sub(topic, message.topic) and message.has(*parts) and not (live and message.retain):
                    return message
            return None

        return self.until(f"a message on {topic} with {' and '.join(parts) or 'anything'}", find, within)

    def last(self, topic):
        """The value that was said last on a topic."""
        with self.news:
            found = next((message for message in reversed(self.heard) if message.topic == topic), None)
        assert found, f"nothing was ever heard on {topic}"
        return found.value

    def publish(self, topic, value):
        """Hands it to the broker, which acknowledges it."""
        self.client.publish(topic, json.dumps(value), qos=1).wait_for_publish(10)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


def retained(port, topic, name=None):
    """What a broker keeps under a topic, by topic. It says so before anything that is said afterwards, such as the mark."""
    mark = f"{topic.removesuffix('#')}acceptance-{uuid.uuid4().hex}"
    with Bus(port, topic, name=name) as bus:
        bus.publish(mark, "all is said")
        bus.message(mark)
        return {message.topic: message.text for message in bus.heard if message.retain}
