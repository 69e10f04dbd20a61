internal import MQTT
internal import RawMQTT

/// The first words with the broker: whether it can be checked at all.
enum Reception {
    /// The reason why nothing can be said about its rules; `nil` when something can.
    /// - Throws: ``BrokerCheck/Unavailable`` without a broker that lets the name in.
    static func obstacle(_ settings: CheckSettings) throws -> String? {
        let address = settings.address
        func unavailable(_ why: String) -> BrokerCheck.Unavailable { BrokerCheck.Unavailable(description: why) }
        do throws(RawFailure) { _ = try RawClient(to: address, patience: settings.patience, interruption: settings.interruption) } catch {
            throw unavailable("\(error)")
        }
        let exchange = Exchange(settings, "reception")
        defer { _ = exchange.finish() }
        let guest: Guest
        do {
            let (made, answer) = try exchange.connect("first")
            guest = made
            switch answer.reason {
            case 0: break
            case 0x01, 0x84: throw unavailable("the broker at \(address) does not speak MQTT 5: \(ReasonCode.text(answer.reason))")
            case 0x85, 0x02:
                throw unavailable(
                    "the broker at \(address) does not take the client id \(settings.clientID(of: "reception-first")): "
                        + "give a name that may come under any (--credentials), as the owner's")
            case 0x86, 0x87, 0x04, 0x05:
                throw unavailable(
                    "the broker at \(address) does not let this name in: \(ReasonCode.text(answer.reason)); give another (--credentials)")
            case let reason: throw unavailable("the broker at \(address) refused the connection: \(ReasonCode.text(reason))")
            }
        } catch let end as CheckEnd {
            switch end {
            case .notTried(let why): throw unavailable(why)
            case .breaks(let why), .notOffered(let why):
                throw unavailable(
                    "what answers at \(address) does not speak MQTT 5: \(why)" + (address.tls == nil ? "; with TLS it is mqtts://HOST:PORT" : ""))
            }
        } catch let failure as RawFailure {
            throw unavailable("\(failure)")
        }
        do {
            try guest.subscribe("a")
            try guest.publish("a", "1")
            _ = try guest.message("echo of its own word")
            return nil
        } catch let end as CheckEnd {
            switch end {
            case .notTried(let why), .notOffered(let why), .breaks(let why):
                return "no way to speak below \(settings.prefix): \(why); give a name that may (--credentials), or another place (--prefix)"
            }
        }
    }
}
