import RawMQTT

extension BrokerDuel {
    /// What a client sees.
    enum Seen: Equatable, CustomStringConvertible {
        case connack
        case message(topic: String, payload: String, id: UInt64, retained: Bool, remaining: UInt32?)
        case suback(UInt64)
        case unsuback(UInt64)
        case puback(UInt64)
        case closed

        var description: String {
            switch self {
            case .connack: "CONNACK"
            case .message(let topic, let payload, let id, let retained, let remaining):
                "\(topic) '\(payload)' \(id > 0 ? "QoS 1 #\(id)" : "QoS 0")\(retained ? " retained" : "")\(remaining.map { " \($0) s" } ?? "")"
            case .suback(let token): "SUBACK \(token)"
            case .unsuback(let token): "UNSUBACK \(token)"
            case .puback(let token): "PUBACK \(token)"
            case .closed: "closed"
            }
        }

        /// Equal, but for a second more or less to live, as the clock ticks between the two; in the last second nothing is said.
        func agrees(with other: Seen) -> Bool {
            guard case .message(let topic, let payload, let id, let retained, let remaining) = self,
                case .message(topic, payload, id, retained, let others) = other
            else { return self == other }
            return abs(Int64(remaining ?? 0) - Int64(others ?? 0)) <= 1
        }
    }

    /// A connection, and what was seen on it, in reality and in the model.
    final class Seat {
        let client: Int
        let number: UInt64
        let raw: RawClient
        let acknowledges: Bool
        var owed: [UInt16] = []
        var seen: [Seen] = []
        var expected: [Seen] = []
        private var lastPacket: UInt16 = 0

        init(client: Int, number: UInt64, raw: RawClient, acknowledges: Bool) {
            self.client = client
            self.number = number
            self.raw = raw
            self.acknowledges = acknowledges
        }

        func packet() -> UInt16 {
            lastPacket += 1
            return lastPacket
        }
    }
}
