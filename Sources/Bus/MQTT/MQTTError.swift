/// What went wrong on the bus. The description says what to do about it.
public struct MQTTError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case badURL(url: String, why: String)
        case badSetting(name: String, why: String)
        case badMessage(topic: String, why: String)
        case tooLarge(topic: String, bytes: Int)
        case notOnline
        case queueFull(messages: Int, bytes: Int)
        case unknownHost(host: String, why: String)
        case unreachable(address: String, why: String)
        case timedOut(address: String, waitedFor: String)
        case refused(address: String, reason: UInt8, why: String)
        /// Somebody listens, and hangs up instead of answering.
        case unanswered(address: String, why: String)
        case tls(address: String, TLSProblem)
        case closedByBroker
        case closed(why: String)
        case disconnected(reason: UInt8, why: String)
        case silent(seconds: Int)
        case stalled(Duration)
        case superseded(epoch: UInt64)
        case rejected(topic: String, reason: UInt8, why: String)
        case subscriptionRefused(filter: String, why: String)
        case library(call: String, why: String)
        /// One of the others, as a recording kept it.
        case recorded(text: String, mayBeTakeover: Bool)
    }

    package let code: Code

    package init(_ code: Code) { self.code = code }

    /// The connection may have ended because the broker let in another client with the same id. MQTT 5 has a reason for that (0x8E), but
    /// mosquitto 2.0.11 just closes, as it does when it is shut down.
    public var mayBeTakeover: Bool {
        switch code {
        case .closedByBroker, .disconnected(reason: 0x8E, _): true
        case .recorded(_, let mayBeTakeover): mayBeTakeover
        default: false
        }
    }

    /// The broker answered and said no: credentials, permissions or protocol are wrong, and trying again will hardly help.
    public var isRefusal: Bool {
        switch code {
        case .refused, .subscriptionRefused, .rejected, .badSetting, .badURL, .badMessage, .tooLarge: true
        default: false
        }
    }

    /// The message itself can't be sent, now or later; the connection is as good as before.
    public var isOfMessage: Bool {
        switch code {
        case .badMessage, .tooLarge, .rejected: true
        default: false
        }
    }

    /// The broker takes no packet of this size.
    public var isTooLarge: Bool { if case .tooLarge = code { true } else { false } }

    /// More is queued than the limits allow; try again after a `.delivered`.
    public var isQueueFull: Bool { if case .queueFull = code { true } else { false } }

    public var description: String {
        switch code {
        case .badURL(let url, let why): "'\(url)' is not the address of a broker: \(why); expected mqtt://[user:password@]host[:port] or mqtts://…"
        case .badSetting(let name, let why): "the setting \(name) is not usable: \(why)"
        case .badMessage(let topic, let why): "the message to '\(topic)' can't be sent: \(why)"
        case .tooLarge(let topic, let bytes):
            "the message to '\(topic)' is too large for the broker: \(bytes) bytes; see its max_packet_size"
        case .notOnline: "not connected to the broker; nothing is queued meanwhile, publish again after .online"
        case .queueFull(let messages, let bytes): "\(messages) messages (\(bytes) bytes) wait for the broker, which is the limit; wait for .delivered"
        case .unknownHost(let host, let why): "the broker's host '\(host)' has no address: \(why); check the name or give a numeric address"
        case .unreachable(let address, let why): "no broker at \(address): \(why); is it running, and is this its port?"
        case .timedOut(let address, let what): "the broker at \(address) did not answer: no \(what) in time"
        case .refused(let address, let reason, let why):
            "the broker at \(address) refused the connection: \(why) (reason \(reason))\(Self.advice(reason))"
        case .unanswered(let address, let why):
            "no answer from the broker at \(address): it closed the connection (\(why)); expected one that speaks MQTT without TLS at this port: "
                + "with TLS its address is mqtts://HOST:PORT"
        case .tls(let address, let problem): "no TLS connection with \(address): \(problem)"
        case .closedByBroker: "the broker closed the connection: it was shut down, or another client came with the same id"
        case .closed(let why): "the connection to the broker broke: \(why)"
        case .disconnected(let reason, let why): "the broker ended the connection: \(why) (reason \(reason))"
        case .silent(let seconds): "the broker was silent for more than its keepalive of \(seconds) s"
        case .stalled(let duration): "this process stood still for \(duration); the connection was dropped unread"
        case .superseded(let epoch): "the epoch \(epoch) was seen, above this connection's; connecting anew"
        case .rejected(let topic, let reason, let why):
            "the broker rejected the message to '\(topic)': \(why) (reason \(reason)); check its access rules"
        case .subscriptionRefused(let filter, let why): "the broker refused the subscription to '\(filter)': \(why); check its access rules"
        case .library(let call, let why): "\(call): \(why)"
        case .recorded(let text, _): text
        }
    }

    private static func advice(_ reason: UInt8) -> String {
        switch reason {
        case 0x84, 1: "; it must speak MQTT 5"
        case 0x85, 2: "; choose another client id"
        case 0x86, 0x87, 4, 5: "; check user name and password: wattline credentials add gives them. A certificate is asked for at a port of its own"
        default: ""
        }
    }
}
