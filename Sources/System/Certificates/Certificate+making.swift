internal import CCertificates
internal import ChargingModel
internal import Glibc

extension Certificate {
    /// A certificate that is to be made.
    struct Wish {
        var name: String
        var hosts: [String] = []
        var days: Int
        /// The owner's key, in PEM form.
        var key: String
        /// The authority that signs it, in PEM form; `nil`: itself.
        var authority: (certificate: String, key: String)?
        var isAuthority = false
    }

    /// The time by which a certificate begins early, so that another machine's clock may be behind.
    private static let early: Int64 = 3600

    /// Makes a certificate, in PEM form. It ends before its authority does.
    static func make(_ wish: Wish, at now: WallTime) throws(CertificateError) -> String {
        let seconds = now.milliseconds / 1000
        var notAfter = seconds + Int64(wish.days) * 86_400
        if let authority = wish.authority.flatMap({ Certificate(pem: $0.certificate) }) {
            guard authority.secondsLeft(at: now) > 0 else {
                throw CertificateError(
                    "the authority \"\(authority.name)\" ended at \(authority.notAfter.text): move ca.pem and ca.key away, make another with wattline "
                        + "certificates init, and give its ca.pem to everybody")
            }
            notAfter = min(notAfter, authority.notAfter.milliseconds / 1000)
        }
        let made = withText(wish.name, wish.hosts.joined(separator: " "), wish.key) { name, hosts, key in
            withText(wish.authority?.certificate, wish.authority?.key) { authority, authorityKey in
                var inC = wattline_certificate_wish(
                    name: name, hosts: hosts, is_authority: wish.isAuthority, not_before: seconds - early, not_after: notAfter, key: key,
                    authority: authority, authority_key: authorityKey)
                return taken(wattline_certificate_make(&inC))
            }
        }
        guard let made else { throw CertificateError("OpenSSL made no certificate for \(wish.name)") }
        return made
    }

    /// A new key, in PEM form.
    static func newKey() -> String? { taken(wattline_certificate_new_key()) }

    /// True when a key is the one of a certificate.
    static func has(_ certificate: String, key: String) -> Bool { wattline_certificate_has_key(certificate, key) }

    /// True when an authority signed a certificate.
    static func `is`(_ certificate: String, by authority: String) -> Bool { wattline_certificate_is_by(certificate, authority) }

    /// True when a text has a key that can be used.
    static func isKey(_ text: String) -> Bool { wattline_certificate_is_key(text) }

    private static func taken(_ text: UnsafeMutablePointer<CChar>?) -> String? {
        guard let text else { return nil }
        defer { free(text) }
        return String(cString: text)
    }

    private static func withText<Result>(
        _ a: String, _ b: String, _ c: String, _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafePointer<CChar>) -> Result
    ) -> Result {
        a.withCString { a in b.withCString { b in c.withCString { c in body(a, b, c) } } }
    }

    private static func withText<Result>(_ a: String?, _ b: String?, _ body: (UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Result) -> Result {
        guard let a, let b else { return body(nil, nil) }
        return a.withCString { a in b.withCString { b in body(a, b) } }
    }
}
