internal import EventLoop
internal import NIOSSL
internal import Platform
public import Settings

/// The certificate with which HTTPS is answered, and its key: in files, which are read again when they have changed. Connections that are open keep what
/// they began with.
public final class ServerCertificate: Sendable {
    let file: String
    private let key: String
    private let present: Guarded<(context: NIOSSLContext, read: FileMark?)>

    /// - Throws: when the files can't be read, or don't belong together.
    public init(file: String, key: String) throws(SettingError) {
        self.file = file
        self.key = key
        let read = FileMark(of: file)
        present = Guarded((try ServerCertificate.context(file, key), read))
    }

    var context: NIOSSLContext { present.withLock { $0.context } }

    /// Reads the files when the certificate's is another one. One that can't be used changes nothing.
    /// - Returns: true when there is a new one.
    /// - Throws: why the new one can't be used, once.
    func refresh() throws(SettingError) -> Bool {
        let now = FileMark(of: file)
        let isNew = present.withLock { present in
            defer { present.read = now }
            return present.read != now
        }
        guard isNew else { return false }
        let context = try ServerCertificate.context(file, key)
        present.withLock { $0.context = context }
        return true
    }

    private static func context(_ file: String, _ key: String) throws(SettingError) -> NIOSSLContext {
        let certificates: [NIOSSLCertificate]
        do { certificates = try NIOSSLCertificate.fromPEMFile(file) } catch {
            throw SettingError(AllSettings.httpCertificate.flag, value: file, expected: "a file with a certificate in PEM form, which can be read")
        }
        do {
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw SettingError(AllSettings.httpKey.flag, value: key, expected: "the key of \(file), in PEM form, without a password")
        }
    }
}
