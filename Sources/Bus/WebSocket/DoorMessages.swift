/// An order to a door for stations. Those that name a connection that is not there any more change nothing.
public enum DoorOrder: Hashable, Sendable {
    /// The decision on a knock; once for each, in time.
    case answer(SocketID, Admission)
    /// A text frame; the bytes must be UTF-8.
    case send(SocketID, [UInt8])
    /// A ping of our own, beside those that are sent at intervals.
    case ping(SocketID)
    /// Say goodbye, wait a little for the same, close; `closed` comes of it, and no `text` before that.
    case close(SocketID, CloseCode, String)
    /// Close TCP at once, without a word; `closed` comes of it.
    case abort(SocketID)
    /// Read nothing more of it until `resume`. Meanwhile it counts as alive.
    case hold(SocketID)
    case resume(SocketID)
}

/// News of a door for stations, in the order in which it came to pass for each connection: `knocked`, then – if it was accepted – `opened`, `text`s, and
/// `closed`. After a knock that was not refused comes `closed` in any case, once, also when the station leaves before it is let in.
public enum DoorEvent: Hashable, Sendable {
    /// It listens on this port. Once.
    case listening(port: UInt16)
    /// It can't listen: why. Nothing comes of it any more but of `stop`, which is still due.
    case failed(String)
    /// Somebody wants to come in: answer within the time limit.
    case knocked(SocketID, Knock)
    /// The station was let in, and may be sent something.
    case opened(SocketID)
    /// A whole message: valid UTF-8, at most the limit's bytes.
    case text(SocketID, [UInt8])
    /// It is over with this connection.
    case closed(SocketID, SocketEnd)
    /// Somebody was turned away by the door itself, or failed at TLS: from which address, and why. Said of a few each second.
    case turnedAway(address: String, words: String)
    /// The certificate's file has changed, and is used from now on; or, with the error's words, is not.
    case certificate(file: String, problem: String?)
    /// After `stop`: all connections are closed, and the port is free. The last event.
    case stopped
}
