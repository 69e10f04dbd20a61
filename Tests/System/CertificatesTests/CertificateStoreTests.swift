import ChargingModel
import ChargingProtocol
import Foundation
import Identities
import Testing

@testable import Certificates

/// An authority and its certificates in a directory of the disk.
@Suite("Certificates in files") struct CertificateStoreTests {
    private let now = WallTime(milliseconds: 1_795_953_600_000)

    private func later(days: Int64) -> WallTime { now.advanced(byMilliseconds: days * 86_400_000) }

    /// A store for the time of the body.
    private func withStore(_ body: (CertificateStore) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("wattline-certificates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(CertificateStore(directory: folder.path))
    }

    private func text(_ file: String) throws -> String { try String(contentsOfFile: file, encoding: .utf8) }

    @Test("what is missing is made, for this machine; what is there is kept") func made() throws {
        try withStore { store in
            #expect(try store.make(at: now) == [store.authorityFile, store.serverFile])
            let authority = try Certificate(file: store.authorityFile)
            let server = try Certificate(file: store.serverFile)
            #expect(authority.isAuthority && !server.isAuthority)
            #expect(server.authority == authority.name && server.hosts == ["localhost", "127.0.0.1", "::1"])
            #expect(server.secondsLeft(at: now) == 365 * 86_400)
            #expect(authority.secondsLeft(at: now) == 3650 * 86_400)
            #expect(server.notBefore < now, "another machine's clock may be behind")
            #expect(try store.make(at: now) == [])
            #expect(try store.make(hosts: .adding(["localhost"]), at: now) == [], "one of its hosts asks for nothing new")
            #expect(try store.make(hosts: .adding(["broker.example"]), at: now) == [store.serverFile])
            #expect(try Certificate(file: store.serverFile).hosts == ["localhost", "127.0.0.1", "::1", "broker.example"])
        }
    }

    @Test("hosts that are asked for at first are the only ones; addresses stay addresses") func hosts() throws {
        try withStore { store in
            try store.make(hosts: .adding(["mosquitto", "10.0.0.1", "fe80::1"]), at: now)
            #expect(try Certificate(file: store.serverFile).hosts == ["mosquitto", "10.0.0.1", "fe80::1"])
            let many = (1...16).map { "host-\($0)" }
            let error = #expect(throws: CertificateError.self) { try store.make(hosts: .adding(many), at: now) }
            #expect(
                error?.description == "19 hosts are too many: expected at most 16 in one certificate; with --only it is for those of --host alone, "
                    + "and the others that it has are left out")
            #expect(try store.make(hosts: .only(many + many), at: now) == [store.serverFile])
            #expect(try Certificate(file: store.serverFile).hosts == many, "each once")
            #expect(try store.make(hosts: .only(many.reversed()), at: now) == [], "these are the same")
            #expect(try store.renew(hosts: .only(["mosquitto"]), at: now, where: { _ in false }).files == [store.serverFile])
            #expect(try Certificate(file: store.serverFile).hosts == ["mosquitto"])
        }
    }

    @Test("renewed by the same authority, with the same key and hosts; with another key when that is asked for") func renewed() throws {
        try withStore { store in
            try store.make(hosts: .adding(["mosquitto"]), at: now)
            let engine = try Identity(.engine, "CP-001")
            try store.add(engine, at: now)
            let (authority, key, server, client) =
                (try text(store.authorityFile), try text(store.serverKeyFile), try text(store.serverFile), try text(store.file(of: engine)))
            #expect(try store.renew(at: later(days: 300)).files == [store.serverFile, store.file(of: engine)])
            #expect(try text(store.authorityFile) == authority && text(store.serverKeyFile) == key)
            #expect(try text(store.serverFile) != server && text(store.file(of: engine)) != client)
            let renewed = try Certificate(file: store.serverFile)
            #expect(renewed.hosts == ["mosquitto"] && renewed.notAfter == later(days: 665))
            let next = try text(store.serverFile)
            #expect(Certificate.is(next, by: authority))
            #expect(Certificate.has(next, key: key))
            #expect(try store.renew(hosts: .adding(["more"]), newKey: true, at: now, where: { _ in false }).files == [store.serverFile])
            #expect(try text(store.serverKeyFile) != key && Certificate(file: store.serverFile).hosts == ["mosquitto", "more"])
            let (last, itsKey) = (try text(store.serverFile), try text(store.serverKeyFile))
            #expect(Certificate.has(last, key: itsKey))
        }
    }

    @Test("30 days before the end is soon, 7 very soon") func thresholds() throws {
        try withStore { store in
            try store.make(at: now)
            let server = try Certificate(file: store.serverFile)
            let expected: [(days: Int64, Expiry)] = [
                (0, .far), (335, .far), (336, .soon), (358, .soon), (359, .verySoon), (365, .over), (400, .over),
            ]
            for (days, expiry) in expected { #expect(Expiry(of: server, at: later(days: days)) == expiry, "after \(days) days") }
            #expect(try store.renew(at: later(days: 335), where: { Expiry(of: $0, at: later(days: 335)) != .far }).files == [])
            #expect(try store.renew(at: later(days: 336), where: { Expiry(of: $0, at: later(days: 336)) != .far }).files == [store.serverFile])
        }
    }

    @Test("a client's certificate has its name, and the key in its file; everything is its owner's alone") func clients() throws {
        try withStore { store in
            let engine = try Identity(.engine, "CP-001")
            #expect(throws: CertificateError.self) { try store.add(engine, at: now) }
            try store.make(at: now)
            try store.add(engine, at: now)
            let entry = try #require(store.contents().entries.last)
            #expect(entry.name == "engine:CP-001" && entry.certificate.name == "engine:CP-001" && entry.certificate.hosts == [])
            let both = try text(entry.file)
            #expect(Certificate.has(both, key: both))
            defer {
                #expect(throws: Never.self) { try store.remove(engine) }
                #expect(store.contents().entries.count == 2)
            }
            for file in [store.authorityFile, store.authorityKeyFile, store.serverFile, store.serverKeyFile, entry.file] {
                let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
                #expect(mode == 0o600, "\(file)")
            }
        }
    }

    @Test("one client's file that is damaged is named, and costs nobody else") func damagedClient() throws {
        try withStore { store in
            try store.make(at: now)
            let (engine, monitor) = (try Identity(.engine, "CP-001"), try Identity(.monitor, "CP-001"))
            for identity in [engine, monitor] { try store.add(identity, at: now) }
            let told = KnownCertificates(text: try text(store.clientsFile)).entries
            try Data("nonsense".utf8).write(to: URL(fileURLWithPath: store.file(of: engine)))
            let said =
                "\(store.file(of: engine)) holds no certificate: expected one in PEM form; wattline certificates add engine CP-001 makes another one"
            let contents = store.contents()
            #expect(contents.damage.map(\.description) == [said] && contents.entries.map(\.name) == ["ca", "server", "monitor:CP-001"])
            let change = try store.renew(at: now)
            #expect(change.damage.map(\.description) == [said] && change.files == [store.serverFile, store.file(of: monitor)])
            let after = KnownCertificates(text: try text(store.clientsFile)).entries
            #expect(after["engine:CP-001"] == told["engine:CP-001"] && after["engine:CP-001"] != nil, "a copy elsewhere still counts")
            try store.add(engine, at: now)
            #expect(store.contents().damage.isEmpty)
        }
    }

    @Test("a certificate that somebody else signed is told apart") func foreign() throws {
        try withStore { store in
            let other = CertificateStore(directory: store.directory + "/other")
            for one in [store, other] { try one.make(at: now) }
            let engine = try Identity(.engine, "CP-001")
            try other.add(engine, at: now)
            try store.add(engine, at: now)
            #expect(store.contents().entries.map(\.isOurs) == [true, true, true])
            try Data(contentsOf: URL(fileURLWithPath: other.file(of: engine))).write(to: URL(fileURLWithPath: store.file(of: engine)))
            #expect(store.contents().entries.map(\.isOurs) == [true, true, false])
        }
    }

    @Test("killed between a new key and its certificate: the next one makes good for it, for the same hosts") func killedBetween() throws {
        try withStore { store in
            try store.make(hosts: .adding(["mosquitto"]), at: now)
            let key = try #require(Certificate.newKey())
            try Data(key.utf8).write(to: URL(fileURLWithPath: store.serverKeyFile))
            #expect(try store.make(at: now) == [store.serverFile])
            let made = try text(store.serverFile)
            #expect(Certificate.has(made, key: key))
            #expect(try Certificate(file: store.serverFile).hosts == ["mosquitto"])
        }
    }

    @Test("no certificate outlives its authority, and one that has ended signs none") func authorityEnds() throws {
        try withStore { store in
            try store.make(at: now)
            _ = try store.renew(at: later(days: 3600))
            #expect(try Certificate(file: store.serverFile).notAfter == Certificate(file: store.authorityFile).notAfter)
            #expect(throws: CertificateError.self) { _ = try store.renew(at: later(days: 3651)) }
        }
    }

    @Test("what is no certificate is named, and nothing is made of it") func damaged() throws {
        try withStore { store in
            try store.make(at: now)
            try Data("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8).write(to: URL(fileURLWithPath: store.serverFile))
            let damage = store.contents().damage.map(\.description)
            #expect(damage == ["\(store.serverFile) holds no certificate: expected one in PEM form; wattline certificates init makes another one"])
            #expect(try store.make(at: now) == [store.serverFile], "one that can't be used is as good as none")
            try Data("nonsense".utf8).write(to: URL(fileURLWithPath: store.authorityKeyFile))
            #expect(throws: CertificateError.self) { _ = try store.renew(at: now) }
        }
    }
}
