import ChargingModel
import Foundation
import HTTPTypes
import Identities
import Settings
import Testing

@testable import Dashboard

@Suite("Who signs in, and what they may") struct OperatorsTests {
    private let now = WallTime(milliseconds: 1_795_845_600_000)
    private static let shared = "0123456789abcdef"

    /// A directory of operators that is gone with the test.
    final class Place: Sendable {
        let store = OperatorStore(directory: FileManager.default.temporaryDirectory.path + "/wattline-dashboard-\(UUID().uuidString)/central")
        deinit { try? FileManager.default.removeItem(atPath: (store.directory as NSString).deletingLastPathComponent) }
    }

    private static func ask(_ port: UInt16, _ request: String, _ secret: String?) async throws -> (status: Int, text: String) {
        let bearer = secret.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        let client = try RawClient(port).say("\(request) HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\(bearer)\r\n")
        let text = try await client.answer(until: request == "GET /events" ? "\r\n\r\n" : nil)
        return (Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0, text)
    }

    // MARK: The table

    /// A row of the table in docs/dashboard.md: a request, and who may ask it where reading is open, and where it is for who has signed in.
    private struct Row {
        var request: String
        var allowed: [HTTPReading: Set<String>]

        /// The request with ids in it.
        var example: String {
            request.replacing("{cp}", with: "CP-001").replacing("{session}", with: "S-1").replacing("{meter}", with: "m-1").replacing(
                "{driver}", with: "alice"
            ).replacing("{card}", with: "CARD-1").replacing("{station}", with: "ST-1")
        }
    }

    private static func read(_ file: String) throws -> String {
        try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../\(file)"), encoding: .utf8)
    }

    private static func table() throws -> [Row] {
        try read("docs/dashboard.md").split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 3, cells[0].firstMatch(of: /^`[A-Z]+ \//) != nil else { return nil }
            func names(_ cell: String) -> Set<String> { Set(cell.split(separator: ", ").map(String.init)) }
            return Row(request: cells[0].trimmingCharacters(in: ["`"]), allowed: [.open: names(cells[1]), .signedIn: names(cells[2])])
        }
    }

    /// The requests of openapi.yaml: `GET /cp/{cp}`.
    private static func described() throws -> Set<String> {
        var path = ""
        var found: Set<String> = []
        for line in try read("openapi.yaml").split(separator: "\n") {
            if line == "components:" { break }
            if let match = line.firstMatch(of: /^  (\/\S*):$/) { path = String(match.1) }
            if let match = line.firstMatch(of: /^    (get|post|delete|put|patch):$/) { found.insert("\(match.1.uppercased()) \(path)") }
        }
        return found
    }

    @Test("every role against every request of the API, as the table of docs/dashboard.md says it", arguments: HTTPReading.allCases)
    func matrix(_ reading: HTTPReading) async throws {
        let rows = try Self.table()
        #expect(Set(rows.map(\.request)) == (try Self.described()).union(["GET /"]))
        let place = Place()
        var secrets: [(who: String, role: String, secret: String?)] = [("nobody", "", nil), ("shared", "admin", Self.shared)]
        for role in OperatorRole.allCases {
            secrets.append((role.rawValue, role.rawValue, try place.store.add(Operator.Name(known: "a-\(role.rawValue)"), role, at: now)))
        }
        let callers = secrets
        try await withServer(operators: place.store.directory, reading: reading) { port in
            for row in rows {
                let allowed = row.allowed[reading] ?? []
                for (who, role, secret) in callers {
                    let (status, text) = try await Self.ask(port, row.example, secret)
                    let isAllowed = allowed.contains("everybody") || allowed.contains(role)
                    let refusal = secret == nil ? 401 : 403
                    #expect(isAllowed ? ![0, 401, 403, 405].contains(status) : status == refusal, "\(row.request) by \(who), \(reading): \(text)")
                    guard !isAllowed else { continue }
                    #expect(text.contains("Content-Type: application/problem+json") && text.contains("\"status\":\(refusal)"), "\(text)")
                    #expect(refusal == 403 ? text.contains("a-\(who) is") : text.contains("Bearer realm"), "\(text)")
                }
            }
        }
    }

    // MARK: Coming and going

    @Test("whoever is added, rotated or removed is so at the next request; a broken file changes nothing, and is said once")
    func changes() async throws {
        let place = Place()
        let lines = Lines()
        let first = try place.store.add("anna", .operator, at: now)
        try await withServer(operators: place.store.directory, lines: lines) { port in
            func me(_ secret: String) async throws -> (status: Int, text: String) { try await Self.ask(port, "GET /operators/me", secret) }
            #expect(try await me(first).text.contains(#"{"name":"anna","role":"operator"}"#))
            #expect(try await me(Self.shared).text.contains(#"{"name":"shared","role":"admin"}"#))
            let bert = try place.store.add("bert", .viewer, at: now)
            #expect(try await me(bert).status == 200)
            let second = try place.store.rotate("anna", at: now).secret
            #expect(try await me(first).status == 401)
            #expect(try await me(second).status == 200)
            try Data("nonsense".utf8).write(to: URL(fileURLWithPath: place.store.file))
            for _ in 0..<3 { #expect(try await me(second).status == 200) }
            #expect(lines.text.components(separatedBy: "The operators' names can't be read").count == 2, "\(lines.text)")
            #expect(lines.text.contains("line 1: expected wattline-operators 1; those of before hold"))
            try FileManager.default.removeItem(atPath: place.store.file)
            #expect(try await me(second).status == 401)
            #expect(try await me(Self.shared).status == 200)
        }
    }

    @Test("the log says who did what, and what they may not; of wrong secrets a line in ten seconds, and no secret")
    func log() async throws {
        let place = Place()
        let lines = Lines()
        let anna = try place.store.add("anna", .operator, at: now)
        let vera = try place.store.add("vera", .viewer, at: now)
        try await withServer(operators: place.store.directory, lines: lines) { port in
            let wrong = "wrong-and-long-enough"
            var asked = [
                ("POST /cp/CP-001/out-of-order", anna, 404), ("POST /cp/resume", Self.shared, 200), ("POST /sessions/S-1/stop?x=1", anna, 400),
                ("DELETE /cp/CP-001", vera, 403), ("POST /cp/resume?x=\(Self.shared)", wrong, 401),
            ]
            asked += Array(repeating: ("POST /cp/resume", wrong, 401), count: 5)
            for (request, secret, status) in asked {
                let answer = try await Self.ask(port, request, secret)
                #expect(answer.status == status, "\(request): \(answer.text)")
            }
        }
        let said = lines.text
        #expect(said.contains("operator=anna out-of-order CP-001: There is no charge point CP-001."), "\(said)")
        #expect(said.contains("operator=shared resume all points: done"), "\(said)")
        #expect(said.contains("operator=vera may not: DELETE /cp/CP-001 needs an operator, and this is a viewer"), "\(said)")
        #expect(said.components(separatedBy: "A wrong secret was refused: POST /cp/resume from 127.0.0.1").count == 2, "\(said)")
        for secret in [anna, vera, Self.shared, "wrong-and-long-enough"] { #expect(!said.contains(secret)) }
    }

    @Test("a proxy's own users are nobody here, and no wrong secret")
    func otherScheme() async throws {
        let lines = Lines()
        try await withServer(lines: lines) { port in
            let client = try RawClient(port)
            let text = try await client.say("GET /cp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic YTpi\r\nConnection: close\r\n\r\n").answer()
            #expect(text.hasPrefix("HTTP/1.1 200"))
        }
        #expect(lines.text.isEmpty)
    }
}
