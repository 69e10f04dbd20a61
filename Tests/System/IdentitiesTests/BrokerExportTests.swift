import ChargingProtocol
import Foundation
import Settings
import Testing

@testable import Identities

@Suite("What a broker of somebody else is told") struct BrokerExportTests {
    private static let people: [(role: Role, id: String)] = [
        (.central, "central"), (.engine, "CP-1"), (.driver, "alice"), (.station, "ST-1"), (.gateway, "g"), (.admin, "a"),
    ]

    private func export(for broker: ForeignBroker, site: String? = nil, anonymous: AccessFile.Anonymous = .any) throws -> [String: String] {
        let accounts = try Self.people.map { role, id in
            BrokerExport.Account(try Identity(role, id), password: "password of \(role)", salt: Array(0..<16), site: site)
        }
        let files = try BrokerExport(for: broker, accounts, site: site, anonymous: anonymous).files
        return Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.text) })
    }

    @Test("mosquitto: a name without a colon, a hash as mosquitto_passwd makes it, and the own topics") func mosquitto() throws {
        let files = try export(for: .mosquitto)
        #expect(files.keys.sorted() == ["wattline.acl", "wattline.conf", "wattline.passwords"])
        let lines = try #require(files["wattline.passwords"]).split(separator: "\n")
        #expect(lines.map { $0.prefix { $0 != ":" } } == ["admin.a", "central", "driver.alice", "engine.CP-1", "gateway.g"])
        // hashlib.pbkdf2_hmac("sha512", b"password of driver", bytes(range(12)), 101, 64)
        #expect(
            lines[2]
                == "driver.alice:$7$101$AAECAwQFBgcICQoL$WZ14Kjb42ktaRAS0sJ3CcxpkA7sooc0Z9Y5U4hFKg3BedtlDTrfvRhvX3SZpX6u+rliWmb+ErlqWzOozINk3Sw==")
        let acl = try #require(files["wattline.acl"])
        #expect(acl.contains("\nuser driver.alice\ntopic write driver/alice/request\ntopic read driver/alice/status\n"))
        #expect(acl.contains("export --for mosquitto.\ntopic read cp/#\n"), "who gives no name reads what is public")
        #expect(try !#require(export(for: .mosquitto, anonymous: .loopback)["wattline.acl"]).contains("mosquitto.\ntopic read"))
        #expect(try #require(export(for: .mosquitto, anonymous: .none)["wattline.conf"]).contains("\nallow_anonymous false\n"))
    }

    @Test("EMQX: rights bound to the own client ids, and salted hashes to import") func emqx() throws {
        let files = try export(for: .emqx, site: "madrid")
        #expect(files.keys.sorted() == ["acl.conf", "users.csv"])
        let rules = try #require(files["acl.conf"])
        let driver = #"{allow, {'and', [{username, "driver:alice"}, {clientid, {re, "^(madrid:driver:alice|madrid:driver:alice:.+)$"}}]}, publish, "#
        #expect(rules.contains(driver + #"["madrid/driver/alice/request"]}."#))
        #expect(rules.contains(#"{allow, {username, "admin:a"}, publish, ["madrid/#", "homeassistant/#", "$CONTROL/#"]}."#))
        #expect(rules.hasSuffix("\n{deny, all}.\n") && !rules.contains("station:"))
        let users = try #require(files["users.csv"]).split(separator: "\n")
        // sha256("0001020304050607" + "password of driver")
        #expect(
            users[0] == "user_id,password_hash,salt,is_superuser"
                && users[3] == "driver:alice,17703b8ea49b6d8129ba3ac4328292c4e34e8fe997e4e89d84280f43a0c33fa9,0001020304050607,false")
    }

    @Test("no file holds a password, and a broker is told the same when nothing changed; files are their owner's alone") func secrets() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("wattline-export-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = IdentityStore(directory: folder.path + "/names", site: nil)
        let none = #expect(throws: IdentityError.self) { try store.export(for: .emqx) }
        #expect(none?.description == "nobody has a name in \(folder.path)/names: wattline credentials init gives some")
        try store.add([Identity(.engine, "CP-1"), Identity(.driver, "alice")], broker: BrokerURL(host: "127.0.0.1"))
        let password = try store.credentials(of: Identity(.driver, "alice")).password
        for broker in ForeignBroker.allCases {
            let export = try store.export(for: broker)
            #expect(try store.export(for: broker) == export)
            for path in try store.write(export, into: folder.path + "/out") {
                #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
                #expect(try !String(contentsOfFile: path, encoding: .utf8).contains(password))
            }
        }
        let shown = try store.credentials(of: Identity(.engine, "CP-1"), for: .mosquitto)
        #expect(shown.username == "engine.CP-1" && shown.clientID == "engine:CP-1")
    }
}
