internal import CCertificates
internal import CMosquitto
internal import ChargingModel
internal import MQTT

/// The trust of one connection, and the reason why it did not believe the broker. It outlives the library's instance.
final class TLSTrust {
    private let tls: OpaquePointer
    private let address: MQTTAddress
    /// True while the library's complaints are heard.
    var isListening = true

    /// Reads the files; blocks.
    init(_ address: MQTTAddress) throws(TLSProblem) {
        let files = address.tls ?? MQTTAddress.TLS()
        var problem = WATTLINE_TLS_FINE
        guard let made = wattline_tls_new(address.host, files.caFile, files.certificateFile, files.keyFile, &problem) else {
            switch problem {
            case WATTLINE_TLS_NO_AUTHORITIES:
                throw .unusable(
                    file: files.caFile ?? "the system's store", expected: "the certificates of authorities in PEM form (--ca, WATTLINE_CA)")
            case WATTLINE_TLS_NO_CERTIFICATE:
                throw .unusable(file: files.certificateFile ?? "", expected: "a certificate in PEM form (--certificate)")
            case WATTLINE_TLS_NO_KEY:
                throw .unusable(file: files.keyFile ?? "", expected: "the key of the certificate, in PEM form, without a password")
            default: throw .other("OpenSSL has no memory, or can't check the name \(address.host)")
            }
        }
        tls = made
        self.address = address
    }

    deinit { wattline_tls_free(tls) }

    func use(_ handle: OpaquePointer) -> Int32 { wattline_tls_use(tls, handle) }

    /// A stream of its own over a socket; `nil` without memory.
    func open(_ socket: Int32) -> OpaquePointer? { wattline_tls_open(tls, socket) }

    /// Why the broker's certificate was not believed; `nil` when it was, or none was seen.
    var objection: TLSProblem? {
        let problem = wattline_tls_problem(tls)
        guard problem != WATTLINE_TLS_FINE else { return nil }
        var found = wattline_certificate()
        if let text = wattline_tls_certificate(tls) { wattline_certificate_read(text, &found) }
        let name = TLSTrust.text(found.name)
        switch problem {
        case WATTLINE_TLS_UNKNOWN_AUTHORITY: return .unknownAuthority(name: TLSTrust.text(found.authority), file: address.tls?.caFile)
        case WATTLINE_TLS_OVER: return .over(name: name, since: WallTime(milliseconds: found.not_after * 1000))
        case WATTLINE_TLS_NOT_YET: return .notYet(name: name, from: WallTime(milliseconds: found.not_before * 1000))
        case WATTLINE_TLS_OTHER_HOST:
            return .otherHost(expected: address.host, hosts: TLSTrust.text(found.hosts).split(separator: " ").map(String.init))
        default: return .other(String(cString: wattline_tls_words(tls)))
        }
    }

    /// The text of an array of C.
    private static func text<Array>(_ array: Array) -> String {
        withUnsafeBytes(of: array) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

extension MosquittoConnection {
    /// Has the library's complaints heard until CONNACK: what a handshake failed of it says nowhere else.
    func listen(_ made: OpaquePointer) {
        mosquitto_log_callback_set(made) { _, object, level, text in
            guard level == MOSQ_LOG_ERR, let object, let text else { return }
            Unmanaged<MosquittoConnection>.fromOpaque(object).takeUnretainedValue().complaint = String(cString: text)
        }
    }

    /// While it is heard, each packet is described in words.
    func stopListening(_ made: OpaquePointer) {
        mosquitto_log_callback_set(made, nil)
        trust?.isListening = false
        wattline_tls_settled()
    }

    /// The meaning of a connection's end before CONNACK.
    func tlsProblem() -> TLSProblem {
        if let objection = trust?.objection { return objection }
        guard let words = complaint else { return .hungUp }
        // By the numbers of ssl.h's reasons, since the texts of errors are not loaded.
        let reasons: [(String, TLSProblem)] = [
            // Wrong version number, packet length too long, HTTP request.
            (":0A00010B:", .noTLS), (":0A0000C6:", .noTLS), (":0A00009C:", .noTLS),
            // Unexpected end of file.
            (":0A000126:", .hungUp),
            // Unsupported protocol, and an alert that says so.
            (":0A000102:", .tooOld), (":0A00042E:", .tooOld),
            // Alerts: certificate required, handshake failure; unknown authority, bad certificate, certificate expired.
            (":0A00045C:", .certificateWanted(isOurs: false)), (":0A000410:", .certificateWanted(isOurs: false)),
            (":0A000418:", .certificateWanted(isOurs: true)), (":0A000412:", .certificateWanted(isOurs: true)),
            (":0A000415:", .certificateWanted(isOurs: true)),
        ]
        return reasons.first { words.contains($0.0) }?.1 ?? .other(words)
    }
}
