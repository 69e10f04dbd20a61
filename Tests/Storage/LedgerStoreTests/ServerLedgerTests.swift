import ChargingModel
import Foundation
import Ledger
import PostgreSQL
import SQL
import Testing

@testable import LedgerStore

@Suite("The ledger on a server") struct ServerLedgerTests {
    private let now = Conformance.now

    private func onServer<Value>(_ body: (LedgerPlace) throws -> Value) throws -> Value {
        try TestServer.shared.get().withDatabase { try body(.server($0)) }
    }

    /// As Central opens it.
    private func open(
        _ place: LedgerPlace, site: String? = nil, by name: String = "central a", for lease: Duration = .seconds(30), again: Bool = false
    ) throws -> StoredLedger {
        try StoredLedger(at: place, site: site, as: .central(LedgerHolder(place: name, name: name, lease: lease), again: again))
    }

    /// The connection over which a Central says that it is there, or waits.
    private func turn(_ place: LedgerPlace, _ name: String, for lease: Duration = .seconds(30)) throws -> LedgerTurn {
        guard case .server(let address) = place else { throw DatabaseError(kind: .misuse, "no server") }
        return try LedgerTurn(at: address, site: nil, for: LedgerHolder(place: name, name: name, lease: lease))
    }

    /// The same, where what is tried may end with an error.
    private func onServer(_ body: (LedgerPlace) throws -> Void, orAfterItBreaks isExpected: (DatabaseError.Kind?) -> Bool) throws {
        try onServer { place in
            let failed = kind { try body(place) }
            #expect(isExpected(failed), "\(failed.map { "\($0)" } ?? "no error")")
        }
    }

    /// Tries again as long as somebody else has the right to write.
    private func eventually<Value>(_ body: () throws -> Value) throws -> Value {
        let end = ContinuousClock.now + .seconds(10)
        while true {
            do { return try body() } catch let error as DatabaseError where error.kind == .waiting && ContinuousClock.now < end { usleep(50_000) }
        }
    }

    /// True when the server has ended its connection: whoever took over did that.
    private func isCut(_ store: StoredLedger) -> Bool { kind { try store.snapshot(at: now) } == .unavailable }

    @Test("it answers every operation as the ledger in memory does, across new connections", arguments: 1...10)
    func conforms(_ seed: UInt64) throws {
        try onServer { place in try Conformance.answers(seed) { try open(place) } }
    }

    @Test("what a file holds and what a server holds of the same operations is the same, to every reader")
    func readers() throws {
        try withDirectory { directory in
            try onServer { place in
                var script = Script(seed: 12)
                let (file, server) = (try StoredLedger(path: directory + "/ledger.db"), try open(place))
                for _ in 0..<80 {
                    let group = script.group()
                    #expect(try file.commit(group) == server.commit(group))
                }
                let (a, b) = (try LedgerReader(path: directory + "/ledger.db"), try LedgerReader(at: place))
                let (audited, alike) = (try a.auditRecords(engines: []), try b.auditRecords(engines: []))
                #expect(audited.sessions == alike.sessions && audited.decisions == alike.decisions && audited.strays == alike.strays)
                #expect(audited.log == alike.log && audited.log.count > 100)
                let sessions = try a.sessions(SessionFilter())
                #expect(try sessions == b.sessions(SessionFilter()) && sessions.count > 10)
                for kind in SessionFilter.Kind.allCases {
                    var filter = SessionFilter()
                    filter.kind = kind
                    filter.since = WallTime(milliseconds: now.milliseconds + 100_000)
                    filter.most = 7
                    #expect(try a.sessions(filter) == b.sessions(filter))
                    #expect(try a.page(filter, before: sessions[3].id, most: 5) == b.page(filter, before: sessions[3].id, most: 5))
                }
                for text in ["S1", "1", "S", sessions[0].id.text, "none", "S'", "\u{1F50C}"] {
                    #expect(try a.sessions(like: text) == b.sessions(like: text), "\(text)")
                }
                for cp in Set(sessions.map(\.assignment.cp)) {
                    #expect(try a.faults(of: cp, most: 5) == b.faults(of: cp, most: 5))
                    #expect(try a.strays(of: cp, most: 5).map(\.stray) == b.strays(of: cp, most: 5).map(\.stray))
                }
                #expect(try a.tokens() == b.tokens())
                #expect(try a.size().sessions == b.size().sessions && b.size().bytes > 100_000)
                let since = WallTime(milliseconds: now.milliseconds + 50_000)
                var (sumOfFile, sumOfServer) = (try ClosedSum(since: since, a), try ClosedSum(since: since, b))
                #expect(sumOfFile.totals == sumOfServer.totals)
                for _ in 0..<20 {
                    let group = script.group()
                    #expect(try file.commit(group) == server.commit(group))
                }
                try sumOfFile.follow(a)
                try sumOfServer.follow(b)
                #expect(sumOfFile.totals == sumOfServer.totals)
            }
        }
    }

    @Test("one operation that the schema forbids does not take its group with it, and says so")
    func poison() throws {
        try onServer { place in try Conformance.poison(open(place)) }
    }

    @Test("I5, S1, S5, I4: what would break an invariant can't be stored")
    func invariants() throws {
        try onServer { place in
            let store = try open(place)
            let others = [
                "UPDATE sessions SET slot = 7", "UPDATE sessions SET site = 'x'", "DELETE FROM sessions", "DELETE FROM decisions",
                "INSERT INTO decisions (site, driver, request, session, verdict, at_ms) VALUES ('', 'a', 'b', 'no-such', 'ACTIVATED', 1)",
                "INSERT INTO decisions (site, driver, request, session, at_ms) SELECT '', 'a', 'b', id, 1 FROM sessions",
            ]
            try Conformance.invariants(store, others: others, store.database)
        }
    }

    @Test("a driver has one open session for each vehicle in the whole network: whoever loses the race is DRIVER_BUSY, and that is recorded")
    func twoSites() throws {
        try onServer { place in
            let (north, south) = (try open(place, site: "north"), try open(place, site: "south"))
            // Both sites have a point of the same name, which is another point.
            let (first, second) = (accepted("R1", at: "CP-001"), accepted("R2", at: "CP-001"))
            #expect(try north.commit([.decide(first, vehicles: 1)]) == [.decided])
            guard case .alreadyDecided(let denied, nil) = try south.commit([.decide(second, vehicles: 1)])[0],
                case .denied(.driverBusy, _) = denied.ruling
            else {
                Issue.record("the second was not denied")
                return
            }
            #expect(try south.decision(of: second.driver, second.request) == denied)
            #expect(try north.snapshot(at: now).openSessions.count == 1 && south.snapshot(at: now).openSessions.isEmpty)
            // What was decided at one site is told at the other.
            #expect(try south.commit([.find(first.driver, first.request)]) == north.commit([.find(first.driver, first.request)]))
        }
    }

    @Test("two sites that decide for the same drivers at the same time lose nothing and give no vehicle twice", arguments: 1...3)
    func race(_ round: Int) async throws {
        let server = try TestServer.shared.get()
        try await server.withSharedDatabase { address in
            let decided = try await withThrowingTaskGroup(of: [LedgerResult].self) { group in
                for site in ["north", "south", "east"] {
                    group.addTask {
                        let store = try open(.server(address), site: site)
                        var results: [LedgerResult] = []
                        for number in 0..<20 {
                            let drivers = (1...8).map { "driver-\($0)" }
                            // In opposite orders, which is how locks are waited for in a circle.
                            let order = site == "north" ? drivers : drivers.reversed()
                            let decisions = order.map { driver in
                                LedgerOperation.decide(
                                    accepted("\(site)-\(number)-\(driver)", of: driver, at: "\(site)-\(number)-\(driver)"), vehicles: 5)
                            }
                            results += try store.commit(decisions)
                        }
                        return results
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(decided.count == 3 * 20 * 8)
            let opened = decided.count { $0 == .decided }
            let busy = decided.count {
                if case .alreadyDecided(let held, nil) = $0, case .denied(.driverBusy, _) = held.ruling { true } else { false }
            }
            #expect(opened == 8 * 5 && opened + busy == decided.count, "\(opened) opened, \(busy) busy")
            let records = try ["north", "south", "east"].map { try LedgerReader(at: .server(address), site: $0).auditRecords(engines: []) }
            #expect(records.map(\.decisions.count).reduce(0, +) == decided.count && records.map(\.sessions.count).reduce(0, +) == opened)
        }
    }

    @Test("whoever had the right to write may not any more, not one row, and does not take it back; others are not touched")
    func superseded() throws {
        try onServer { place in
            let first = try open(place, site: "north", for: .milliseconds(1))
            let other = try open(place, site: "south")
            let second = try eventually { try open(place, site: "north", by: "central b") }
            #expect(kind { try first.commit([.decide(accepted("R1", at: "CP-001"), vehicles: 1)]) } == .superseded || isCut(first))
            #expect(kind { try open(place, site: "north", again: true) } == .superseded)
            #expect(
                try second.snapshot(at: now).openSessions.isEmpty && second.commit([.decide(accepted("R1", at: "CP-001"), vehicles: 1)]) == [.decided]
            )
            let again = try open(place, site: "north", by: "central b", again: true)
            #expect(try again.snapshot(at: now).openSessions.count == 1)
            #expect(try other.commit([.availability(ChargePointID(known: "CP-001"), outOfOrder: true, at: now)]) == [.done])
            // An operator writes while nobody else does, and is told so before.
            #expect(kind { try StoredLedger(at: place, site: "north") } == .busy)
            #expect(try again.snapshot(at: now).openSessions.count == 1)
        }
    }

    @Test("a connection that has no right to write any more writes nothing, also when nobody has cut it off")
    func fenced() throws {
        try onServer { place in
            let first = try open(place)
            let lease = try turn(place, "central a")
            try first.database.run("UPDATE writers SET token = token + 1, holder = 'another one', place = 'elsewhere'")
            #expect(kind { try first.commit([.decide(accepted("R1", at: "CP-001"), vehicles: 1)]) } == .superseded)
            #expect(kind { try first.snapshot(at: now) } == .superseded && kind { try lease.prolong() } == .superseded)
            #expect(kind { try first.prove() } == .superseded)
            try first.release()
            #expect(kind { try open(place, by: "central b") } == .waiting, "it gave back what was not its own")
        }
    }

    @Test("one writes at a time: others wait until it gives the right back, or was not heard of for its lease")
    func turns() throws {
        try onServer { place in
            let first = try open(place, for: .seconds(3))
            let lease = try turn(place, "central a", for: .seconds(3))
            let second = try turn(place, "central b", for: .milliseconds(300))
            #expect(try !lease.prolong().isAwaited)
            #expect(kind { try second.take() } == .waiting)
            // Prolonged again and again, for longer than the lease.
            for _ in 0..<4 {
                usleep(900_000)
                #expect(try lease.prolong().isAwaited)
                #expect(kind { try second.take() } == .waiting)
            }
            try first.release()
            let taken = try second.take()
            #expect(try taken.commit([.decide(accepted("R1", at: "CP-001"), vehicles: 1)]) == [.decided])
            #expect(try !turn(place, "central b", for: .milliseconds(300)).prolong().isAwaited)
            // It says nothing more.
            let third = try turn(place, "central c")
            let again = try eventually { try third.take() }
            #expect(try again.snapshot(at: now).openSessions.count == 1)
            #expect(kind { try open(place, by: "central d") } == .waiting)
        }
    }

    @Test("of many that wait one takes the right")
    func many() async throws {
        let server = try TestServer.shared.get()
        try await server.withSharedDatabase { address in
            for round in 1...10 {
                // Nobody has it when all of them look.
                try StoredLedger(at: .server(address), as: .alone(after: (1...4).map { "central \(round - 1) \($0)" })).release()
                let taken: Int = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 1...4 {
                        let name = "central \(round) \(number)"
                        group.addTask {
                            let turn = try LedgerTurn(at: address, site: nil, for: LedgerHolder(place: name, name: name, lease: .seconds(30)))
                            do {
                                let store = try turn.take()
                                try store.prove()
                                return true
                            } catch let error as DatabaseError where error.kind == .waiting {
                                return false
                            }
                        }
                    }
                    return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(taken == 1, "round \(round)")
            }
        }
    }

    @Test("the right is prolonged while a commit takes its time, and a clock that was set back ends it all the same")
    func longCommit() throws {
        try onServer { place in
            let first = try open(place, for: .seconds(3))
            let lease = try turn(place, "central a", for: .seconds(3))
            try first.writing { () throws(DatabaseError) in
                for _ in 0..<4 {
                    usleep(900_000)
                    try first.database.run("SELECT 1")
                    _ = try lease.prolong()
                }
            }
            #expect(kind { try open(place, by: "central b") } == .waiting)
            try first.database.run("UPDATE leases SET until = until + interval '2 hours'")
            _ = try open(place, by: "central b")
        }
    }

    @Test("whoever takes over waits for nothing that the one before had under way, and that one's rows are not there")
    func takenOverInTheMiddle() throws {
        try onServer { place in
            let first = try open(place, for: .milliseconds(300))
            // In the middle of a commit it stands still.
            try first.writing { () throws(DatabaseError) in
                try first.database.run("INSERT INTO wishes (site, cp, out_of_order, at_ms) VALUES ('', 'CP-9', 1, 1)")
                let began = ContinuousClock.now
                guard let second = try? eventually({ try open(place, by: "central b") }) else {
                    Issue.record("nobody took over")
                    return
                }
                #expect(ContinuousClock.now - began < .seconds(4), "the lock is waited for no longer than the connection lives")
                let wishes = (try? second.snapshot(at: now).availabilities) ?? [:]
                #expect(wishes.isEmpty)
                // The transaction can't end well.
                throw DatabaseError(kind: .misuse, "enough")
            }
        } orAfterItBreaks: {
            $0 == .unavailable || $0 == .misuse
        }
    }

    @Test("nobody takes the right in the middle of a commit, also where the connection that makes it can't be ended")
    func waitsForACommit() throws {
        try onServer { place in
            let first = try open(place, for: .milliseconds(1))
            // As it is where another role made it, or a pooler lies between.
            try first.database.run("UPDATE writers SET backend = 0")
            let second = try turn(place, "central b")
            try second.database.run("SET lock_timeout = '200ms'")
            usleep(10_000)
            try first.writing { () throws(DatabaseError) in
                try first.database.run("INSERT INTO wishes (site, cp, out_of_order, at_ms) VALUES ('', 'CP-9', 1, 1)")
                #expect(kind { try second.take() } == .busy)
            }
            #expect(try second.take().snapshot(at: now).availabilities.count == 1)
            #expect(kind { try first.snapshot(at: now) } == .superseded)
        }
    }

    @Test("the same data directory goes on at once, by another process; and an epoch that was used is known to the next one")
    func sameDirectory() throws {
        try onServer { place in
            let first = try open(place)
            let lease = try turn(place, "central a")
            #expect(try first.highestEpoch() == 0 && lease.prolong(under: 77).highestEpoch == 77)
            #expect(try lease.prolong(under: 70).highestEpoch == 77)
            let holder = LedgerHolder(place: "central a", name: "another process", lease: .seconds(30))
            let second = try StoredLedger(at: place, as: .central(holder, again: false))
            #expect(try second.highestEpoch() == 77)
            #expect(kind { try first.snapshot(at: now) } == .superseded || isCut(first))
        }
    }

    @Test("an operator writes in a Central's place when that is gone, and waits the moment until that is sure")
    func operators() throws {
        try onServer { place in
            let central = try open(place, for: .milliseconds(500))
            let card = LedgerOperation.availability(ChargePointID(known: "CP-001"), outOfOrder: true, at: now)
            #expect(try StoredLedger(at: place).commit([card]) == [.done])
            #expect(kind { try central.snapshot(at: now) } == .superseded || isCut(central))
            #expect(kind { try open(place, again: true) } == .superseded)
            let next = try open(place, for: .seconds(60))
            #expect(kind { try StoredLedger(at: place) } == .busy)
            // Who holds its directory knows that it is gone.
            #expect(try StoredLedger(at: place, as: .alone(after: ["central a"])).commit([card]) == [.done])
            let last = try open(place, for: .seconds(60))
            #expect(kind { try next.snapshot(at: now) } == .superseded || isCut(next))
            try last.release()
            #expect(try StoredLedger(at: place).commit([card]) == [.done])
        }
    }

    @Test("what is another site's is told to whoever asks, and changed by nobody here, though points are called the same")
    func ofAnotherSite() throws {
        try onServer { place in
            let (north, south) = (try open(place, site: "north"), try open(place, site: "south", by: "central b"))
            let decision = accepted("R1", at: "CP-001")
            let id = SessionID(known: "S-R1")
            _ = try north.commit([.decide(decision, vehicles: 1)])
            let before = try north.session(id)
            let record = SessionRecord(
                session: id, driver: decision.driver, meter: MeterID(known: "m-1"), startRegister: .zero, endRegister: Energy(wattHours: 9),
                cost: .zero, started: now, ended: now, endReason: .completed)
            _ = try south.commit([
                .confirm(id), .askStop(id, at: now), .close(id, .fault, Seen(), at: now),
                .record(ChargePointID(known: "CP-001"), record, RecordContext(seen: Seen(), most: nil), at: now),
            ])
            #expect(try north.session(id) == before && before?.isOpen == true)
            guard case .foundSession(let found?) = try south.commit([.findSession(id, decision.driver)])[0] else {
                Issue.record("the session of another site was not found")
                return
            }
            #expect(found == before)
            #expect(try south.strays(of: id).map(\.kind) == [.orphan] && north.strays(of: id).isEmpty)
        }
    }

    @Test("two who prune at once lose no energy of a meter")
    func pruning() async throws {
        let server = try TestServer.shared.get()
        try await server.withSharedDatabase { address in
            let place = LedgerPlace.server(address)
            let store = try open(place)
            let long = WallTime(milliseconds: now.milliseconds - 100 * 86_400_000)
            for number in 0..<60 {
                var decision = accepted("R\(number)", of: "driver-\(number)", at: "CP-001")
                decision.at = long
                let record = SessionRecord(
                    session: SessionID(known: "S-R\(number)"), driver: decision.driver, meter: MeterID(known: "m-1"),
                    startRegister: Energy(wattHours: Int64(number) * 10), endRegister: Energy(wattHours: Int64(number) * 10 + 10), cost: .zero,
                    started: long, ended: long, endReason: .completed)
                _ = try store.commit([
                    .decide(decision, vehicles: 1), .record(ChargePointID(known: "CP-001"), record, RecordContext(seen: Seen(), most: nil), at: long),
                ])
            }
            _ = try store.commit([.decide(accepted("new", at: "CP-002"), vehicles: 1)])
            let pruned = try await withThrowingTaskGroup(of: Pruned.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        let pruner = try StoredLedger(at: place, as: .beside)
                        return try pruner.prune(before: try pruner.pruningLimit(olderThan: 0, at: now), at: now, portion: 7)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(pruned.map(\.sessions).reduce(0, +) == 60 && pruned.map(\.energy.wattHours).reduce(0, +) == 600)
            let openings = try LedgerReader(at: place).auditRecords(engines: []).openings
            #expect(openings.map(\.records) == [60] && openings.map(\.energy.wattHours) == [600])
        }
    }

    @Test("a commit that the server calls done, though nobody else has it as was asked, is not known to be done")
    func cancelledWait() throws {
        let server = try TestServer(["synchronous_standby_names=nobody"])
        let address = server.place("postgres")
        let database = try PostgreSQLDatabase(address, for: .writing)
        let cancelled = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            guard let other = try? PostgreSQLDatabase(address, for: .reading) else { return }
            let cancel = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
            while (try? other.rows(cancel) { _ in true })?.isEmpty == true { usleep(10_000) }
            cancelled.signal()
        }
        #expect(kind { try database.transaction { () throws(DatabaseError) in try database.run("CREATE TABLE public.t (n int)") } } == .unavailable)
        #expect(cancelled.wait(timeout: .now() + 1) == .success, "it waited for its time alone")
    }

    @Test("a connection that is killed, or a server that only reads, is told as that, and nothing is half done")
    func failures() throws {
        try onServer { place in
            let store = try open(place)
            _ = try store.commit([.decide(accepted("R1", at: "CP-001"), vehicles: 9)])
            let other = try open(place, site: "south")
            try other.database.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
            #expect(kind { try store.commit([.decide(accepted("R2", at: "CP-002"), vehicles: 9)]) } == .unavailable)
            #expect(kind { try store.commit([.decide(accepted("R3", at: "CP-003"), vehicles: 9)]) } == .unavailable)
            let again = try open(place)
            #expect(try again.snapshot(at: now).openSessions.map(\.id.text) == ["S-R1"])
            try again.database.run("SET default_transaction_read_only = on")
            #expect(kind { try again.commit([.decide(accepted("R4", at: "CP-004"), vehicles: 9)]) } == .readOnly)
        }
        let nobody = try #require(PostgreSQLAddress("postgres://wattline@127.0.0.1:1/none"))
        #expect(kind { try StoredLedger(at: .server(nobody)) } == .unavailable)
    }

    @Test("a ledger of a later version is left as it is, and an empty database has none to be read")
    func versions() throws {
        try onServer { place in
            #expect(kind { try LedgerReader(at: place) } == .unavailable)
            let store = try open(place)
            try store.database.run("UPDATE ledger SET version = 99")
            #expect(kind { try open(place) } == .later)
            #expect(kind { try LedgerReader(at: place) } == .later)
        }
    }

    @Test(
        "an address is shown without what is secret in it",
        arguments: [
            ("postgres://a:geheim@db:5432/w?sslmode=require", "postgres://db:5432/w", true), ("postgresql://a@h1,h2/w", "postgres://h1,h2/w", false),
            ("postgres://wattline@/w?host=/run/pg", "postgres:///w", false), ("postgres://h/w?user=a&password=b", "postgres://h/w", true),
            ("postgres://h", "postgres://h", false), ("postgres://u:pa?ss@db/w", "postgres://db/w", true),
            ("postgres://u@h/w?sslpassword=x", "postgres://h/w", true), ("postgres://u@h/w?pass%77ord=x", "postgres://h/w", true),
        ])
    func shown(_ text: String, _ shown: String, _ hasPassword: Bool) throws {
        let address = try #require(PostgreSQLAddress(text))
        #expect(address.shown == shown && address.hasPassword == hasPassword)
        #expect(PostgreSQLAddress(address.withoutPassword)?.hasPassword == false)
    }

    @Test(
        "what libpq would read otherwise than it looks is no address",
        arguments: ["postgres://u:pa/ss@db/w", "postgres://u:50%off@db/w", "mysql://h/w"])
    func noAddress(_ text: String) { #expect(PostgreSQLAddress(text) == nil) }
}
