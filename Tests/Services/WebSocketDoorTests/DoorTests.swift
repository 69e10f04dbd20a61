import Testing

/// All tests of the door and of the station's side, one after the other: some are about time, and each has threads of its own.
@Suite(.serialized) enum DoorTests {}
