import CAccessTable
import ChargingProtocol
import Foundation
import Testing

@testable import Identities

@Suite("Who may do what on the bus") struct RightsTests {
    /// The broker's table, as its plugin reads it.
    final class Table {
        let table: OpaquePointer

        init(_ file: AccessFile) throws {
            let text = Array(file.text.utf8)
            var complaint = [CChar](repeating: 0, count: 256)
            let read = text.withUnsafeBytes { bytes in
                access_table_read(bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, &complaint, complaint.count)
            }
            table = try #require(read, "\(String(decoding: complaint.map { UInt8(bitPattern: $0) }, as: UTF8.self))")
        }

        deinit { access_table_free(table) }

        func user(_ name: String?, isLocal: Bool = true) -> OpaquePointer? { access_table_find(table, name, isLocal) }
    }

    private static let people: [(role: Role, id: String)] = [
        (.central, "central"), (.engine, "CP-1"), (.monitor, "CP-1"), (.point, "CP-1"), (.driver, "alice"), (.station, "ST-1"), (.gateway, "g"),
        (.recorder, "r"), (.viewer, "v"), (.admin, "a"),
    ]

    /// A row of the table in docs/security.md: a topic, who writes it, and who reads it.
    private struct Row {
        var topic: String
        var writers: Set<String>
        var readers: Set<String>
    }

    private static func table() throws -> [Row] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../docs/security.md")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 3, cells[0].hasPrefix("`") else { return nil }
            func names(_ cell: String) -> Set<String> { Set(cell.split(separator: ", ").map(String.init).filter { $0 != "nobody" }) }
            let topic = cells[0].trimmingCharacters(in: ["`"]).replacing("{cp}", with: "CP-1").replacing("{driver}", with: "alice")
                .replacing("{gateway}", with: "g").replacing("{station}", with: "ST-1")
            return Row(
                topic: topic.replacing("{other}", with: topic.hasPrefix("driver/") ? "bob" : "CP-2"), writers: names(cells[1]),
                readers: names(cells[2]))
        }
    }

    private func file(site: String? = nil, anonymous: AccessFile.Anonymous = .any) throws -> AccessFile {
        var file = AccessFile(site: site, anonymous: anonymous)
        for (role, id) in Self.people {
            file.secrets[try Identity(role, id)] = try AccessFile.Secret(of: "password of \(role)", salt: Array(0..<16))
        }
        return file
    }

    @Test("P3: every role against every topic, as the table says it, with a site and without", arguments: [nil, "madrid"])
    func matrix(_ site: String?) throws {
        let table = try Table(file(site: site))
        let rows = try Self.table()
        #expect(rows.count == 34)
        for row in rows {
            let isOfBroker = row.topic.hasPrefix("$") || row.topic.hasPrefix("homeassistant") || site == nil
            let topic = isOfBroker ? row.topic : "madrid/\(row.topic)"
            for (name, role) in Self.people.map({ (Optional(Self.name($0.role, $0.id)), $0.role.rawValue) }) + [(nil, "anonymous")] {
                let user = try #require(table.user(name))
                #expect(access_user_may_write(user, topic) == row.writers.contains(role), "\(role) \(topic)")
                #expect(access_user_may_read(user, topic) == row.readers.contains(role), "\(role) \(topic)")
                #expect(access_user_may_subscribe(user, topic) == row.readers.contains(role), "\(role) \(topic)")
            }
        }
    }

    private static func name(_ role: Role, _ id: String) -> String { role == .central ? "central" : "\(role.rawValue):\(id)" }

    @Test("P1, P2: a client id belongs to its name; no other name, and nobody without one, may take it", arguments: [nil, "madrid"])
    func clients(_ site: String?) throws {
        let table = try Table(file(site: site))
        let prefix = site.map { $0 + ":" } ?? ""
        let allowed: [String: Set<String>] = [
            "central": ["central"], "engine:CP-1": ["engine:CP-1"], "monitor:CP-1": ["monitor:CP-1"], "point:CP-1": ["engine:CP-1", "monitor:CP-1"],
            "driver:alice": ["driver:alice", "driver:alice:7"], "station:ST-1": [],
            "gateway:g": ["gateway:g", "engine:CP-1", "engine:CP-2", "monitor:CP-1"],
            "recorder:r": ["recorder:r", "recorder:r:7"], "viewer:v": ["viewer:v", "viewer:v:7"],
        ]
        let clients = [
            "central", "engine:CP-1", "engine:CP-2", "monitor:CP-1", "driver:alice", "driver:alice:7", "driver:bob", "gateway:g", "recorder:r",
            "recorder:r:7", "viewer:v",
            "viewer:v:7",
            "engine:", "viewer:", "central2",
        ]
        for (name, own) in allowed {
            let user = try #require(table.user(name))
            for client in clients { #expect(access_user_may_be(table.table, user, prefix + client) == own.contains(client), "\(name) as \(client)") }
        }
        let nobody = try #require(table.user(nil))
        for client in clients where client != "central2" { #expect(!access_user_may_be(table.table, nobody, prefix + client), "\(client)") }
        #expect(!access_user_may_be(table.table, nobody, prefix + "admin:a:7") && !access_user_may_be(table.table, nobody, prefix + "admin:a"))
        for client in ["point:a", "station:a", "station:"] { #expect(!access_user_may_be(table.table, nobody, client), "\(client)") }
        for client in ["", "mosquitto_sub", "top:12", "central2", "stations"] {
            #expect(access_user_may_be(table.table, nobody, client), "\(client)")
        }
    }

    @Test("nobody is let in without a name but from where it is allowed; a password is known by its hash alone")
    func login() throws {
        for (anonymous, isLocal, isIn) in [
            (AccessFile.Anonymous.none, true, false), (.loopback, true, true), (.loopback, false, false), (.any, false, true),
        ] { #expect((try Table(file(anonymous: anonymous)).user(nil, isLocal: isLocal) != nil) == isIn) }
        let table = try Table(file())
        let engine = try #require(table.user("engine:CP-1"))
        #expect(access_user_knows(engine, "password of engine"))
        for wrong in ["", "password of engin", "password of engine ", "password of monitor"] { #expect(!access_user_knows(engine, wrong)) }
        #expect(table.user("engine:CP-9") == nil && table.user("") == nil)
    }

    @Test("a filter with wildcards is allowed as far as there is something to read under it")
    func wildcards() throws {
        let table = try Table(file())
        let driver = try #require(table.user("driver:alice"))
        for (filter, isAllowed) in [
            ("#", true), ("driver/#", true), ("driver/+/status", true), ("driver/bob/#", false), ("central/cp/+", true), ("central/+", true),
            ("cp/#", false), ("+/+/+", true), ("$SYS/#", false), ("$share/g/driver/alice/status", true), ("$share/g/cp/#", false),
            ("$share/g/driver/+/status", false), ("$share/g/#", false),
            ("$share/g", false),
        ] { #expect(access_user_may_subscribe(driver, filter) == isAllowed, "\(filter)") }
        let viewer = try #require(table.user(nil))
        #expect(!access_user_may_subscribe(viewer, "$share/g/cp/#"))
        #expect(table.user("recorder:r").map { access_user_may_subscribe($0, "$share/g/cp/#") } == true)
        #expect(!access_user_may_read(viewer, "driver/alice/status") && access_user_may_subscribe(viewer, "#"))
    }

    @Test("what is no table is refused, with the line")
    func refused() throws {
        for (text, complaint) in [
            ("", "expected: wattline-access 1"), ("nonsense\n", "line 1: expected: wattline-access 1"), ("wattline-access 2\n", "format 2"),
            ("wattline-access 1\nrole a\nrole a\n", "line 3: the role a is there already"), ("wattline-access 1\nread x\n", "line 2: read"),
            ("wattline-access 1\nrole a\nuser u b i 00 00\n", "has the role b"), ("wattline-access 1\nrole a\nuser u a i 00 00\n", "expected a salt"),
            ("wattline-access 1\nanonymous any x\nend\n", "have the role x"), ("wattline-access 1\nanonymous here x\n", "none, loopback or any"),
            ("wattline-access 1\nrole a\nread x\n", "it was cut off"), ("wattline-access 1\nend\nrole a\n", "behind the end"),
            ("wattline-access 1\n" + String(repeating: "x", count: 2000), "longer than"), ("wattline-access 1\na b c d e f g\n", "more than 6 words"),
        ] {
            var found = [CChar](repeating: 0, count: 256)
            let bytes = Array(text.utf8).map { CChar(bitPattern: $0) }
            #expect(access_table_read(bytes, bytes.count, &found, found.count) == nil)
            let words = String(decoding: found.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            #expect(words.contains(complaint), "\(words)")
        }
    }
}
