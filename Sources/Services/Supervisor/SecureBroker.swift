import Certificates
import ChargingModel
import Platform
import Settings

/// A broker of `up` that speaks TLS only, by certificates of the network's own.
enum SecureBroker {
    static func store(_ options: UpOptions) -> CertificateStore { CertificateStore(directory: options.data.certificates) }

    /// Makes the certificates that are missing, and those anew that end soon.
    static func makeCertificates(_ options: UpOptions, at now: WallTime) throws(CertificateError) -> CertificateStore.Change {
        let store = store(options)
        let made = try store.make(at: now)
        var change = try store.renew(formerOutlives: true, at: now) { Expiry(of: $0, at: now) != .far }
        change.files = made + change.files
        return change
    }

    /// The lines of `mosquitto.conf` with its listeners: one for those with a password, one for those with a certificate of their own.
    static func listeners(_ store: CertificateStore, port: UInt16, certificatePort: UInt16?) -> String {
        let server = """
            certfile \(store.serverFile)
            keyfile \(store.serverKeyFile)
            # That, and later.
            tls_version tlsv1.2
            """
        var text = "listener \(port) 127.0.0.1\n" + server
        if let certificatePort {
            text += """


                # Who comes here has the name that is in its certificate.
                listener \(certificatePort) 127.0.0.1
                cafile \(store.authorityFile)
                require_certificate true

                """ + server
        }
        return text
    }
}
