import ChargingModel
import Ledger
import SQL
import Testing

@testable import LedgerStore

/// The checks that every store of the ledger must pass, whatever it is on.
enum Conformance {
    static let now = WallTime(milliseconds: 1_795_485_600_000)

    /// It answers every operation as the ledger in memory does, and holds the same when it is opened again.
    static func answers(_ seed: UInt64, _ open: () throws -> StoredLedger) throws {
        var script = Script(seed: seed)
        var book = LedgerBook()
        var store = try open()
        for round in 0..<60 {
            let group = script.group()
            #expect(try store.commit(group) == book.apply(group), "seed \(seed), round \(round): \(group)")
            if round % 10 == 9 {
                store = try open()
                #expect(try store.snapshot(at: script.now) == book.snapshot(at: script.now))
            }
        }
    }

    /// One operation that the schema forbids does not take its group with it, and says so.
    static func poison(_ store: StoredLedger) throws {
        // Two open sessions at one point (I1).
        let group = [("X1", "CP-001"), ("X2", "CP-001"), ("X3", "CP-003")].map { LedgerOperation.decide(accepted($0, at: $1), vehicles: .max) }
        let results = try store.commit(group)
        #expect(results[0] == .decided && results[2] == .decided)
        guard case .impossible = results[1] else {
            Issue.record("\(results[1])")
            return
        }
        #expect(try store.snapshot(at: now).openSessions.map(\.id.text) == ["S-X1", "S-X3"])
        #expect(try store.decision(of: DriverID(known: "driver-alice"), RequestID(known: "X2")) == nil)
    }

    /// I5, S1, S5, I4: what would break an invariant can't be stored, by any hand.
    static func invariants(_ store: StoredLedger, others: [String], _ database: any Database) throws {
        var atFaulty = accepted("R0", at: "CP-001")
        atFaulty.verdict = .faulty
        #expect(try store.commit([.decide(atFaulty, vehicles: .max)]).first != .decided)
        _ = try store.commit([.decide(accepted("R1", at: "CP-001"), vehicles: .max)])
        _ = try store.commit([.close(SessionID(known: "S-R1"), .fault, Seen(), at: now)])
        let attempts = [
            "UPDATE sessions SET price_micro_eur_per_kwh = 1", "UPDATE sessions SET end_reason = 'completed'",
            "UPDATE sessions SET closed_ms = NULL, end_reason = NULL, closing_order = NULL", "UPDATE sessions SET is_complete = 1",
            "UPDATE decisions SET verdict = 'FAULTY'", "UPDATE audit_log SET why = ''", "UPDATE sessions SET energy_wh = -1",
        ]
        for attempt in attempts + others { #expect(kind { try database.execute(attempt) } == .constraint, "\(attempt)") }
    }
}

/// The kind of the failure that the body ends with; `nil` when it does not fail.
func kind(_ body: () throws -> Any?) -> DatabaseError.Kind? {
    do {
        _ = try body()
        return nil
    } catch {
        return (error as? DatabaseError)?.kind
    }
}

/// A request that was accepted, of an id that says its session's.
func accepted(
    _ request: String, of driver: String = "driver-alice", at cp: String, _ now: WallTime = Conformance.now
) -> Decision {
    let assignment = Assignment(
        session: SessionID(known: "S-\(request)"), cp: ChargePointID(known: cp), power: Power(watts: 22_000),
        price: Price(microEuroPerKilowattHour: 300_000), meter: MeterID(known: "m-1"), energyTarget: nil, duration: nil)
    return Decision(
        driver: DriverID(known: driver), request: RequestID(known: request), cp: nil, ruling: .accepted(assignment), verdict: .activated, at: now)
}
