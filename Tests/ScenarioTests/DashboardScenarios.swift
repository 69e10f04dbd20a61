import Foundation
import Testing

/// What people and scripts see of a network over HTTP, and how they steer it.
@Suite("The HTTP side") struct DashboardScenarios {
    struct Answer {
        var status: Int
        var body: String

        var json: Any? { try? JSONSerialization.jsonObject(with: Data(body.utf8)) }
        var rows: [[String: Any]] { json as? [[String: Any]] ?? [] }
        subscript(_ name: String) -> Any? { (json as? [String: Any])?[name] }
    }

    func token(_ network: RunningNetwork) throws -> String {
        try String(contentsOf: network.data.appendingPathComponent("central/admin-token"), encoding: .utf8).trimmingCharacters(
            in: .whitespacesAndNewlines)
    }

    func ask(_ method: String, _ port: Int, _ path: String, _ headers: [String: String] = [:]) async throws -> Answer {
        let script = """
            import http.client, json, sys
            connection = http.client.HTTPConnection("127.0.0.1", \(port), timeout=10)
            connection.request("\(method)", "\(path)", headers=json.loads(sys.argv[1]))
            answer = connection.getresponse()
            print(answer.status)
            print(answer.read().decode())
            """
        let text = String(decoding: try JSONSerialization.data(withJSONObject: headers), as: UTF8.self)
        let process = try LineProcess("/usr/bin/python3", ["-c", script, text])
        guard try await process.exitStatus(within: .seconds(20)) == 0 else { throw ScenarioError("\(method) \(path): \(process.text)") }
        let parts = process.text.split(separator: "\n", maxSplits: 1)
        return Answer(status: Int(parts.first ?? "") ?? 0, body: parts.count > 1 ? String(parts[1]) : "")
    }

    /// Reads the stream of events, line by line.
    private func listen(_ port: Int, last: String? = nil) throws -> LineProcess {
        let script = """
            import http.client, sys
            connection = http.client.HTTPConnection("127.0.0.1", \(port), timeout=30)
            connection.request("GET", "/events", headers={"Last-Event-ID": sys.argv[1]} if sys.argv[1] else {})
            answer = connection.getresponse()
            for line in answer:
                print(line.decode().rstrip())
            print("the end")
            """
        return try LineProcess("/usr/bin/python3", ["-uc", script, last ?? ""])
    }

    private func numbers(_ stream: LineProcess) -> [Int] {
        stream.lines.compactMap { line in
            guard line.text.hasPrefix("id: ") else { return nil }
            return line.text.split(separator: "-").last.flatMap { Int($0) }
        }
    }

    @Test("tables, filters and pages; an engine that dies is FAULTY on the stream; a reader comes back and misses nothing")
    func watching() async throws {
        let network = try await RunningNetwork()
        let port = try await network.dashboardPort()
        let stream = try listen(port)
        try await stream.line(within: .seconds(20), "snapshot") { $0 == "event: snapshot" }
        try await network.message("driver/+/status", "\"COMPLETED\"", within: .seconds(60))
        let points = try await ask("GET", port, "/cp")
        #expect(points.status == 200)
        #expect(points.rows.compactMap { $0["cp"] as? String } == (1...10).map { "CP-0" + ($0 < 10 ? "0\($0)" : "\($0)") })
        let supplying = try await ask("GET", port, "/cp?state=SUPPLYING")
        #expect(supplying.rows.allSatisfy { $0["state"] as? String == "SUPPLYING" })
        let first = try await ask("GET", port, "/sessions?limit=2")
        let next = try #require(first["next"] as? String)
        let second = try await ask("GET", port, next)
        let ids = [first, second].flatMap { $0["sessions"] as? [[String: Any]] ?? [] }.compactMap { $0["session"] as? String }
        #expect(Set(ids).count == ids.count && ids.count >= 3 && ids == ids.sorted(by: >))
        let done = try await ask("GET", port, "/sessions?status=completed")
        let session = try #require((done["sessions"] as? [[String: Any]])?.first)
        #expect(session["complete"] as? Bool == true && (session["energy_kwh"] as? Double ?? 0) > 0)
        let from = stream.lines.count
        kill(try network.pid("engine", "CP-003"), SIGKILL)
        try await stream.line(from: from, within: .seconds(10), "FAULTY") { $0.contains("\"cp\":\"CP-003\",\"state\":\"FAULTY\"") }
        // Away for a while.
        stream.signal(SIGKILL)
        let heard = numbers(stream)
        #expect(heard == Array(heard[0]...heard[heard.count - 1]))
        let last = try #require(stream.lines.last { $0.text.hasPrefix("id: ") }).text.dropFirst(4)
        let again = try listen(port, last: String(last))
        try await again.line(within: .seconds(20), "recovery") {
            $0.contains("\"cp\":\"CP-003\",\"state\":\"ACTIVATED\"") || $0.contains("\"text\":\"CP-003 is back\"")
        }
        #expect(!again.lines.contains { $0.text == "event: snapshot" })
        let rest = numbers(again)
        #expect(rest.first == (heard.last ?? 0) + 1 && rest == Array(rest[0]...rest[rest.count - 1]))
        // A new Central is another one: everything anew.
        kill(try network.pid("central"), SIGKILL)
        try await network.message("central/status", "\"online\":true", from: network.heard, within: .seconds(10))
        let fresh = try listen(port, last: String(last))
        try await fresh.line(within: .seconds(10), "snapshot") { $0 == "event: snapshot" }
        let metrics = try await ask("GET", port, "/metrics")
        for name in ["wattline_points{state=\"ACTIVATED\"}", "wattline_ledger_bytes", "wattline_ledger_commit_seconds_bucket"] {
            #expect(metrics.body.contains("\n\(name)"), "\(name)")
        }
        for line in metrics.body.split(separator: "\n") where line.hasPrefix("# HELP ") {
            let words = line.split(separator: " ", maxSplits: 3)
            #expect(words.count == 4 && words[2] != words[3], "\(line) says nothing")
        }
        for process in [again, fresh] { process.signal(SIGKILL) }
        try await network.stop()
    }

    @Test("an operator steers with the token and not without; what was promised holds when Central dies; a stop ends every stream")
    func steering() async throws {
        let network = try await RunningNetwork()
        let port = try await network.dashboardPort()
        try await network.message("central/cp/CP-001", "\"SUPPLYING\"", within: .seconds(60))
        let bearer = ["Authorization": "Bearer \(try token(network))"]
        #expect(try await ask("POST", port, "/cp/CP-001/out-of-order").status == 401)
        #expect(try await ask("POST", port, "/cp/CP-001/out-of-order", ["Authorization": "Bearer wrong"]).status == 401)
        #expect(try await ask("POST", port, "/token/check", bearer).status == 204)
        let open = try await ask("GET", port, "/sessions?status=open")
        let session = try #require((open["sessions"] as? [[String: Any]])?.first?["session"] as? String)
        var from = network.heard
        #expect(try await ask("POST", port, "/sessions/\(session)/stop", bearer).status == 200)
        try await network.message("driver/+/status", "\"COMPLETED\"", session, from: from, within: .seconds(5))
        from = network.heard
        let taken = try await ask("POST", port, "/cp/CP-001/out-of-order", bearer)
        #expect(taken.status == 200 && taken.body.contains("\"done\":[\"CP-001\"]"))
        #expect(try await ask("GET", port, "/cp/CP-001")["out_of_order"] as? Bool == true, "an answer is given when the tables show it")
        try await network.message("central/cp/CP-001", "\"STOPPED\"", from: from, within: .seconds(5))
        kill(try network.pid("central"), SIGKILL)
        let back = try await network.message("central/status", "\"online\":true", from: network.heard, within: .seconds(10))
        try await network.message("central/cp/CP-001", "\"STOPPED\"", from: back.index, within: .seconds(10))
        from = network.heard
        #expect(try await ask("POST", port, "/cp/resume", bearer).status == 200)
        try await network.message("central/cp/CP-001", "\"ACTIVATED\"", from: from, within: .seconds(5))
        for (method, path, status) in [
            ("POST", "/cp/CP-099/resume", 404), ("POST", "/sessions/nobody/stop", 404), ("DELETE", "/cp/CP-001", 409), ("GET", "/cp/CP-099", 404),
            ("PUT", "/cp", 405), ("GET", "/cp?what=1", 400), ("GET", "/../etc/passwd", 404),
        ] {
            let answer = try await ask(method, port, path, bearer)
            #expect(answer.status == status, "\(method) \(path)")
            #expect(answer["status"] as? Int == status && (answer["detail"] as? String ?? "").hasSuffix("."), "\(answer.body)")
        }
        #expect(try await ask("GET", port, "/cp", ["Host": "evil.example"]).status == 421)
        let stream = try listen(port)
        try await stream.line(within: .seconds(10), "snapshot") { $0 == "event: snapshot" }
        kill(try network.pid("central"), SIGTERM)
        #expect(try await stream.exitStatus(within: .seconds(5)) == 0)
        try await network.stop()
    }

    @Test("P4: a point that is gone for good is removed with what the broker keeps of it")
    func removal() async throws {
        let network = try await RunningNetwork(["--drivers", "none"])
        let port = try await network.dashboardPort()
        let engine = try await network.join("engine", ["--cp", "CP-900", "--power", "22", "--price", "0.30"])
        let monitor = try await network.join("monitor", ["--cp", "CP-900", "--engine", "127.0.0.1:\(try await engine.healthPort())"])
        try await network.message("central/cp/CP-900", "\"ACTIVATED\"", within: .seconds(20))
        let bearer = ["Authorization": "Bearer \(try token(network))"]
        #expect(try await ask("DELETE", port, "/cp/CP-900", bearer).status == 409)
        engine.signal(SIGTERM)
        monitor.signal(SIGTERM)
        _ = try await engine.exitStatus(within: .seconds(10))
        _ = try await monitor.exitStatus(within: .seconds(10))
        // Central has just started, and must hear that both are gone.
        var removed = try await ask("DELETE", port, "/cp/CP-900", bearer)
        let deadline = ContinuousClock.now + .seconds(10)
        while removed.status == 409, ContinuousClock.now < deadline {
            removed = try await ask("DELETE", port, "/cp/CP-900", bearer)
        }
        #expect(removed.status == 200, "\(removed.body)")
        #expect(try await ask("GET", port, "/cp/CP-900").status == 404)
        #expect(try await !network.keeps("cp/CP-900/+", "central/cp/CP-900"))
        try await network.stop()
    }

    @Test("limits: a long head, a long body and many idle connections cost nobody anything")
    func limits() async throws {
        let network = try await RunningNetwork(["--drivers", "none"])
        let port = try await network.dashboardPort()
        try await network.message("central/cp/CP-001", "\"ACTIVATED\"", within: .seconds(20))
        let script = """
            import socket
            def ask(text, until_it_ends=False, whole=False):
                with socket.create_connection(("127.0.0.1", \(port)), timeout=10) as s:
                    s.sendall(text)
                    answer = b""
                    while chunk := s.recv(65536):
                        answer += chunk
                        if b"\\r\\n\\r\\n" in answer and not until_it_ends: break
                    if whole: return answer
                    return answer.split(b"\\r\\n")[0].decode() + (" problem" if b"problem+json" in answer else "")
            head = b"GET /health HTTP/1.1\\r\\nHost: localhost\\r\\n"
            print(ask(head + b"X: " + b"a" * 10000 + b"\\r\\n\\r\\n", True))
            print(ask(b"POST /cp/CP-001/resume HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 1000000\\r\\n\\r\\n", True))
            print(ask(b"nonsense\\r\\n\\r\\n", True))
            print(ask(head + b"Host: evil.example\\r\\n\\r\\n"))
            print(ask(b"GET /cp/CP%2D001 HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n"))
            with socket.create_connection(("127.0.0.1", \(port)), timeout=10) as s:
                s.sendall(b"POST /cp/CP-001/resume HTTP/1.1\\r\\nHost: localhost\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n")
                try:
                    for _ in range(10000): s.sendall(b"4000\\r\\n" + b"a" * 0x4000 + b"\\r\\n")
                    print("a body without an end is taken")
                except OSError: print("ended")
            def memory():
                figures = ask(head.replace(b"/health", b"/metrics") + b"Connection: close\\r\\n\\r\\n", True, whole=True)
                return float(next(line for line in figures.split(b"\\n") if line.startswith(b"process_resident_memory_bytes")).split()[1])
            before = memory()
            with socket.create_connection(("127.0.0.1", \(port)), timeout=10) as s:
                s.sendall(b"GET /events HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: Upgrade\\r\\nUpgrade: x\\r\\n\\r\\n")
                s.recv(100)
                s.settimeout(1)
                taken = 0
                try:
                    while taken < 2 ** 28: taken += s.send(b"a" * 2 ** 20)
                except OSError: pass
                print(f"kept {(memory() - before) / 1e6}" if memory() - before > 30e6 else "kept nothing")
            idle = [socket.create_connection(("127.0.0.1", \(port)), timeout=10) for _ in range(300)]
            print(ask(head + b"\\r\\n"))
            """
        let process = try LineProcess("/usr/bin/python3", ["-c", script])
        #expect(try await process.exitStatus(within: .seconds(30)) == 0, "\(process.text)")
        let said = process.text.split(separator: "\n").map(String.init)
        #expect(
            said.map { $0.replacing(/HTTP.1.1 (\d+)( (?!problem)\w+)*/) { $0.1 } }
                == ["431 problem", "413 problem", "400 problem", "400 problem", "200", "ended", "kept nothing", "200"], "\(said)")
        try await network.stop()
    }
}
