import EventLoop
import Glibc
import MQTT
import Testing

extension Broker {
    @Suite(.serialized, .timeLimit(.minutes(1)), .enabled(if: access("/usr/bin/openssl", X_OK) == 0, "needs /usr/bin/openssl to make certificates"))
    struct TLSTests {
        @Test("TLS with a CA file: by a name that the certificate has; a CA that did not sign it is refused with a reason") func handshake()
            async throws
        {
            let certificates = try Certificates()
            let broker = try TestBroker("certfile \(certificates.directory)/server.pem\nkeyfile \(certificates.directory)/server.key")
            try await withLoop { loop in
                let own = certificates.directory + "/server.pem"
                let engine = try await Peer(
                    loop, broker.port,
                    .init(adjust: {
                        $0.address.host = "localhost"
                        $0.address.tls = .init(caFile: own)
                    }))
                try await engine.online()
                let token = try await engine.publish("peer/large", String(repeating: "x", count: 60_000))
                try await engine.delivered(token)
                let stranger = try await Peer(
                    loop, broker.port,
                    .init(
                        id: "stranger",
                        adjust: {
                            $0.address.host = "localhost"
                            $0.address.tls = .init()
                        }))
                let refusal = try await stranger.failedAttempt()
                #expect("\(String(describing: refusal))".contains("expected an authority of this system"), "\(String(describing: refusal))")
                let byAddress = try await Peer(loop, broker.port, .init(id: "address", adjust: { $0.address.tls = .init(caFile: own) }))
                let wrong = try await byAddress.failedAttempt()
                #expect("\(String(describing: wrong))".contains("is for localhost, expected 127.0.0.1"), "\(String(describing: wrong))")
                let plain = try await Peer(loop, broker.port, .init(id: "plain"))
                #expect("\(String(describing: try await plain.failedAttempt()))".contains("mqtts://HOST:PORT"))
                let missing = try await Peer(loop, broker.port, .init(id: "missing", adjust: { $0.address.tls = .init(caFile: "/no/such/file") }))
                #expect("\(String(describing: try await missing.failedAttempt()))".contains("/no/such/file can't be used"))
                try await engine.stop(farewell: "stopped")
                try await engine.stopped()
            }
        }

        @Test("a name with several addresses is reached by the one that answers, and checked by the name") func severalAddresses() async throws {
            let certificates = try Certificates()
            let broker = try TestBroker("certfile \(certificates.directory)/server.pem\nkeyfile \(certificates.directory)/server.key")
            let (own, port) = (certificates.directory + "/server.pem", broker.port)
            try await withLoop { loop in
                // The broker is at the last one alone.
                let addresses = try ["::1", "127.0.0.2", "127.0.0.1"].map { try NumericAddress(host: $0, port: port) }
                for host in ["broker.example", "localhost"] {
                    loop.execute { NameResolver.of(loop).remember(addresses, of: host, port: port, for: .seconds(60)) }
                }
                func peer(at host: String) async throws -> Peer {
                    try await Peer(
                        loop, port,
                        .init(
                            id: host,
                            adjust: {
                                $0.address.host = host
                                $0.address.tls = .init(caFile: own)
                            }))
                }
                try await peer(at: "localhost").online()
                let wrong = try await peer(at: "broker.example").failedAttempt()
                #expect("\(String(describing: wrong))".contains("is for localhost, expected broker.example"), "\(String(describing: wrong))")
            }
        }

        @Test("a broker without TLS is one, and says so at once") func noTLS() async throws {
            let broker = try TestBroker()
            try await withLoop { loop in
                let peer = try await Peer(loop, broker.port, .init(adjust: { $0.address.tls = .init(caFile: "/etc/ssl/certs/ca-certificates.crt") }))
                #expect("\(String(describing: try await peer.failedAttempt()))".contains("expected a port with TLS"))
            }
        }
    }
}

/// A self-signed certificate for localhost, in a directory of its own.
private final class Certificates {
    let directory: String

    init() throws {
        var template = Array("/tmp/wattline-tls-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestBroker.Failure(description: "no temporary directory") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let command = """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
            -keyout \(directory)/server.key -out \(directory)/server.pem 2>/dev/null
            """
        guard system(command) == 0 else { throw TestBroker.Failure(description: "openssl made no certificate") }
    }

    deinit {
        unlink("\(directory)/server.key")
        unlink("\(directory)/server.pem")
        rmdir(directory)
    }
}
