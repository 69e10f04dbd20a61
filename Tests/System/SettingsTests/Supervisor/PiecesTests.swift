import Certificates
import ChargingModel
import Glibc
import Platform
import Settings
import Testing

@testable import Supervisor

@Suite struct LineSplitterTests {
    @Test func linesAreWholeWhateverThePieces() {
        var splitter = LineSplitter()
        var lines: [String] = []
        for byte in Array("one\r\ntwo ✅\n\nthree".utf8) { lines += splitter.add([byte]) }
        #expect(lines == ["one", "two ✅", ""] && splitter.finish() == "three" && splitter.finish() == nil)
    }

    @Test func longLinesAreCutOff() {
        var splitter = LineSplitter(limit: 4)
        #expect(splitter.add(Array("abcdefgh".utf8)) == ["abcd…"])
        #expect(splitter.add(Array("ijk\nnext\nx".utf8)) == ["next…"])
        #expect(splitter.add(Array("y\n".utf8)) == ["xy"])
    }

    @Test func coloursPassAndNothingElse() {
        #expect(printable("\u{1B}[31mred\u{1B}[0m") == "\u{1B}[31mred\u{1B}[0m")
        #expect(printable("a\u{1B}[2Jb\u{7}\tc\u{1B}") == "a\u{FFFD}[2Jb\u{FFFD} c\u{FFFD}")
    }
}

@Suite struct OutputPumpTests {
    @Test func aReaderThatSleepsStopsNobody() {
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        defer { for end in ends { close(end) } }
        let pump = OutputPump(ends[1], limit: 200_000)
        let line = Array((String(repeating: "x", count: 999) + "\n").utf8)
        for _ in 0..<400 { pump.write(line) }
        #expect(!pump.flush() && pump.takeDropped() == 0, "no room to say so yet")
        var lines = 0
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            var wanted = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
            guard poll(&wanted, 1, 0) > 0 else { break }
            lines += buffer[..<read(ends[0], &buffer, buffer.count)].count { $0 == UInt8(ascii: "\n") }
            _ = pump.flush()
        }
        let dropped = pump.takeDropped()
        #expect(lines + dropped == 400 && dropped > 100 && pump.takeDropped() == 0)
    }
}

@Suite struct BrokerConfigurationTests {
    let original = "# listener 1 2\nlistener 1883 127.0.0.1\nallow_anonymous true\nuser root\nlog_type error\n"

    @Test func onlyListenerDirectoryAndUserAreReplaced() {
        let text = BrokerConfiguration.render(original, port: 18830, directory: "/data/broker", user: "me")
        #expect(
            text == """
                # listener 1 2
                listener 18830 127.0.0.1
                allow_anonymous true
                user me
                log_type error

                # By wattline up:
                persistence_location /data/broker/

                """)
        #expect(BrokerConfiguration.render(text, port: 18830, directory: "/data/broker", user: "me") == text)
    }

    @Test("with TLS there is no listener without it") func withTLS() {
        let listeners = SecureBroker.listeners(CertificateStore(directory: "/d/certificates"), port: 8883, certificatePort: 8884)
        let text = BrokerConfiguration.render("listener 1\nuser x\n", port: 8883, listeners: listeners, directory: "/d", user: "me")
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.filter { $0.hasPrefix("listener") } == ["listener 8883 127.0.0.1", "listener 8884 127.0.0.1"])
        #expect(lines.filter { $0 == "tls_version tlsv1.2" }.count == 2 && lines.filter { $0 == "certfile /d/certificates/server.pem" }.count == 2)
        #expect(lines.last { $0.hasPrefix("require_certificate") } == "require_certificate true")
    }

    @Test func aSecondListenerIsNotKept() {
        let text = BrokerConfiguration.render("listener 1\nlistener 2 0.0.0.0\n", port: 3, directory: "/d", user: "me")
        #expect(text.split(separator: "\n").filter { $0.hasPrefix("listener") } == ["listener 3 127.0.0.1"])
    }
}

@Suite struct PlanTests {
    private func variables(ofCentral change: (inout UpOptions) -> Void) throws -> [String] {
        let point = Network.Point(
            id: ChargePointID(known: "CP-001"), power: Power(watts: 22_000), price: Price(microEuroPerKilowattHour: 300_000), kind: "AC")
        var options = UpOptions(
            network: Network(name: "test", points: [point], drivers: []), networkFile: "/none", data: DataDirectory(root: "/data"))
        options.executable = "/bin/true"
        options.externalBroker = BrokerURL(host: "127.0.0.1", port: 1883)
        change(&options)
        let plan = try ProcessPlan.make(options)
        #expect(plan.processes.filter { $0.role != .central }.allSatisfy { $0.environment.isEmpty })
        return try #require(plan.processes.first { $0.role == .central }).environment
    }

    @Test func whatIsForCentralAloneIsTheOthersBusinessNot() throws {
        #expect(try variables { _ in } == [])
        #expect(
            try variables { options in
                options.adminToken = "secret"
                options.homeAssistant = "homeassistant"
            } == ["WATTLINE_ADMIN_TOKEN=secret", "WATTLINE_HOME_ASSISTANT=homeassistant"])
        #expect(try variables { $0.homeAssistant = "ha" } == ["WATTLINE_HOME_ASSISTANT=ha"])
    }
}

@Suite struct ProcFSTests {
    @Test func thisProcessIsRunning() throws {
        let identity = try #require(ProcFS.identity(of: getpid()))
        #expect(ProcFS.isRunning(identity))
        #expect(!ProcFS.isRunning(ProcFS.Identity(pid: getpid(), startTicks: identity.startTicks + 1)), "a later process with its number")
        #expect(ProcFS.identity(of: Int32.max) == nil)
        let usage = try #require(ProcFS.usage(of: getpid()))
        #expect(usage.residentBytes > 1_000_000 && usage.uptimeSeconds < 100_000)
    }

    @Test func aListenerIsToldFromAnothers() throws {
        let port = try #require(Ports.pick(preferred: 28_000, avoiding: []))
        #expect(Ports.isFree(port) && !ProcFS.process(getpid(), listensOn: port))
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        listen(descriptor, 1)
        #expect(!Ports.isFree(port) && ProcFS.process(getpid(), listensOn: port) && !ProcFS.process(getppid(), listensOn: port))
        #expect(Ports.answers(host: "127.0.0.1", port: port, within: 1000) && Ports.pick(preferred: port, avoiding: []) != port)
    }

    @Test("a port that another network has picked and does not listen on yet is not picked again")
    func portsOfOthers() throws {
        let port = try #require(Ports.pick(preferred: 28_300, avoiding: []))
        #expect(Ports.pick(preferred: port, avoiding: []) == port, "one's own is")
        let next = port + 1
        // As another process would hold it.
        let other = try #require(Ports.claimSocket(next))
        #expect(Ports.isFree(next) && Ports.claimSocket(next) == nil && Ports.pick(preferred: next, avoiding: []) != next)
        close(other)
        #expect(Ports.pick(preferred: next, avoiding: []) == next, "it goes with the process")
    }

    @Test func uptimes() {
        #expect([0, 59.9, 61, 3600, 90_000].map(ProcessTable.uptime) == ["0:00", "0:59", "1:01", "1:00:00", "1d 01h"])
    }
}

@Suite struct CommandTests {
    @Test("output and errors come apart, however much of both there is; so does the end")
    func apart() throws {
        let script = "i=0; while [ $i -lt 3000 ]; do echo out$i; echo a line of some length for the errors >&2; i=$((i+1)); done; exit 3"
        let result = try ProgramCommand.run("/bin/sh", ["-c", script]).get()
        #expect(result.status == 3 && result.output.hasPrefix("out0\nout1\n") && result.output.hasSuffix("out2999\n"))
        #expect(result.errors.split(separator: "\n").count == 3000 && !result.output.contains("errors"))
        #expect(try ProgramCommand.run("/bin/sh", ["-c", "kill -9 $$"]).get().status == 137)
        #expect(throws: ProgramCommand.Failure.self) { try ProgramCommand.run("/no/such/program", []).get() }
    }
}
