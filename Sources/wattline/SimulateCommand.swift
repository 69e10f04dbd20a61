import ArgumentParser
import ChargingModel
import Demand
import Glibc
import Platform
import Reports
import Settings
import Simulation
import Synchronization
import Terminal

struct SimulateCommand: WattlineCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Plays a network in virtual time, breaks it by a seed, and checks the rules after every step.",
        discussion: """
            The cores, the codec, the journals and the ledger's rules are those of the real programs; broker, network, disks and clocks are \
            modelled. The same seed is the same run. Exit code 0 when every rule held, 1 when one was broken.

            EXAMPLES
              wattline simulate                                 # ten minutes, no trouble
              wattline simulate --seed 7 --trouble wild         # and everything does
              wattline simulate --seeds 1..1000 --trouble wild --duration 3m --jobs 2
              wattline simulate --seed 7 --trouble wild --plan  # what would go wrong
              wattline simulate --network network.json --hours 24
              # a day of people who come, charge and go
              wattline simulate --points 1000 --drivers 3000 --visits 0.4 --hours 24 \\
                  --telemetry 60s --check 60s --report day.html
            """)

    // A value like -1 is told what a seed is.
    @Option(parsing: .unconditional, help: ArgumentHelp("What everything is drawn from. Default: 1.", valueName: "number"))
    var seed: String?
    @Option(help: ArgumentHelp("Many runs: the first and the last seed.", valueName: "a..b"))
    var seeds: String?
    @Option(help: ArgumentHelp("The points and drivers of a network's file. Default: such as the demo has.", valueName: "file"))
    var network: String?
    @Option(help: ArgumentHelp("Charge points, 1–100000. Default: 10.", valueName: "number"))
    var points: String?
    @Option(help: ArgumentHelp("Drivers, 0–100000. Default: 5.", valueName: "number"))
    var drivers: String?
    @Option(
        help: ArgumentHelp(
            "How many points are connectors of stations that speak OCPP. Default: with wild trouble some, in some runs; else none.",
            valueName: "number"))
    var stations: String?
    @Option(help: ArgumentHelp("How many Centrals, 1 or 2: two share a ledger on a server, and one waits. Default: 1.", valueName: "number"))
    var centrals: String?
    @Option(help: ArgumentHelp("How many vehicles a driver has, 1–100. Default: 2.", valueName: "number"))
    var vehicles: String?
    @Option(help: ArgumentHelp("How long requests are made and things go wrong. Default: 10m.", valueName: "time"))
    var duration: String?
    @Option(help: ArgumentHelp("The same in hours.", valueName: "number"))
    var hours: String?
    @Option(help: ArgumentHelp("none, mild, wild or stranger. Default: none.", valueName: "how much"))
    var trouble: String?
    @Option(
        help: ArgumentHelp(
            "everybody, or those who are listed: others ask in vain, names are taken away, cards are blocked. Default: with --trouble wild as the seed has it, else everybody.",
            valueName: "who is known"))
    var known: String?
    @Option(help: ArgumentHelp("The time between two requests of a driver. Default: 5s.", valueName: "time"))
    var every: String?
    @Option(
        help: ArgumentHelp(
            "People come instead of programs that ask: so many visits of each driver a day, at real times, with real vehicles.", valueName: "number"))
    var visits: String?
    @Option(help: ArgumentHelp("How long a session lasts. Default: 10s.", valueName: "time"))
    var session: String?
    @Option(help: ArgumentHelp("The time between two readings of a charge. Default: 1s.", valueName: "time"))
    var telemetry: String?
    @Option(help: ArgumentHelp("The time between two checks of a monitor. Default: 2s.", valueName: "time"))
    var check: String?
    @Option(help: ArgumentHelp("How many seeds run at a time, 1–64. Default: 1.", valueName: "number"))
    var jobs: String?
    @Flag(help: "Prints what would go wrong, and runs nothing.")
    var plan = false
    @Flag(help: "Makes a failing seed smaller, while it still breaks the same rule.")
    var shrink = false
    @Option(help: ArgumentHelp("Of what goes wrong only these, by the numbers of --plan; none for nothing.", valueName: "numbers"))
    var only: String?
    @Option(help: ArgumentHelp("Parties that are not there: engine:CP-003,driver:driver-002.", valueName: "names"))
    var without: String?
    @Option(help: ArgumentHelp("How many lines of a broken run's story are shown, 0–10000. Default: 40.", valueName: "number"))
    var story: String?

    @Option(help: ArgumentHelp("Writes a page on how the points were used: energy, income, occupancy, waiting.", valueName: "file.html"))
    var report: String?
    @Option(help: ArgumentHelp("Colours: auto, always or never.", valueName: "when"))
    var color: String?
    @Flag(help: "Prints one JSON object of what was counted.")
    var json = false

    func execute(in environment: Environment) throws -> ProcessExit {
        let scenario = try makeScenario()
        if let report, seeds != nil { throw SettingError("--report", value: report, expected: "not together with --seeds: a page is of one run") }
        if plan {
            if let seeds { throw SettingError("--plan", value: seeds, expected: "one --seed, not --seeds") }
            for (flag, isGiven) in [
                ("--json", json), ("--report", report != nil), ("--shrink", shrink), ("--jobs", jobs != nil), ("--story", story != nil),
            ]
            where isGiven { throw SettingError("--plan", value: flag, expected: "one of the two: a plan is told, and nothing runs") }
            if scenario.trouble == .none { throw SettingError("--plan", value: "trouble none", expected: "--trouble mild, wild or stranger") }
            for line in Simulation.plan(of: scenario) { Output.writeLine("\(String(line.number).padded(to: 5, right: true))  \(line.text)") }
            return .ok
        }
        let range = try seeds.map { try ValueParser.seeds.value(of: $0, from: "--seeds") } ?? scenario.seed...scenario.seed
        let jobs = try jobs.map { try ValueParser.integer(in: 1...64, of: "a number of jobs").value(of: $0, from: "--jobs") } ?? 1
        let voice = SimulationReporter(scenario, range, storyLines: try storyLines(), shrinks: shrink, isJSON: json)
        let sum = Mutex(SimulationSum())
        let began = ContinuousClock.now
        if report != nil || visits != nil, range.lowerBound == range.upperBound {
            var output = OutputOptions()
            output.color = color
            let colors = try output.colors(in: environment)
            let file = try report.map { try TextFile(path: $0, from: "--report") }
            let (outcome, usage) = Simulation.use(of: scenario, progress: voice.progress)
            sum.withLock { $0.add(outcome) }
            _ = voice.tell(outcome, sum.withLock { $0 })
            if let usage { try file?.write(usage.page()) }
            if let usage { voice.tell(usage, page: report, colors: colors) }
            voice.close(sum.withLock { $0 }, after: began.duration(to: .now))
            return outcome.violation == nil ? .ok : .failure
        }
        try SeedSweep.run(scenario, seeds: range, jobs: jobs, progress: voice.progress) { outcome in
            let soFar = sum.withLock { sum in
                sum.add(outcome)
                return sum
            }
            return voice.tell(outcome, soFar)
        }
        voice.close(sum.withLock { $0 }, after: began.duration(to: .now))
        return sum.withLock { $0.broken.isEmpty } ? .ok : .failure
    }

    private func makeScenario() throws -> Scenario {
        func number(_ text: String?, _ flag: String, _ range: ClosedRange<Int>, _ what: String, _ usual: Int) throws -> Int {
            try text.map { try ValueParser.integer(in: range, of: what).value(of: $0, from: flag) } ?? usual
        }
        func time(_ text: String?, _ flag: String, _ least: Duration, _ usual: Duration) throws -> Duration {
            try text.map { try ValueParser.duration(from: least).value(of: $0, from: flag) } ?? usual
        }
        var length = try time(duration, "--duration", .seconds(1), .seconds(600))
        if let hours {
            guard duration == nil else { throw SettingError("--hours", value: hours, expected: "not together with --duration") }
            length = try ValueParser.hours.value(of: hours, from: "--hours")
        }
        let file = try network.map { try Network.read(file: $0) }
        var scenario = Scenario(
            seed: try seed.map { try ValueParser.seed.value(of: $0, from: "--seed") } ?? 1, roster: try roster(file, number, time), duration: length,
            trouble: try trouble.map { try ValueParser<Scenario.Trouble>.choice().value(of: $0, from: "--trouble") } ?? .none,
            sessionDuration: try time(session, "--session", .seconds(1), file?.sessionDuration ?? Network.defaultSessionDuration),
            telemetryInterval: try time(telemetry, "--telemetry", .milliseconds(100), .seconds(1)),
            checkInterval: try time(check, "--check", .milliseconds(500), .seconds(2)), demand: try demand(),
            only: try only.map { $0 == "none" ? [] : Set(try ValueParser.numbers.value(of: $0, from: "--only")) })
        scenario.stations = try stations.map { try ValueParser.integer(in: 0...100_000, of: "a number of points").value(of: $0, from: "--stations") }
        scenario.known = try known.map { try ValueParser<Scenario.Known>.choice().value(of: $0, from: "--known") }
        scenario.centrals = try centrals.map { try ValueParser.integer(in: 1...2, of: "a number of Centrals").value(of: $0, from: "--centrals") } ?? 1
        if scenario.centrals > 1, scenario.known == .listed {
            throw SettingError("--known", value: "listed", expected: "not together with --centrals 2")
        }
        if let seed, let seeds { throw SettingError("--seed", value: seed, expected: "not together with --seeds \(seeds)") }
        if let only = scenario.only {
            var whole = scenario
            whole.only = nil
            let known = Simulation.plan(of: whole).count
            if let stranger = only.first(where: { $0 < 0 || $0 >= known }) {
                let numbers = known == 0 ? "nothing: with this trouble nothing goes wrong" : "numbers of --plan, from 0 to \(known - 1)"
                throw SettingError("--only", value: "\(stranger)", expected: numbers)
            }
        }
        if let without {
            let names = without.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            let known = Set(Simulation.parties(of: scenario)).subtracting(["central", "central-2"])
            for name in names where !known.contains(name) {
                throw SettingError(
                    "--without", value: name, expected: "a party of this scenario, like engine:CP-001, monitor:CP-001 or driver:driver-001")
            }
            scenario.without = Set(names)
        }
        return scenario
    }

    /// The roster of points and drivers: those of a network's file, or of the demo's kind in any number.
    private func roster(
        _ file: Network?, _ number: (String?, String, ClosedRange<Int>, String, Int) throws -> Int,
        _ time: (String?, String, Duration, Duration) throws -> Duration
    ) throws -> Roster {
        if let file, let network {
            for (flag, value) in [("--points", points), ("--drivers", drivers), ("--vehicles", vehicles), ("--every", every)] {
                if let value { throw SettingError(flag, value: value, expected: "not together with --network, whose file says it") }
            }
            return Roster(
                points: file.points.map { Roster.Point(cp: $0.id, power: $0.power, price: $0.price, kind: $0.kind) },
                drivers: file.drivers.map { Roster.Driver(driver: $0.id, interval: $0.every, vehicles: $0.vehicles, points: $0.points) },
                file: network)
        }
        return .synthetic(
            points: try number(points, "--points", 1...100_000, "a number of charge points", 10),
            drivers: try number(drivers, "--drivers", 0...100_000, "a number of drivers", 5),
            interval: try time(every, "--every", .milliseconds(100), .seconds(5)),
            vehicles: try number(vehicles, "--vehicles", 1...100, "a number of vehicles", 2))
    }

    private func demand() throws -> Demand? {
        guard let visits else { return nil }
        for (flag, value) in [("--every", every), ("--session", session), ("--vehicles", vehicles)] {
            if let value {
                throw SettingError(flag, value: value, expected: "not together with --visits, which says when who comes, and for how long")
            }
        }
        return Demand(visitsPerThousandDays: try ValueParser.visits.value(of: visits, from: "--visits"))
    }

    private func storyLines() throws -> Int {
        try story.map { try ValueParser.integer(in: 0...10_000, of: "a number of lines").value(of: $0, from: "--story") } ?? 40
    }
}

extension ValueParser where Value == ClosedRange<UInt64> {
    fileprivate static var seeds: ValueParser {
        ValueParser(expected: "two whole numbers like 1..1000, the smaller first") { text in
            guard let dots = text.firstRange(of: "..") else { return nil }
            guard let first = UInt64(text[..<dots.lowerBound]), let last = UInt64(text[dots.upperBound...]), first <= last else { return nil }
            return first...last
        }
    }
}

extension ValueParser where Value == [Int] {
    fileprivate static var numbers: ValueParser {
        ValueParser(expected: "numbers like 3,17,42") { text in
            let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
            return numbers.contains(nil) ? nil : numbers.compactMap(\.self)
        }
    }
}

extension ValueParser where Value == Int {
    /// A parser of visits a day, in thousandths.
    fileprivate static var visits: ValueParser {
        ValueParser(expected: "visits a day like 0.4, from 0.001 to 20") { text in
            guard let visits = Double(text), visits >= 0.001, visits <= 20 else { return nil }
            return Int((visits * 1000).rounded())
        }
    }
}

extension ValueParser where Value == Duration {
    fileprivate static var hours: ValueParser {
        ValueParser(expected: "hours like 24 or 0.5, above 0, at most 8784") { text in
            guard let hours = Double(text), hours > 0, hours <= 8784 else { return nil }
            return .milliseconds(Int64(hours * 3_600_000))
        }
    }
}
