internal import EventLoop

/// Wattline's own loop, where NIO's event loops are at hand, too.
typealias Loop = EventLoop
