"""Discovery messages that Home Assistant would refuse or misread: each is a good one with one fault."""

import copy

FAULTS = {
    "no device": lambda m: m.pop("dev"),
    "no origin": lambda m: m.pop("o"),
    "an origin without a name": lambda m: m["o"].pop("name"),
    "no components": lambda m: m["cmps"].clear(),
    "a device that nothing identifies": lambda m: m["dev"].pop("ids"),
    "a device's member that is not there": lambda m: m["dev"].update(colour="red"),
    "a component without a platform": lambda m: power(m).pop("p"),
    "a platform that is not there": lambda m: power(m).update(p="meter"),
    "no unique id": lambda m: power(m).pop("unique_id"),
    "no state topic": lambda m: power(m).pop("state_topic"),
    "a state topic with a wildcard in a level": lambda m: power(m).update(state_topic="cp/CP+/state"),
    "a misspelled member": lambda m: power(m).update(value_templat="{{ value }}"),
    "a unit that the class does not have": lambda m: power(m).update(unit_of_measurement="kw"),
    "no unit": lambda m: meter(m).pop("unit_of_measurement"),
    "a state class that energy can't have": lambda m: meter(m).update(state_class="measurement"),
    "a class that is not there": lambda m: meter(m).update(device_class="current_energy"),
    "an enumeration with a unit": lambda m: state(m).update(unit_of_measurement="kW"),
    "an enumeration with a state class": lambda m: state(m).update(state_class="measurement"),
    "options of no enumeration": lambda m: meter(m).update(options=["a"]),
    "no options": lambda m: state(m).update(options=[]),
    "a text with statistics": lambda m: m["cmps"]["driver"].update(state_class="measurement"),
    "a sensor's member on a binary sensor": lambda m: problem(m).update(state_class="measurement"),
    "a sensor's class on a binary sensor": lambda m: problem(m).update(device_class="energy"),
    "two kinds of availability": lambda m: m.update(availability_topic="a"),
    "an availability without a topic": lambda m: m["availability"][0].pop("topic"),
    "an icon without a set": lambda m: state(m).update(icon="car"),
    "a precision below zero": lambda m: power(m).update(suggested_display_precision=-1),
    "an id with a space": lambda m: m["cmps"].update({"a b": power(m)}),
}


def power(message):
    return message["cmps"]["power"]


def meter(message):
    return message["cmps"]["meter"]


def state(message):
    return message["cmps"]["state"]


def problem(message):
    return message["cmps"]["problem"]


def broken(message, fault):
    other = copy.deepcopy(message)
    FAULTS[fault](other)
    return other
