internal import NIOCore
internal import NIOSSL
internal import WebSocket

/// Failed handshakes of TLS in words. BoringSSL tells its reasons by name in the text of its errors alone.
enum TLSWords {
    /// The reason why a station was not let in.
    static func ofServer(_ error: any Error) -> String {
        let text = "\(error)"
        let reasons: [(String, String)] = [
            ("PEER_DID_NOT_RETURN_A_CERTIFICATE", "it shows no certificate, expected one (security profile 3)"),
            ("CERTIFICATE_VERIFY_FAILED", "its certificate is not by the authority that is trusted here, or does not hold now"),
            ("ALERT_UNKNOWN_CA", "it does not trust the certificate of this backend: give it the authority's (ca.pem)"),
            ("ALERT_BAD_CERTIFICATE", "it does not trust the certificate of this backend: give it the authority's (ca.pem)"),
            ("ALERT_CERTIFICATE_EXPIRED", "it takes the certificate of this backend for ended: compare the clocks"),
            (
                "ALERT_CERTIFICATE_UNKNOWN",
                "it does not trust the certificate of this backend: compare the names in it with the address that it is set to"
            ),
            ("UNSUPPORTED_PROTOCOL", "it speaks no TLS 1.2, expected that or later"),
            ("NO_SHARED_CIPHER", "it has no cipher in common with this backend"),
            ("HTTP_REQUEST", "it speaks no TLS: set it to wss://"),
            ("WRONG_VERSION_NUMBER", "it speaks no TLS: set it to wss://"),
            ("uncleanShutdown", "it hung up during the handshake"),
        ]
        return reasons.first { text.contains($0.0) }?.1 ?? "TLS failed: \(Words.line(text))"
    }

    /// The reason why a backend can't be talked to; `nil`: for another reason than TLS.
    static func ofClient(_ error: any Error, _ dial: Dial) -> DialProblem? {
        let text = "\(error)"
        if text.contains("failedToValidateHostname") { return .otherHost(expected: dial.url.host) }
        if text.contains("CERTIFICATE_VERIFY_FAILED") { return .untrusted(file: dial.tls.caFile) }
        if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") || text.contains("PACKET_LENGTH_TOO_LONG") { return .noTLS }
        for alert in ["ALERT_CERTIFICATE_REQUIRED", "ALERT_HANDSHAKE_FAILURE"] where text.contains(alert) {
            return .certificateWanted(isOurs: dial.tls.certificateFile != nil)
        }
        for alert in ["ALERT_UNKNOWN_CA", "ALERT_BAD_CERTIFICATE", "ALERT_CERTIFICATE_EXPIRED", "ALERT_CERTIFICATE_UNKNOWN"]
        where text.contains(alert) {
            return .certificateWanted(isOurs: true)
        }
        return error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError ? .other("TLS failed: \(Words.line(text))") : nil
    }
}
