import ChargingModel
import Glibc
import Platform
import Settings
import Synchronization
import Terminal
import Testing

@testable import Supervisor

/// `up` with a real mosquitto and with shell scripts in the place of our own programs. One at a time: signals are the process's.
@Suite(.serialized, .enabled(if: BrokerConfiguration.findMosquitto(path: nil) != nil, "mosquitto is not installed"))
struct UpTests {
    /// Runs `up` on a thread of its own and reads what it says.
    final class Run: Sendable {
        private let directory = TemporaryDirectory()
        var root: String { directory.path }
        private let reader: Int32
        private let writer: Int32
        private let lines = Mutex<(all: [String], heard: [String], rest: LineSplitter)>(([], [], LineSplitter()))
        private let result = Mutex<ProcessExit?>(nil)

        init(script: String, change: (inout UpOptions) -> Void = { _ in }) throws {
            var ends: [Int32] = [0, 0]
            pipe(&ends)
            (reader, writer) = (ends[0], ends[1])
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            let program = root + "/wattline"
            #expect(replaceText(of: program, with: "#!/bin/bash\n" + script + "\n") == nil)
            chmod(program, 0o700)
            let configuration = root + "/original.conf"
            #expect(replaceText(of: configuration, with: "listener 1883 127.0.0.1\nallow_anonymous true\npersistence true\nuser root\n") == nil)
            let point = Network.Point(
                id: ChargePointID(known: "CP-001"), power: Power(watts: 22_000), price: Price(microEuroPerKilowattHour: 300_000), kind: "AC")
            let driver = Network.Driver(id: DriverID(known: "driver-alice"), every: .seconds(5))
            let network = Network(name: "test", points: [point], drivers: [driver])
            var options = UpOptions(network: network, networkFile: "/none", data: DataDirectory(root: root + "/data"))
            options.executable = program
            // The plugin is beside a release build, not here.
            options.isOpen = true
            options.mosquittoConfiguration = configuration
            options.restartDelay = .milliseconds(50)
            options.grace = .milliseconds(300)
            options.output = OutputPump(writer)
            change(&options)
            let job = Unmanaged.passRetained(Job(run: self, options: options))
            var thread = pthread_t()
            pthread_create(&thread, nil, Run.work, job.toOpaque())
            pthread_detach(thread)
        }

        deinit { close(reader) }

        private static let work: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
            guard let argument else { return nil }
            let job = Unmanaged<Job>.fromOpaque(argument).takeRetainedValue()
            let result = Supervisor.run(job.options)
            job.run.result.withLock { $0 = result }
            close(job.run.writer)
            return nil
        }

        private final class Job: Sendable {
            let run: Run
            let options: UpOptions
            init(run: Run, options: UpOptions) { (self.run, self.options) = (run, options) }
        }

        /// Reads until a line contains the text (of those after the ones read before); that line.
        @discardableResult func line(with text: String) -> String? {
            while true {
                let found: String? = lines.withLock { lines in
                    guard let index = lines.all.firstIndex(where: { $0.contains(text) }) else { return nil }
                    let line = lines.all[index]
                    lines.all.removeFirst(index + 1)
                    return line
                }
                if let found { return found }
                guard more() else { return nil }
            }
        }

        /// Reads until each of the texts was there, in any order; whether they were.
        func all(_ texts: [String]) -> Bool {
            var missing = texts
            while !missing.isEmpty {
                lines.withLock { lines in
                    for line in lines.all { missing.removeAll { line.contains($0) } }
                    lines.all = []
                }
                if !missing.isEmpty, !more() { return false }
            }
            return true
        }

        /// Every line so far, whatever was waited for.
        var heard: [String] { lines.withLock { $0.heard } }

        /// Reads to the end; how it ended and all that was left to read.
        func end() -> (ProcessExit?, [String]) {
            while more() {}
            return (result.withLock { $0 }, lines.withLock { $0.all })
        }

        private func more() -> Bool {
            var wanted = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
            guard poll(&wanted, 1, 20_000) > 0 else { return false }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = read(reader, &buffer, buffer.count)
            guard count > 0 else { return false }
            lines.withLock { lines in
                let more = lines.rest.add(buffer[..<count])
                lines.all += more
                lines.heard += more
            }
            return true
        }

        /// The state file.
        func state() throws -> UpState { try #require(try UpState.read(root + "/data/up.json")) }
        func pid(of name: String) throws -> Int32 { try #require(try state().processes.first { $0.name == name }?.pid) }
        func exists(_ path: String) -> Bool { access("\(root)/data/\(path)", F_OK) == 0 }
    }

    /// Says who it is, and ends when it is told to.
    static let good = #"trap 'echo "goodbye $1"; exit 0' TERM; echo "hello $*"; while :; do sleep 100 & wait $!; done"#

    static func everybody(_ word: String) -> [String] { ["central", "engine", "monitor", "driver"].map { "\(word) \($0)" } }

    @Test func itStartsEverythingAndLeavesNothing() throws {
        let run = try Run(script: UpTests.good)
        let greetings = ["central", "engine --cp CP-001 --health-port ", "monitor --cp CP-001 --engine 127.0.0.1:", "driver --name driver-alice"]
        #expect(run.all(greetings.map { "│ hello \($0)" }))
        let state = try run.state()
        #expect(state.pid == getpid() && state.processes.map(\.name) == ["broker", "central", "CP-001 engine", "CP-001 monitor", "driver-alice"])
        #expect(state.broker.isOwn && !Ports.isFree(state.broker.port) && state.processes.allSatisfy { $0.identity.map(ProcFS.isRunning) == true })
        let table = try ProcessTable.text(data: DataDirectory(root: run.root + "/data"))
        #expect(table.contains("CP-001 engine   engine") && table.split(separator: "\n").count == 8)
        kill(getpid(), SIGINT)
        let (result, lines) = run.end()
        #expect(result == .ok && lines.contains { $0.hasSuffix("│ goodbye driver") } && lines.last == "■ Stopped: no process is left")
        #expect(state.processes.allSatisfy { $0.identity.map(ProcFS.isRunning) == false } && Ports.isFree(state.broker.port))
        #expect(!run.exists("up.json") && !run.exists("broker/mosquitto.conf") && run.exists("broker/mosquitto.db"))
        #expect(try ProcessTable.text(data: DataDirectory(root: run.root + "/data")).hasPrefix("Nothing runs here"))
    }

    @Test func whatIsKilledComesBack() throws {
        let run = try Run(script: UpTests.good)
        #expect(run.all(UpTests.everybody("hello")))
        for name in ["CP-001 engine", "broker"] {
            let pid = try run.pid(of: name)
            kill(pid, SIGKILL)
            #expect(run.line(with: "✖ \(name) (pid \(pid)) was killed by SIGKILL; restarting in 0.05 s") != nil)
            #expect(run.line(with: "↻ \(name) restarted (pid ") != nil)
        }
        kill(getpid(), SIGTERM)
        #expect(run.end().0 == .ok)
    }

    @Test func whoDoesNotListenIsKilled() throws {
        let run = try Run(script: #"trap '' TERM; echo "deaf $*"; while :; do sleep 100; done"#)
        #expect(run.all(UpTests.everybody("deaf")))
        let state = try run.state()
        kill(getpid(), SIGHUP)
        let (result, lines) = run.end()
        #expect(result == .ok && lines.filter { $0.contains("did not stop within 0.3 s: killed") }.count == 4)
        #expect(state.processes.allSatisfy { $0.identity.map(ProcFS.isRunning) == false })
    }

    @Test func theSecondCtrlCKillsAtOnce() throws {
        let run = try Run(script: #"trap '' TERM; echo "deaf $*"; while :; do sleep 100; done"#) {
            $0.grace = .seconds(3600)
            $0.signalEcho = .zero
        }
        #expect(run.all(UpTests.everybody("deaf")))
        kill(getpid(), SIGINT)
        run.line(with: "■ Stopping")
        kill(getpid(), SIGINT)
        #expect(run.end().0 == .ok)
    }

    @Test func aFloodStopsNobody() throws {
        // The flood begins when the engine can hear that it is to stop.
        let flood = #"[ "$1" = driver ] && { until [ -e "$0.engine" ]; do sleep 0.01; done; exec yes "$(printf 'x%.0s' {1..500})"; }; "#
        let run = try Run(script: flood + UpTests.good.replacing("echo \"hello", with: "touch \"$0.$1\"; echo \"hello"))
        for _ in 0..<100 { #expect(run.line(with: "driver-alice   │ x")?.count == "driver-alice   │ ".count + 500) }
        kill(getpid(), SIGINT)
        let (result, lines) = run.end()
        #expect(result == .ok && lines.contains { $0.contains("CP-001 engine  │ goodbye engine") })
    }

    @Test func machinesReadJSONAlone() throws {
        let run = try Run(script: #"echo '{"own":1}'; echo plain; "# + UpTests.good) { $0.logFormat = .json }
        let plain = #""role":"driver","id":"driver-alice","event":"output","message":"plain"}"#
        #expect(run.all([#"{"own":1}"#, plain, "hello central", "hello engine", "hello monitor", "hello driver"]))
        kill(getpid(), SIGINT)
        #expect(run.end().0 == .ok)
        #expect(run.heard.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") } && run.heard.contains(#"{"own":1}"#))
    }

    @Test func itStopsByItselfWhenItsTimeIsOver() throws {
        let (result, lines) = try Run(script: UpTests.good) { $0.duration = .milliseconds(200) }.end()
        #expect(result == .ok && lines.contains { $0.contains("(0.2 s are over)") } && lines.last == "■ Stopped: no process is left", "\(lines)")
    }

    @Test func aBrokerThatDoesNotStartIsSaid() throws {
        let run = try Run(script: UpTests.good) { $0.mosquitto = "/bin/false" }
        let (result, lines) = run.end()
        #expect(result == .unavailable && lines.last?.hasSuffix("exited with status 1 before it listened: no broker, no network") == true)
    }

    @Test("a sound memory is back in its place when the broker fails for another reason, and the broker's last words are told")
    func aWrongConfigurationIsNotTheMemorysFault() throws {
        let run = try Run(script: UpTests.good) { options in
            #expect((try? DataDirectory.create(options.data.broker)) != nil)
            #expect(replaceText(of: options.data.broker + "/mosquitto.db", with: "sound") == nil)
            guard let configuration = options.mosquittoConfiguration else { return }
            #expect(replaceText(of: configuration, with: "no_such_word 1\npersistence true\n") == nil)
        }
        let (result, lines) = run.end()
        #expect(result == .unavailable && lines.contains { $0.contains("mosquitto.db is back in its place") })
        #expect(lines.last?.hasSuffix("): no broker, no network") == true && lines.last?.contains("Error") == true, "\(lines)")
        #expect(readText(run.root + "/data/broker/mosquitto.db") == "sound")
    }

    @Test func wrongStartsAreRefused() throws {
        let first = try Run(script: UpTests.good)
        #expect(first.all(UpTests.everybody("hello")))
        let taken = try first.state().broker.port
        #expect(try Run(script: "") { $0.data = DataDirectory(root: first.root + "/data") }.end().0 == .inUse)
        #expect(try Run(script: "") { $0.mqttPort = taken }.end().0 == .unavailable)
        #expect(try Run(script: "") { $0.externalBroker = BrokerURL(host: "127.0.0.1", port: 1) }.end().0 == .unavailable)
        #expect(try Run(script: "") { $0.data = DataDirectory(root: "/proc/x") }.end().0 == .cannotCreate)
        #expect(try Run(script: "") { $0.mosquittoConfiguration = "/none" }.end().0 == .configuration)
        kill(getpid(), SIGTERM)
        #expect(first.end().0 == .ok)
    }

    @Test func leftoversOfAKilledUpAreKilledButNobodyElse() throws {
        let directory = TemporaryDirectory()
        let root = directory.path
        let spec = ProcessSpec(name: "old engine", role: .engine, id: "", executable: "/bin/sleep", arguments: ["100"])
        let old = try ChildProcess.spawn(spec, environment: []).get()
        let other = try ChildProcess.spawn(spec, environment: []).get()
        defer {
            kill(other.pid, SIGKILL)
            _ = other.reap()
        }
        var state = UpState(pid: 1, started: WallTime(milliseconds: 0), network: "n", broker: UpState.Broker(url: "u", port: 1, isOwn: true))
        let ticks = ProcFS.identity(of: old.pid)?.startTicks
        let process = UpState.Process(name: "old engine", role: "engine", id: "", pid: old.pid, startTicks: ticks, restarts: 0)
        var reused = process
        reused.pid = other.pid
        reused.startTicks = 1
        state.processes = [process, reused]
        #expect(replaceText(of: root + "/up.json", with: state.json) == nil)
        #expect(try Leftovers.cleanUp(stateFile: root + "/up.json") == ["old engine (pid \(old.pid))"])
        #expect(old.reap() == .signalled(9) && other.reap() == nil && access(root + "/up.json", F_OK) != 0)
    }
}
