import ChargingModel
import Journal
import Testing

@testable import Simulation

@Suite("Modelled machines") struct MachineTests {
    @Test(
        "what is planned comes by its time, and what comes at the same time in the order of the plans",
        arguments: [50, 5_000_000_000, 900_000_000_000])
    func order(span: Int64) {
        var queue = EventQueue<Int>()
        var random = SplitMix64(seed: 7)
        var expected: [(at: Int64, number: Int)] = []
        for number in 0..<500 {
            let at = Int64.random(in: 0..<span, using: &random)
            expected.append((at, number))
            queue.insert(number, at: Instant(nanoseconds: at))
        }
        expected.sort { ($0.at, $0.number) < ($1.at, $1.number) }
        var found: [Int] = []
        while let next = queue.popFirst() { found.append(next) }
        #expect(found == expected.map(\.number))
        let rest = queue.first()
        #expect(queue.isEmpty && rest == nil)
    }

    @Test("what is planned while time passes comes in order, too: soon, in the same second, or much later")
    func orderOnTheWay() throws {
        var queue = EventQueue<Int64>()
        var random = SplitMix64(seed: 8)
        var waiting: [Int64] = []
        var clock: Int64 = 0
        for turn in 0..<5000 {
            if turn < 4000 {
                for _ in 0..<2 {
                    let at = clock + Int64.random(in: 0..<[1000, 1_000_000_000, 60_000_000_000][turn % 3], using: &random)
                    queue.insert(at, at: Instant(nanoseconds: at))
                    waiting.append(at)
                }
            }
            let least = try #require(waiting.indices.min { waiting[$0] < waiting[$1] })
            let first = queue.first()
            #expect(first == Instant(nanoseconds: waiting[least]))
            let found = queue.popFirst()
            #expect(found == waiting[least])
            clock = waiting[least]
            waiting.swapAt(least, waiting.count - 1)
            waiting.removeLast()
        }
    }

    @Test("P5: clocks drift both ways, and a deadline is met within a microsecond", arguments: [-100, -1, 0, 3, 100])
    func drift(parts: Int64) {
        var clock = MachineClock()
        clock.drift = parts
        for seconds: Int64 in [0, 1, 59, 86_400, 31_536_000] {
            let local = Instant(nanoseconds: seconds * 1_000_000_000 + 7)
            let time = clock.time(of: local)
            #expect(clock.monotonic(at: time) >= local)
            if time.nanoseconds > 1000 { #expect(clock.monotonic(at: Instant(nanoseconds: time.nanoseconds - 1000)) < local) }
        }
    }

    @Test("S3: what was synced survives a power cut, what was written survives a crash, and a torn end is no damage", arguments: 1...40)
    func disk(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let disk = SimulatedDisk()
        var synced = 0
        var written = 0
        for life in 0..<6 {
            let opening = try Journal.open(in: "x", disk: disk)
            #expect(opening.records.count >= synced, "life \(life)")
            #expect(opening.records.count <= written)
            synced = opening.records.count
            written = synced
            let turns = DiskTurns()
            let group = turns.group()
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                group.append([Array("{\"a\":\(written)}".utf8)], to: opening.journal) { result in
                    if case .success = result { synced += 1 }
                }
                written += 1
                if Bool.random(using: &random) { turns.finish() }
            }
            disk.callsLeft = Int.random(in: 0...6, using: &random)
            turns.finish()
            disk.callsLeft = nil
            if Bool.random(using: &random) { disk.losePower(&random) }
        }
    }

    @Test("a power cut may bring back what was cut off, until that is synced", arguments: [true, false])
    func uncut(isSynced: Bool) throws {
        var sizes: Set<Int> = []
        for seed: UInt64 in 0..<40 {
            var random = SplitMix64(seed: seed)
            let disk = SimulatedDisk()
            let file = try disk.open("x", to: .append)
            _ = try disk.write(file, Array(repeating: 1, count: 100)[...])
            try disk.syncFileSystem(file)
            try disk.truncate(file, to: 40)
            if isSynced { try disk.sync(file) }
            disk.losePower(&random)
            sizes.insert(try disk.read(disk.open("x", to: .read), atMost: 1000).count)
        }
        #expect(sizes == (isSynced ? [40] : [40, 100]))
    }

    @Test("a full disk takes half a write at most, then nothing")
    func halfFull() throws {
        let disk = SimulatedDisk()
        let file = try disk.open("x", to: .append)
        disk.isFull = true
        #expect(try disk.write(file, Array(repeating: 1, count: 100)[...]) == 50)
        #expect(throws: DiskError.self) { try disk.write(file, Array(repeating: 1, count: 50)[...]) }
    }

    @Test("incidents of one kind may overlap: each ends by itself, and the worst that goes on counts")
    func faults() {
        let faults = ActiveFaults()
        var random = SplitMix64(seed: 1)
        let short = Incident.Kind.lag(3, .seconds(1))
        faults.begin(short)
        faults.begin(.lag(3, .seconds(2)))
        #expect(faults.lag[3] == .seconds(2))
        faults.end(.lag(3, .seconds(2)))
        #expect(faults.lag[3] == .seconds(1))
        faults.end(short)
        #expect(faults.lag[3] == nil)
        for kind in [
            Incident.Kind.loss(1, 1000), .doubling(1000), .ledgerFails(1000), .diskFull(1), .hardware(1), .outOfOrder(1), .brokerKilled(.none),
        ] {
            faults.begin(kind)
            faults.begin(kind)
            faults.end(kind)
        }
        #expect(faults.isLost(from: 1, &random) && faults.isDoubled(&random) && faults.doesLedgerFail(&random))
        #expect(faults.isDiskFull(1) && faults.isHardwareBroken(1) && faults.isOutOfOrder(1) && faults.isBrokerAway)
        for kind in [
            Incident.Kind.loss(1, 1000), .doubling(1000), .ledgerFails(1000), .diskFull(1), .hardware(1), .outOfOrder(1), .brokerKilled(.none),
        ] {
            faults.end(kind)
        }
        #expect(!faults.isLost(from: 1, &random) && !faults.isDoubled(&random) && !faults.doesLedgerFail(&random))
        #expect(!faults.isDiskFull(1) && !faults.isHardwareBroken(1) && !faults.isOutOfOrder(1) && !faults.isBrokerAway)
    }

    @Test("a full disk takes no more, and says so")
    func full() throws {
        let disk = SimulatedDisk()
        let opening = try Journal.open(in: "x", disk: disk)
        disk.isFull = true
        let turns = DiskTurns()
        var failed = false
        turns.group().append([Array("{}".utf8)], to: opening.journal) { result in
            if case .failure(let error) = result { failed = error.isOfTheDisk }
        }
        turns.finish()
        #expect(failed)
        disk.isFull = false
        #expect(try Journal.open(in: "x", disk: disk).records.isEmpty)
    }
}

/// A loop and a worker that do everything when they are told to.
private final class DiskTurns {
    private var ends: [() -> Void] = []
    private var work: [() -> Void] = []

    func group() -> JournalGroup {
        JournalGroup { [self] run, then in
            work.append { then(run()) }
        } atEndOfTurn: { [self] body in
            ends.append(body)
        }
    }

    func finish() {
        while !ends.isEmpty || !work.isEmpty {
            let bodies = ends + work
            ends = []
            work = []
            for body in bodies { body() }
        }
    }
}
