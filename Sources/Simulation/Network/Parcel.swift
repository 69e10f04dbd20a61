internal import ChargingModel
internal import ChargingProtocol

/// A payload on its way: encoded once, and read at most once, since the same bytes are the same message to everybody. Belongs to its world's thread.
final class Parcel: @unchecked Sendable {
    enum Reading {
        case unread
        case message(BusMessage)
        case deleted
        case rejected(Rejection)
    }

    let topic: String
    let payload: [UInt8]
    private var read = Reading.unread

    init(topic: String, payload: [UInt8]) {
        self.topic = topic
        self.payload = payload
    }

    func reading(_ wire: Wire) -> Reading {
        if case .unread = read {
            do throws(Rejection) {
                switch try wire.decode(topic: topic, payload: payload) {
                case .message(let message): read = .message(message)
                case .deleted: read = .deleted
                }
            } catch {
                read = .rejected(error)
            }
        }
        return read
    }
}

/// What a client sends.
enum Upward {
    case connect(will: Parcel?)
    case subscribe([(filter: String, isAtLeastOnce: Bool)], token: UInt64)
    case publish(Parcel, isAtLeastOnce: Bool, retain: Bool, expires: Duration?, token: UInt64)
    case disconnect
    /// Its end of the connection is closed without a word.
    case closed
}

/// What the broker sends.
enum Downward {
    case accepted
    case subscribed(token: UInt64)
    case received(token: UInt64)
    case publish(Parcel, retained: Bool, delivery: UInt64?)
    case closed
}
