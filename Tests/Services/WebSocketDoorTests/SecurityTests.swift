import Certificates
import ChargingModel
import ChargingProtocol
import Foundation
import Identities
import ServerTLS
import Testing
import WebSocket

@testable import WebSocketDoor

/// An authority with its certificates in a directory of its own.
private struct Authority {
    let store: CertificateStore
    let client: String
    let now = WallTime(milliseconds: Int64(time(nil)) * 1000)

    init() throws {
        var template = Array("/tmp/wattline-door-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Missed(description: "no directory") }
        store = CertificateStore(directory: String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
        let identity = try Identity(.engine, "ST-1")
        client = store.file(of: identity)
        try store.make(at: now)
        try store.add(identity, at: now)
    }

    func remove() { try? FileManager.default.removeItem(atPath: store.directory) }

    func certificate(clients: ServerCertificate.Clients? = nil) throws -> ServerCertificate {
        try ServerCertificate(file: store.serverFile, key: store.serverKeyFile, clients: clients)
    }
}

extension DoorTests {
    @Suite("TLS", .timeLimit(.minutes(2))) struct SecurityTests {
        private func dial(_ port: UInt16, _ tls: Dial.TLS) -> Dial { dial(port, "localhost", tls) }

        private func dial(_ port: UInt16, _ host: String, _ tls: Dial.TLS) -> Dial {
            Dial(WebSocketURL(host: host, port: port, path: "/ocpp/ST-1", isSecure: true), subprotocols: ["ocpp1.6"], tls: tls)
        }

        /// At all addresses of loopback.
        private func everywhere(_ certificate: ServerCertificate) -> DoorSettings {
            .test {
                $0.host = "0.0.0.0"
                $0.certificate = certificate
            }
        }

        @Test("wss: believed by the authority's file, by name or by address; words for what is not") func secure() async throws {
            let authority = try Authority()
            defer { authority.remove() }
            let other = try Authority()
            defer { other.remove() }
            let trust = Dial.TLS(caFile: authority.store.authorityFile)
            let certificate = try authority.certificate()
            try await withDoor(everywhere(certificate)) { door in
                try await withSockets { stations in
                    #expect(try await stations.open(1, dial(door.port, trust)) == "ocpp1.6")
                    #expect(try await stations.open(2, dial(door.port, "127.0.0.1", trust)) == "ocpp1.6")
                    #expect(try await door.knocked().knock.isTLS)
                    let id = try await door.opened()
                    stations.take(.send(SocketID(number: 1), Array("secret".utf8), piece: nil))
                    #expect(try await door.text(id) == "secret")

                    #expect(
                        await stations.problem(3, dial(door.port, Dial.TLS(caFile: other.store.authorityFile)))
                            == .untrusted(file: other.store.authorityFile))
                    let words = try await door.events.next("turned away") { if case .turnedAway(_, let words) = $0 { words } else { nil } }
                    #expect(words.contains("does not trust the certificate of this backend"), "\(words)")
                    #expect(await stations.problem(4, dial(door.port, "127.0.0.2", trust)) == .otherHost(expected: "127.0.0.2"))
                    let missing = await stations.problem(5, dial(door.port, Dial.TLS(caFile: "/nonexistent")))
                    #expect(missing?.description.hasPrefix("/nonexistent can't be used: expected") == true)
                    // Plain at a port for TLS, and the other way round.
                    #expect(
                        await stations.problem(6, .station(at: door.port))
                            == .status(400, words: "This port speaks TLS: set the station to wss://, not ws://."))
                    try await door.events.next("plain text turned away") {
                        if case .turnedAway(_, "it speaks no TLS: set it to wss://") = $0 { () } else { nil }
                    }
                    try await withDoor { plain in #expect(await stations.problem(7, dial(plain.port, trust)) == .noTLS) }
                }
            }
        }

        @Test("Ends over TLS are what they are without it") func ends() async throws {
            let authority = try Authority()
            defer { authority.remove() }
            let trust = Dial.TLS(caFile: authority.store.authorityFile)
            let certificate = try authority.certificate()
            try await withDoor(
                .test {
                    $0.certificate = certificate
                    $0.pingInterval = .milliseconds(200)
                }
            ) { door in
                try await withSockets { stations in
                    try await stations.open(1, dial(door.port, trust))
                    let first = try await door.opened()
                    stations.take(.close(SocketID(number: 1), .normal, "done"))
                    #expect(try await door.closed(first) == SocketEnd(.farewell, code: .normal, words: "the station said goodbye: done"))
                    #expect(try await stations.closed(1).cause == .ordered)
                    try await stations.open(2, dial(door.port, trust))
                    let second = try await door.opened()
                    stations.take(.abort(SocketID(number: 2)))
                    #expect(try await door.closed(second).cause == .lost)
                    try await stations.open(3, dial(door.port, trust))
                    let third = try await door.opened()
                    stations.take(.freeze(SocketID(number: 3)))
                    #expect(try await door.closed(third, within: .seconds(4)).cause == .silent)
                    stations.take(.abort(SocketID(number: 3)))
                }
            }
        }

        @Test("Certificates of stations: shown or not where they are optional, wanted where they are required, never of another authority")
        func clients()
            async throws
        {
            let authority = try Authority()
            defer { authority.remove() }
            let other = try Authority()
            defer { other.remove() }
            let ca = authority.store.authorityFile
            let own = Dial.TLS(caFile: ca, certificateFile: authority.client, keyFile: authority.client)
            let foreign = Dial.TLS(caFile: ca, certificateFile: other.client, keyFile: other.client)
            let expected = try Certificate(file: authority.client)
            for areRequired in [false, true] {
                let certificate = try authority.certificate(clients: .init(authorityFile: ca, areRequired: areRequired))
                try await withDoor(.test { $0.certificate = certificate }) { door in
                    try await withSockets { stations in
                        try await stations.open(1, dial(door.port, own))
                        let shown = try await door.knocked().knock.certificate
                        #expect(shown?.commonName == expected.name && shown?.fingerprint == expected.fingerprint && shown?.fingerprint.count == 64)
                        #expect(shown?.subject == "CN=\(expected.name),O=Wattline")
                        // In TLS 1.3 the client has done its part before it is refused.
                        #expect(await stations.problem(2, dial(door.port, foreign)) == .certificateWanted(isOurs: true))
                        if areRequired {
                            #expect(await stations.problem(3, dial(door.port, Dial.TLS(caFile: ca))) == .certificateWanted(isOurs: false))
                        } else {
                            try await stations.open(3, dial(door.port, Dial.TLS(caFile: ca)))
                            #expect(try await door.knocked().knock.certificate == nil)
                        }
                    }
                }
            }
        }

        @Test("A new certificate in the files is used for those who come; those who are there stay") func renewed() async throws {
            let authority = try Authority()
            defer { authority.remove() }
            let trust = Dial.TLS(caFile: authority.store.authorityFile)
            let certificate = try authority.certificate()
            try await withDoor(everywhere(certificate)) { door in
                try await withSockets { stations in
                    try await stations.open(1, dial(door.port, trust))
                    let id = try await door.opened()
                    #expect(await stations.problem(2, dial(door.port, "127.0.0.2", trust)) == .otherHost(expected: "127.0.0.2"))
                    _ = try authority.store.renew(hosts: .adding(["127.0.0.2"]), at: authority.now, where: { _ in false })
                    let problem = try await door.events.next("certificate") {
                        if case .certificate(_, let problem) = $0 { problem ?? "" } else { nil }
                    }
                    #expect(problem.isEmpty)
                    #expect(await stations.problem(3, dial(door.port, "127.0.0.2", trust)) == nil)
                    stations.take(.send(SocketID(number: 1), Array("still".utf8), piece: nil))
                    #expect(try await door.text(id) == "still")
                }
            }
        }

        @Test("Garbage at a port for TLS harms nobody") func garbage() async throws {
            let authority = try Authority()
            defer { authority.remove() }
            let certificate = try authority.certificate()
            try await withDoor(.test { $0.certificate = certificate }) { door in
                let raw = try RawStation(door.port)
                raw.say([22, 3, 1, 0, 5] + [UInt8](repeating: 0xFF, count: 64))
                #expect(await raw.isOver())
                let words = try await door.events.next("turned away") { if case .turnedAway(_, let words) = $0 { words } else { nil } }
                #expect(words.hasPrefix("TLS failed") || words.contains("TLS"))
            }
        }
    }
}
