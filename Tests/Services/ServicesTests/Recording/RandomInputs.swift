public import ChargingModel
import ChargingProtocol
import Journal
import MQTT
import Runtime

@testable import Services

/// Inputs of every kind, drawn from a seed.
struct RandomInputs {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    private mutating func any(_ limit: UInt64 = .max) -> UInt64 { random.next() % limit }
    private mutating func bool() -> Bool { any(2) == 0 }

    /// Words, quotes, controls, letters of other scripts, nothing.
    private mutating func text() -> String {
        let parts = ["", "cp/CP-001/state", "\"", "\\", "\n", "\u{0}", "\u{7F}", "\u{85}", "é", "e\u{301}", "😀", "\u{FEFF}", "\u{2028}", " "]
        return (0..<any(6)).map { _ in parts[Int(any(UInt64(parts.count)))] }.joined()
    }

    private mutating func bytes() -> [UInt8] { bool() ? Array(text().utf8) : (0..<any(40)).map { _ in UInt8(truncatingIfNeeded: random.next()) } }
    private mutating func id<Kind>() -> Identifier<Kind> { Identifier(known: "id-\(any(1_000_000))") }
    private mutating func connection() -> ConnectionID { ConnectionID(number: any()) }
    private mutating func token() -> DeliveryToken { DeliveryToken(number: any()) }
    private mutating func duration() -> Duration { .nanoseconds(Int64(any(1 << 62))) }
    private mutating func error() -> MQTTError { MQTTError(bool() ? .closedByBroker : .closed(why: text())) }

    mutating func transport() -> TransportEvent {
        switch any(11) {
        case 0: .attempting(connection())
        case 1: .opened(connection())
        case 2: .accepted(connection())
        case 3: .subscribed(connection(), token(), refusal: bool() ? error() : nil)
        case 4: .acknowledged(connection(), token())
        case 5: .rejected(connection(), token(), error())
        case 6: .ended(connection(), error())
        case 7: .disconnected(connection())
        case 8: .stalled(duration())
        default:
            .received(
                connection(),
                IncomingMessage(
                    topic: text(), payload: bytes(), retained: bool(), qos: bool() ? .atLeastOnce : .atMostOnce,
                    subscription: bool() ? UInt32(any(1 << 28)) : nil))
        }
    }

    mutating func common() -> PartyInput {
        switch any(6) {
        case 0: .start
        case 1: .tick
        case 2: .stop
        case 3: .journal(JournalResult(ticket: any(), .done(records: Int(any(1000)))))
        case 4: .journal(JournalResult(ticket: any(), .failed(text(), isFinal: bool())))
        default: .bus(transport())
        }
    }

    mutating func engine() -> EngineRuntime.Event {
        switch any(4) {
        case 0: .fault(nil)
        case 1: .fault(text())
        case 2: .contactorClosed(id(), .unlimited)
        default:
            .contactorClosed(
                id(), Load(steps: (0..<any(5)).map { Load.Step(until: Energy(wattHours: Int64($0 + 1) * 1000), power: Power(watts: Int64(any(9)))) }))
        }
    }

    mutating func monitor() -> MonitorRuntime.Event { .checked(bool() ? .passed : .failed(text())) }

    mutating func driver() -> DriverRuntime.Event {
        switch any(3) {
        case 0: .wish(.stopSession(id()))
        case 1: .wish(.rest)
        default:
            .wish(
                .needs(
                    ChargingNeeds(
                        points: (0..<any(3)).map { _ in id() }, energy: bool() ? Energy(wattHours: Int64(any(1 << 53))) : nil,
                        stay: bool() ? duration() : nil, patience: duration())))
        }
    }

    mutating func gateway() -> GatewayRuntime.Event {
        switch any(5) {
        case 0: return .news(.listens(text()))
        case 1:
            return .news(
                .turnedAway(
                    GatewayReport.Stranger(
                        name: text(), address: text(), status: 400 + Int(any(99)), why: text(), at: WallTime(milliseconds: Int64(any(1 << 40))))))
        case 2:
            var report = StationAbout(epoch: 0, gateway: id(), station: id(), name: text(), isConnected: bool())
            report.clockAhead = bool() ? Int64(any(9)) - 4 : nil
            report.connectors = (0..<any(3)).map {
                StationAbout.Connector(number: Int($0) + 1, cp: id(), status: text(), error: bool() ? text() : nil)
            }
            report.quirks = (0..<any(3)).map { "quirk-\($0)" }
            return .news(.station(report))
        case 3:
            var reply = StationReply(epoch: 0, gateway: id(), station: id(), id: id(), outcome: .answered, isDone: bool(), words: text())
            (reply.part, reply.hasMore, reply.isCut, reply.payload) = (Int(any(9)), bool(), bool(), bool() ? text() : nil)
            return .news(.reply(reply))
        default:
            return .news(
                .frame(
                    StationFrame(
                        epoch: 0, gateway: id(), station: id(), direction: bool() ? .fromStation : .toStation,
                        at: WallTime(milliseconds: Int64(any(1 << 40))), bytes: Int(any(9)), missed: any(9), text: text())))
        }
    }

    mutating func central() -> CentralRuntime.Event {
        switch any(12) {
        case 8: .watch(id(), bool())
        case 9: .askStation(id(), .localList, any())
        case 10: .askStation(id(), bool() ? .notSupported("reserve-now") : .wish(.changeConfiguration(key: "k", value: text())), any())
        case 0: .committed(any(), nil)
        case 1: .committed(any(), [])
        case 2: .snapshot(any(), nil)
        case 3: .snapshot(any(), LedgerSnapshot())
        case 4: .ask(.outOfOrder(id()), any())
        case 5: .ask(.resume(id()), any())
        case 6: .ask(.stop(id()), any())
        case 7: .ask(.forget(id()), any())
        default:
            .ask(
                .judge(
                    RecordVerdict(
                        session: id(), meter: id(), cp: bool() ? id() : nil, end: bool() ? Energy(wattHours: Int64(any(1 << 53))) : nil,
                        bool() ? .accept : .refuse, by: text())), any())
        }
    }
}

extension Identifier: ExpressibleByUnicodeScalarLiteral {}
extension Identifier: ExpressibleByExtendedGraphemeClusterLiteral {}
extension Identifier: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(known: text) }
}
