import ChargingModel
import Glibc
import Platform
import Settings
import Testing

@testable import Supervisor

/// The broker's memory is replaceable (F10): damaged, it does not keep a network down.
@Suite("What the broker remembers") struct BrokerMemoryTests {
    static let aside = SetAside(file: "/d/broker/mosquitto.db", keptAs: "/d/broker/mosquitto.db.damaged-2026-11-28T17-20-00Z")

    private func bench(_ memory: SetAside.Result = .moved(aside)) -> CoreBench {
        var bench = CoreBench()
        bench.memory = memory
        bench.start()
        return bench
    }

    @Test(
        "F10: a broker that ends before it listens is started without what it remembers, and that is said",
        arguments: [
            ProcessEnd.exited(1), .exited(3), .signalled(11), .signalled(6), .signalled(7),
        ]) func ends(_ end: ProcessEnd)
    {
        var bench = bench()
        bench.perform(bench.core.exited(0, end, words: "Error: Couldn't open database.", at: bench.now))
        #expect(bench.spawned == [0, 0] && bench.finished == nil)
        #expect(bench.reports.count == 1)
        for text in ["\(end) (Error: Couldn't open database.)", BrokerMemoryTests.aside.file, BrokerMemoryTests.aside.name, "F10"] {
            #expect(bench.reports[0].contains(text), "\(bench.reports)")
        }
        bench.listen()
        #expect(bench.spawned == [0, 0, 1, 2, 3, 4] && bench.core.phase == .running && bench.putBack.isEmpty)
    }

    @Test("F10: a broker that hangs before it listens is killed and started without") func hangs() {
        var bench = bench()
        bench.pass(.seconds(10))
        #expect(bench.signals == ["broker KILL"])
        bench.exit(0, .signalled(9))
        #expect(bench.spawned == [0, 0] && bench.finished == nil)
        bench.listen()
        #expect(bench.core.phase == .running)
    }

    @Test("one that fails without it, too, fails for another reason: it is put back, and the broker's last words are told") func failsAnyway() {
        var bench = bench()
        bench.exit(0, .exited(1))
        bench.perform(bench.core.exited(0, .exited(1), words: "Error: Unknown configuration variable.", at: bench.now))
        #expect(bench.putBack == [BrokerMemoryTests.aside] && bench.spawned == [0, 0] && bench.finished == .unavailable)
        #expect(bench.reports.last?.contains("before it listened (Error: Unknown configuration variable.): no broker, no network") == true)
    }

    @Test(
        "whoever ends a broker by a signal, or a broker that ends well, is no reason to doubt it",
        arguments: [
            ProcessEnd.exited(0), .signalled(9), .signalled(15), .signalled(2),
        ]) func ended(_ end: ProcessEnd)
    {
        var bench = bench()
        bench.exit(0, end)
        #expect(bench.spawned == [0] && bench.finished == .unavailable && bench.reports.allSatisfy { !$0.contains("set aside") })
    }

    @Test("what can't be set aside is named, with what to do") func inTheWay() {
        var bench = bench(.failed(file: "/d/broker/mosquitto.db", reason: "Permission denied"))
        bench.exit(0, .exited(1))
        #expect(bench.finished == .unavailable && bench.spawned == [0])
        #expect(bench.reports[0].contains("/d/broker/mosquitto.db") && bench.reports[0].contains("Permission denied. Move it away"))
    }

    @Test("F10: the same in a network that runs: the broker comes back at once, and once only") func restarts() {
        var bench = CoreBench.running
        bench.memory = .moved(BrokerMemoryTests.aside)
        bench.pass(.seconds(60))
        bench.exit(0, .signalled(9))
        bench.pass(.seconds(1))
        bench.exit(0, .exited(1))
        #expect(bench.spawned.suffix(2) == [0, 0] && bench.reports.last?.hasPrefix("↻ broker restarted") == true)
        // It is something else, and stays so.
        bench.exit(0, .exited(1))
        #expect(bench.putBack == [BrokerMemoryTests.aside])
        let spawned = bench.spawned.count
        bench.pass(.seconds(2))
        #expect(bench.spawned.count == spawned + 1, "after the usual time")
        bench.exit(0, .exited(1))
        #expect(bench.reports.filter { $0.contains("set aside") }.count == 1)
        // Once it has listened, what it remembers is what it has written since.
        bench.pass(.seconds(4))
        bench.listen()
        bench.pass(.seconds(60))
        bench.exit(0, .signalled(9))
        bench.pass(.seconds(1))
        bench.exit(0, .signalled(11))
        #expect(bench.reports.filter { $0.contains("set aside") }.count == 2)
    }

    @Test("F10: one that listens and crashes young, twice in a row, is started without; not again for the third time") func crashesYoung() {
        var bench = CoreBench.running
        bench.memory = .moved(BrokerMemoryTests.aside)
        var asides: [Int] = []
        for _ in 0..<5 {
            bench.exit(0, .signalled(11))
            asides.append(bench.reports.filter { $0.contains("set aside") }.count)
            bench.pass(.seconds(30))
            bench.listen()
        }
        #expect(asides == [0, 1, 1, 1, 1])
    }

    // MARK: The file

    private let directory = TemporaryDirectory()
    private let time = WallTime(milliseconds: 1_795_886_400_000)

    private func write(_ bytes: [UInt8], to name: String = "mosquitto.db") {
        let descriptor = open("\(directory.path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        #expect(bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) } == bytes.count)
        close(descriptor)
    }

    private func moved(_ memory: BrokerMemory) throws -> SetAside {
        let result = memory.setAside(at: time)
        let aside: SetAside? = if case .moved(let aside) = result { aside } else { nil }
        return try #require(aside, "not moved: \(result)")
    }

    @Test("a new name never takes an earlier one's, and so many are kept") func names() throws {
        let memory = BrokerMemory(directory: directory.path, configuration: "persistence true\n")
        #expect(memory.setAside(at: time) == .nothing)
        var names: [String] = []
        for number in UInt8(0)..<8 {
            write([number])
            let aside = try moved(memory)
            #expect(aside.file == directory.path + "/mosquitto.db" && readWhole(aside.keptAs) == [number])
            names.append(aside.name)
        }
        #expect(Set(names).count == 8 && names[0] == "mosquitto.db.damaged-\(time.text.prefix(19).replacing(":", with: "-"))Z")
        #expect(names == names.sorted())
        let kept = names.filter { access("\(directory.path)/\($0)", F_OK) == 0 }
        #expect(kept == Array(names.suffix(BrokerMemory.kept)))
    }

    @Test("it is put back only where nothing new is") func puttingBack() throws {
        let memory = BrokerMemory(directory: directory.path, configuration: "persistence_file other.db\n")
        write([1], to: "other.db")
        let aside = try moved(memory)
        #expect(memory.putBack(aside) && readWhole(aside.file) == [1])
        let again = try moved(memory)
        write([2], to: "other.db")
        #expect(!memory.putBack(again) && readWhole(again.file) == [2] && readWhole(again.keptAs) == [1])
    }

    /// A message as mosquitto 2 saves it.
    private func save(topic: [UInt8], version: UInt8 = 6) -> [UInt8] {
        func half(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 255)] }
        let message =
            [UInt8](repeating: 0, count: 16) + [0, 0, 0, 2] + half(1) + half(3) + half(0) + half(topic.count) + half(1883) + [1, 1]
            + Array("ear".utf8) + topic + Array("{}".utf8)
        return [0, 0xB5, 0] + Array("mosquitto db".utf8) + [0, 0, 0, 0, 0, 0, 0, version, 0, 0, 0, 1, 0, 0, 0, 2, 7, 7, 0, 0, 0, 2, 0, 0]
            + half(message.count) + message
    }

    @Test("a topic that nobody can hear, and a file that breaks off, are found before the broker loads them; another form is left to the broker")
    func topics() {
        let memory = BrokerMemory(directory: directory.path, configuration: "")
        #expect(memory.objection() == nil, "no file")
        for topic in ["cp/CP-001/state", "depot-ñ/cp/CP-001/state", "cp/+"] {
            write(save(topic: Array(topic.utf8)))
            #expect(memory.objection() == nil, "\(topic)")
        }
        for topic in [[0x63, 0xFF, 0x2F], [0x63, 0x0F, 0x70], [0x63, 0x7F], [0xED, 0xA0, 0x80], [0x63, 0], [0xEF, 0xBF, 0xBF]] as [[UInt8]] {
            write(save(topic: topic))
            #expect(memory.objection()?.contains("is no text") == true, "\(topic)")
            write(save(topic: topic, version: 9))
            #expect(memory.objection() == nil)
        }
        let whole = save(topic: Array("cp/CP-001/state".utf8))
        for count in 0..<whole.count {
            write(Array(whole.prefix(count)))
            // Without a whole header it is the broker that says what it is; between two chunks it is smaller, and sound.
            #expect((memory.objection() == nil) == (count <= 23 || count == 33), "\(count)")
        }
        for seed in UInt64(0)..<200 {
            var random = SplitMix64(seed: seed)
            write(save(topic: [0x63]).map { Bool.random(using: &random) ? $0 : UInt8.random(in: .min ... .max, using: &random) })
            _ = memory.objection()
        }
    }

    @Test("what is no file is set aside before the broker hangs at it") func noFile() throws {
        let memory = BrokerMemory(directory: directory.path, configuration: "")
        #expect(mkdir(memory.path, 0o700) == 0 && mkfifo(memory.draft.path, 0o600) == 0)
        for file in [memory, memory.draft] {
            #expect(file.objection() != nil)
            let aside = try moved(file)
            #expect(access(aside.keptAs, F_OK) == 0 && file.objection() == nil)
        }
        #expect(symlink("/nowhere/at/all", memory.path) == 0 && memory.objection() == nil, "saving replaces it")
    }
}
