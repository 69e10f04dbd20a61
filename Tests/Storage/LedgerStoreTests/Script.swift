import ChargingModel
import Foundation
import Ledger

/// Random ledger operations as Central may ask for them, from a seed: requests, repeats, closings, records that fit and that don't, wishes.
struct Script {
    private var random: SplitMix64
    private var clock: Int64 = 1_795_485_600_000
    private var open: [SessionID: ChargePointID] = [:]
    private var known: [(SessionID, ChargePointID)] = []
    private var requests = 0
    private var offlines = 0
    private var registers: [ChargePointID: Int64] = [:]

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    var now: WallTime { WallTime(milliseconds: clock) }

    private static let drivers = (1...4).map { DriverID(known: "driver-\($0)") }
    private static let points = (1...5).map { ChargePointID(known: "CP-00\($0)") }
    private static let meter = MeterID(known: "m-1")

    /// The next group of a commit.
    mutating func group() -> [LedgerOperation] {
        clock += Int64.random(in: 0...20_000, using: &random)
        return (0..<Int.random(in: 1...4, using: &random)).map { _ in operation() }
    }

    private mutating func operation() -> LedgerOperation {
        let driver = Script.drivers.randomElement(using: &random) ?? Script.drivers[0]
        let cp = Script.points.randomElement(using: &random) ?? Script.points[0]
        switch Int.random(in: 0..<18, using: &random) {
        case 0...3: return .decide(decision(driver, cp), vehicles: .max)
        case 4: return .find(driver, RequestID(known: "R\(Int.random(in: 0...max(1, requests), using: &random))"))
        case 5: return .findSession(anySession(), driver)
        case 6: return .confirm(anySession())
        case 7:
            let id = anySession()
            open[id] = nil
            let energy = Energy(wattHours: Int64.random(in: 0...50, using: &random))
            return .close(
                id, [.fault, .interrupted, .neverStarted].randomElement(using: &random) ?? .fault,
                Seen(register: energy, energy: energy, readings: 3, lost: 1), at: now)
        case 8...9 where Int.random(in: 0..<4, using: &random) == 0: return offline(driver, cp)
        case 8...9:
            let id = anySession()
            // Now and then another point speaks of it: that closes nothing.
            let place = Int.random(in: 0..<6, using: &random) == 0 ? cp : known.first { $0.0 == id }?.1 ?? cp
            return .record(place, record(id, from: place), RecordContext(seen: seen(), most: most()), at: now)
        case 10: return .availability(cp, outOfOrder: Bool.random(using: &random), at: now)
        case 11: return .fault(cp, [.faulty, .disconnected].randomElement(using: &random) ?? .faulty, why: "engine lost", at: now)
        case 12: return .recovery(cp, at: now)
        case 13: return .forget(cp, at: now)
        case 14: return .askStop(anySession(), at: now)
        case 15:
            let meter = Bool.random(using: &random) ? Script.meter : MeterID(known: "m-2")
            return .judge(RecordVerdict(session: anySession(), meter: meter, Bool.random(using: &random) ? .accept : .refuse, by: "anna"), at: now)
        case 16: return .token(tokenChange(driver), by: "anna", at: now)
        default: return .recent(now)
        }
    }

    private mutating func tokenChange(_ driver: DriverID) -> TokenChange {
        let token = TokenID(known: "CARD-\(Int.random(in: 1...6, using: &random))")
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return .add(token, driver, expires: Bool.random(using: &random) ? now : nil)
        case 1: return .block(token, of: Bool.random(using: &random) ? driver : nil)
        case 2: return .unblock(token)
        default: return .add(token, driver, expires: nil)
        }
    }

    private mutating func decision(_ driver: DriverID, _ cp: ChargePointID) -> Decision {
        let isRepeat = requests > 0 && Int.random(in: 0..<5, using: &random) == 0
        if !isRepeat { requests += 1 }
        let request = RequestID(known: "R\(isRepeat ? Int.random(in: 1...requests, using: &random) : requests)")
        let isFree = !open.values.contains(cp)
        // Now and then somebody asks at the station.
        let provenance = Int.random(in: 0..<4, using: &random) == 0 ? Provenance(origin: .station, token: TokenID(known: "card-1")) : .central
        guard isFree, !isRepeat else {
            return Decision(
                driver: driver, request: request, cp: cp, ruling: .denied(.busy, reason: "busy €"), verdict: .supplying, at: now,
                provenance: provenance)
        }
        let session = SessionID(known: "S\(requests)")
        open[session] = cp
        known.append((session, cp))
        let assignment = Assignment(
            session: session, cp: cp, power: Power(watts: 22_000),
            price: Price(microEuroPerKilowattHour: Int64.random(in: 0...900_000, using: &random)),
            meter: Script.meter, energyTarget: Bool.random(using: &random) ? Energy(wattHours: 500) : nil,
            duration: Bool.random(using: &random) ? .seconds(10) : nil)
        return Decision(
            driver: driver, request: request, cp: provenance.origin == .station ? cp : nil, ruling: .accepted(assignment), verdict: .activated,
            at: now,
            provenance: provenance)
    }

    /// A session that was begun offline: its energy was metered before or is new, and now and then its point has not said its part.
    private mutating func offline(_ driver: DriverID, _ cp: ChargePointID) -> LedgerOperation {
        offlines += 1
        let start = Energy(wattHours: Int64.random(in: 0...200, using: &random))
        let record = SessionRecord(
            session: SessionID(known: "OFF-\(Int.random(in: 1...offlines, using: &random))"), driver: driver, meter: MeterID(known: "m-off"),
            startRegister: start, endRegister: start + Energy(wattHours: Int64.random(in: 0...30, using: &random)), cost: .zero,
            started: WallTime(milliseconds: clock - 60_000), ended: now, endReason: .stopped,
            provenance: Provenance(origin: .offline, token: TokenID(known: "card-1"), clock: .station),
            stationReason: Bool.random(using: &random) ? StationWord("PowerLoss") : nil)
        let claims: [RecordContext.Claim?] = [
            .of(driver, Price(microEuroPerKilowattHour: 300_000), Power(watts: 22_000)), .of(driver, .limit, Power(watts: 1)), .unknownYet, nil,
        ]
        return .record(
            cp, record, RecordContext(mayBePutAside: Int.random(in: 0..<9, using: &random) > 0, claim: claims.randomElement(using: &random) ?? nil),
            at: now)
    }

    private mutating func anySession() -> SessionID {
        if Int.random(in: 0..<8, using: &random) == 0 { return SessionID(known: "by-hand-\(Int.random(in: 0..<3, using: &random))") }
        return known.randomElement(using: &random)?.0 ?? SessionID(known: "none")
    }

    private mutating func seen() -> Seen {
        guard Bool.random(using: &random) else { return Seen() }
        let energy = Energy(wattHours: Int64.random(in: 0...40, using: &random))
        return Seen(register: energy, energy: energy, readings: 5)
    }

    /// Now and then less than records claim.
    private mutating func most() -> Energy? {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: nil
        case 1: Energy(wattHours: Int64.random(in: 0...60, using: &random))
        default: Energy(wattHours: 1000)
        }
    }

    private mutating func record(_ id: SessionID, from cp: ChargePointID) -> SessionRecord {
        if open[id] == cp { open[id] = nil }
        let start = Int64.random(in: 0...30, using: &random)
        return SessionRecord(
            session: id, driver: Bool.random(using: &random) ? Script.drivers[0] : nil,
            meter: Int.random(in: 0..<6, using: &random) == 0 ? MeterID(known: "m-2") : Script.meter, startRegister: Energy(wattHours: start),
            endRegister: Energy(wattHours: start + Int64.random(in: 0...60, using: &random)), cost: Money(microEuro: 7),
            started: Bool.random(using: &random) ? now : nil, ended: now, endReason: EndReason.allCases.randomElement(using: &random) ?? .completed,
            stationReason: Bool.random(using: &random) ? StationWord("Local") : nil)
    }
}

/// A directory for the time of the body.
func withDirectory<Value>(_ body: (String) throws -> Value) throws -> Value {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("wattline-ledger-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path)
}
