import Testing

/// Everything here needs a real mosquitto, and one after the other keeps two cores from blurring what is measured.
@Suite(.serialized) struct Broker {}
