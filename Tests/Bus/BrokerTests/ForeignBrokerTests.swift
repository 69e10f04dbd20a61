import ChargingProtocol
import EventLoop
import Foundation
import Identities
import MQTT
import Settings
import Testing

extension Broker {
    /// A stock mosquitto, told of names by `wattline credentials export --for mosquitto`, against the table in docs/security.md.
    @Suite(.serialized, .timeLimit(.minutes(2))) struct ForeignBrokerTests {
        private static let people: [(role: Role, id: String)] = [
            (.central, "central"), (.engine, "CP-1"), (.monitor, "CP-1"), (.point, "CP-1"), (.driver, "alice"), (.gateway, "g"), (.recorder, "r"),
            (.viewer, "v"), (.admin, "a"),
        ]

        /// A row of the table: a topic, who writes it, and who reads it.
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

        /// A client under a name, or without one.
        private struct Member {
            var role: String
            var peer: Peer
        }

        private static func connect(_ loop: EventLoop, _ port: UInt16, _ store: IdentityStore, _ topics: [String]) async throws -> [Member] {
            var members: [Member] = []
            for person in people.map({ Optional($0) }) + [nil] {
                let credentials = try person.map { try store.credentials(of: Identity($0.role, $0.id), for: .mosquitto) }
                let name = person?.role.rawValue ?? "anonymous"
                let peer = try await Peer(
                    loop, port,
                    .init(
                        id: "test-\(name)", topic: nil, subscriptions: topics.map { Subscription($0) },
                        adjust: { settings in
                            settings.address.credentials = credentials.map { .init(user: $0.username, password: $0.password) }
                        }, givesBirth: false))
                try await peer.online()
                members.append(Member(role: name, peer: peer))
            }
            return members
        }

        @Test("every role may write and read what the table says, and a wrong password lets nobody in") func rights() async throws {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("wattline-foreign-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: folder) }
            let store = IdentityStore(directory: folder.path + "/names", site: nil)
            try store.add(Self.people.map { try Identity($0.role, $0.id) }, broker: BrokerURL(host: "127.0.0.1"), anonymous: .any)
            let paths = try store.write(store.export(for: .mosquitto), into: folder.path + "/broker")
            let configuration = try String(contentsOfFile: paths[0], encoding: .utf8).replacing("/etc/mosquitto", with: folder.path + "/broker")
            // What TestBroker says itself.
            let settings = configuration.split(separator: "\n").filter { !$0.hasPrefix("allow_anonymous") }.joined(separator: "\n")
            #expect(configuration.contains("\nallow_anonymous true\n"))
            // With a limit mosquitto 2.0.11 keeps the connection of whoever writes what is not his.
            let broker = try TestBroker(settings + "\nmax_queued_messages 1000\n")
            try await withLoop { loop in
                let rows = try Self.table()
                #expect(rows.count == 34)
                let members = try await Self.connect(loop, broker.port, store, rows.map(\.topic))
                try await checkWriting(rows, members)
                try await checkReading(rows, members)
                let liar = try await Peer(
                    loop, broker.port,
                    .init(
                        id: "liar", topic: nil, adjust: { $0.address.credentials = .init(user: "engine.CP-1", password: "another") },
                        givesBirth: false))
                #expect("\(String(describing: try await liar.failedAttempt()))".contains("refused the connection"))
                for peer in members.map(\.peer) + [liar] { try await peer.stop() }
            }
        }

        private func checkWriting(_ rows: [Row], _ members: [Member]) async throws {
            for member in members {
                for row in rows {
                    let token = try await member.peer.publish(row.topic, "written by \(member.role)")
                    let answer = try await member.peer.record.next("PUBACK") {
                        switch $0 {
                        case .bus(.delivered(let other)), .bus(.rejected(let other, _)): other == token
                        default: false
                        }
                    }
                    var isTaken = false
                    if case .bus(.delivered) = answer { isTaken = true }
                    #expect(isTaken == row.writers.contains(member.role), "\(member.role) writes \(row.topic)")
                }
            }
        }

        /// The admin says something on every topic, last on one that all may read.
        private func checkReading(_ rows: [Row], _ members: [Member]) async throws {
            let admin = try #require(members.first { $0.role == "admin" })
            let last = "central/status"
            // The broker's own topic is the broker's; what is on $CONTROL it keeps for itself.
            let said = rows.map(\.topic).filter { !$0.hasPrefix("$") && $0 != last } + [last]
            for topic in said { try await admin.peer.publish(topic, "for readers") }
            for member in members {
                _ = try await member.peer.message(last) { $0 == "for readers" }
                let heard = Set(
                    member.peer.record.all.compactMap { event -> String? in
                        guard case .bus(.message(let message)) = event, message.text == "for readers" || message.topic.hasPrefix("$SYS") else {
                            return nil
                        }
                        return message.topic
                    })
                for row in rows where row.topic != "$CONTROL/x" {
                    #expect(heard.contains(row.topic) == row.readers.contains(member.role), "\(member.role) reads \(row.topic)")
                }
            }
        }
    }
}
