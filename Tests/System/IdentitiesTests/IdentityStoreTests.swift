import CAccessTable
import ChargingProtocol
import Foundation
import Settings
import Testing

@testable import Identities

/// Names in a directory of the disk, and what the broker knows of them.
@Suite("Names in files") struct IdentityStoreTests {
    private let broker = BrokerURL(host: "127.0.0.1")

    /// A store for the time of the body.
    private func withStore(_ body: (IdentityStore) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("wattline-names-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(IdentityStore(directory: folder.path, site: nil))
    }

    private func secrets(_ store: IdentityStore) throws -> [String: AccessFile.Secret] {
        AccessFile.secrets(in: try String(contentsOfFile: store.accessFile, encoding: .utf8))
    }

    /// Whether the broker lets in who shows the password in the file.
    private func isLetIn(_ identity: Identity, _ store: IdentityStore) throws -> Bool {
        guard let secret = try secrets(store)[identity.username] else { return false }
        return try secret == AccessFile.Secret(of: store.credentials(of: identity).password, salt: secret.salt)
    }

    @Test("who is added, changed and removed; nobody else's line changes, so that nobody else is thrown out") func changes() throws {
        try withStore { store in
            let one = try Identity(.engine, "CP-1")
            let two = try Identity(.driver, "alice")
            #expect(try store.add([one, two], broker: broker) == [one, two])
            #expect(try store.add([one], broker: broker) == [])
            let before = try secrets(store)
            let password = try store.credentials(of: one).password
            try store.rotate(one)
            #expect(try store.credentials(of: one).password != password && isLetIn(one, store))
            #expect(try secrets(store)[two.username] == before[two.username])
            try store.revoke(two)
            #expect(try secrets(store).keys.sorted() == [one.username] && store.identities() == [one])
            #expect(throws: IdentityError.self) { try store.revoke(two) }
        }
    }

    @Test("all files are their owner's alone") func modes() throws {
        try withStore { store in
            let one = try Identity(.driver, "alice")
            try store.add([one], broker: broker)
            let place = try store.writeForMosquitto(one, broker: broker)
            for path in [store.accessFile, store.file(of: one), place + "/mosquitto_pub"] {
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == 0o600, "\(path)")
            }
            try store.rotate(one)
            let password = try store.credentials(of: one).password
            #expect(try String(contentsOfFile: place + "/mosquitto_pub", encoding: .utf8).contains("-P \(password)\n"))
            try store.revoke(one)
            #expect(!FileManager.default.fileExists(atPath: place))
        }
    }

    @Test("with TLS the authority is in a name's file, and in that of mosquitto's clients, also after a rotation") func authority() throws {
        try withStore { store in
            let one = try Identity(.driver, "alice")
            let secure = BrokerURL(host: "broker.example", port: 8883, isSecure: true)
            try store.add([one], broker: secure, authority: "/x/ca.pem")
            #expect(try store.credentials(of: one).certificateAuthority == "/x/ca.pem")
            let place = try store.writeForMosquitto(one, broker: secure, authority: "/x/ca.pem")
            try store.rotate(one)
            #expect(try store.credentials(of: one).certificateAuthority == "/x/ca.pem")
            let text = try String(contentsOfFile: place + "/mosquitto_sub", encoding: .utf8)
            #expect(
                text.hasPrefix("-h broker.example\n-p 8883\n--cafile /x/ca.pem\n-u driver:alice\n-P \(try store.credentials(of: one).password)\n"))
        }
    }

    @Test("killed between a name's file and the broker's: the next change makes good for it") func killedBetween() throws {
        try withStore { store in
            let one = try Identity(.engine, "CP-1")
            try store.add([one], broker: broker)
            // As a rotation leaves it that is killed there, and as an addition does.
            let other = Credentials(username: one.username, password: "another", clientID: "engine:CP-1", broker: broker)
            try other.json.write(toFile: store.file(of: one), atomically: false, encoding: .utf8)
            let two = try Identity(.monitor, "CP-1")
            try FileManager.default.createDirectory(atPath: store.directory + "/monitor", withIntermediateDirectories: true)
            try Credentials(username: two.username, password: "a new one", clientID: "monitor:CP-1", broker: broker).json
                .write(toFile: store.file(of: two), atomically: false, encoding: .utf8)
            #expect(try !isLetIn(one, store) && !isLetIn(two, store))
            try store.add([Identity(.driver, "alice")], broker: broker)
            #expect(try isLetIn(one, store) && isLetIn(two, store))
        }
    }

    @Test("a file that is damaged is named; what was asked for is done, and whom the broker knows it still knows") func damaged() throws {
        try withStore { store in
            let one = try Identity(.engine, "CP-1")
            let two = try Identity(.driver, "alice")
            try store.add([one, two], broker: broker)
            let before = try secrets(store)
            try "{".write(toFile: store.file(of: one), atomically: false, encoding: .utf8)
            do {
                try store.revoke(two)
                Issue.record("nothing was said")
            } catch {
                #expect("\(error)".contains("this is done; but \(store.file(of: one)) holds no credentials"), "\(error)")
            }
            #expect(try secrets(store) == [one.username: before[one.username]])
            try store.revoke(one)
            #expect(try secrets(store).isEmpty)
        }
    }

    @Test(
        "a broker's file that somebody damaged ends nothing: who may look on without a name is nobody then",
        arguments: ["anonymous \n", "anonymous", "\r\n"])
    func damagedAccess(_ text: String) throws {
        try withStore { store in
            try store.add([Identity(.driver, "alice")], broker: broker, anonymous: .any)
            try text.write(toFile: store.accessFile, atomically: false, encoding: .utf8)
            #expect(store.present == .none)
        }
    }

    @Test(
        "a station has a name by its own id, whatever the characters, and no two share one",
        arguments: ["ST-1", "DE*ABC*E1", "00:1A:2B:3C", "ACME/0042", "Süd 1", "..", ".x", "a%2Fb", "it's", String(repeating: "*", count: 48)])
    func stations(_ id: String) throws {
        try withStore { store in
            let station = try Identity(.station, id)
            try store.add([station, Identity(.station, "a/b"), Identity(.driver, "alice")], broker: broker)
            let access = try store.accessText() ?? ""
            #expect(store.identities().contains(station) && AccessFile.identities(in: access).contains(station))
            #expect(store.identities().count == 3 && !station.key.contains("/") && !station.key.hasPrefix("."))
            let password = try store.credentials(of: station).password
            #expect(password.utf8.count == 20 && password.allSatisfy { $0.isLetter || $0.isNumber })
            let names = StationNames(store, clientsFile: "/nowhere")
            #expect(try names.knows(id))
            #expect(try names.knows("a/b"))
            let proof = try #require(try names.proof(of: id, password: Array(password.utf8)))
            #expect(try names.proof(of: "a/b", password: Array(password.utf8)) == nil)
            #expect(try names.holds(proof, of: id, now: 0))
            let edition = try names.edition()
            #expect(try names.edition() == edition)
            try store.rotate(station)
            // Whoever knocks first looks at the new file, and those who are here must hear of it all the same.
            #expect(try names.knows(id))
            #expect(try names.edition() != edition)
            #expect(try !names.holds(proof, of: id, now: 0))
            try store.revoke(station)
            #expect(store.identities().count == 2)
            #expect(try !names.knows(id))
            #expect(try names.knows("a/b"))
        }
    }

    @Test("what no station is called gets no name", arguments: ["", "a\nb", "\u{1B}[2J", "\u{7F}", "\u{85}", String(repeating: "x", count: 49)])
    func noStations(_ id: String) {
        #expect(throws: IdentityError.self) { try Identity(.station, id) }
        #expect(throws: IdentityError.self) { try Identity(.engine, "DE*ABC*E1") }
    }

    @Test("ids that look the same and are spelled otherwise are two") func normalForms() throws {
        try withStore { store in
            let composed = try Identity(.station, "S\u{FC}d")
            let parted = try Identity(.station, "Su\u{308}d")
            #expect(composed != parted && composed.id == parted.id)
            try store.add([composed], broker: broker)
            let names = StationNames(store, clientsFile: "/nowhere")
            #expect(try names.knows(composed.id))
            #expect(try !names.knows(parted.id))
            try store.add([parted], broker: broker)
            #expect(store.identities().count == 2)
            for station in [composed, parted] {
                let password = try store.credentials(of: station).password
                #expect(try names.proof(of: station.id, password: Array(password.utf8)) != nil)
            }
        }
    }

    @Test("the words of a command are quoted where a shell needs it") func arguments() throws {
        #expect(try Identity(.station, "ST-1").arguments == "station ST-1")
        #expect(try Identity(.station, "DE*A B").arguments == "station 'DE*A B'")
        #expect(try Identity(.station, "it's").arguments == "station 'it'\\''s'")
        #expect(try Identity(.station, "~root").arguments == "station '~root'" && Identity(.station, "-x").arguments == "-- station '-x'")
    }

    @Test("a file whose name is another spelling of an id is nobody's") func spelling() {
        #expect(Identity(.station, key: "DE%2AABC")?.id == "DE*ABC")
        for other in ["DE*ABC", "DE%2aABC", "%44E%2AABC", "DE%2", "%FF"] { #expect(Identity(.station, key: other) == nil, "\(other)") }
    }

    @Test("names are found behind a comment that ends as on Windows, as the plugin finds them") func carriageReturns() {
        let hash = String(repeating: "0a", count: 32)
        let text = "wattline-access 1\n# mine\r\nanonymous any viewer\nuser driver:a driver a \(hash.prefix(32)) \(hash)\nend\n"
        #expect(AccessFile.secrets(in: text).keys.sorted() == ["driver:a"] && AccessFile.anonymous(in: text) == .any)
    }
}
