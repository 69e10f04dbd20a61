internal import EventLoop
internal import NIOSSL
internal import Platform
public import Settings

/// The certificate with which HTTPS is answered, and its key: in files, which are read again when one of them has changed. Connections that are open keep
/// what they began with.
public final class ServerCertificate: Sendable {
    /// The files as they were at a look.
    private struct Marks: Hashable {
        let certificate: FileMark?
        let key: FileMark?
    }

    private struct State {
        var context: NIOSSLContext
        var read: Marks
        /// Why the files of the last look can't be used, until that is told.
        var objection: SettingError?
    }

    let file: String
    private let key: String
    private let state: Guarded<State>

    /// - Throws: when the files can't be read, or don't belong together.
    public init(file: String, key: String) throws(SettingError) {
        self.file = file
        self.key = key
        let read = Marks(certificate: FileMark(of: file), key: FileMark(of: key))
        state = Guarded(State(context: try ServerCertificate.context(file, key), read: read))
    }

    var context: NIOSSLContext { state.withLock { $0.context } }

    /// Looks at the files, and reads them when they are others. What can't be used changes nothing: the pair before holds until a certificate and its own key
    /// are there.
    /// - Returns: true when there is a new pair.
    /// - Throws: why the new one can't be used, once, and only when it is so at a second look: whoever changes both files needs a moment in between.
    func refresh() throws(SettingError) -> Bool {
        let now = Marks(certificate: FileMark(of: file), key: FileMark(of: key))
        let (isOther, objection) = state.withLock { state -> (Bool, SettingError?) in
            defer { (state.read, state.objection) = (now, nil) }
            return (state.read != now, state.objection)
        }
        guard isOther else {
            if let objection { throw objection }
            return false
        }
        do throws(SettingError) {
            let context = try ServerCertificate.context(file, key)
            state.withLock { $0.context = context }
            return true
        } catch {
            state.withLock { $0.objection = error }
            return false
        }
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
            throw SettingError(
                AllSettings.httpKey.flag, value: key, expected: "the key of the certificate in \(file), in PEM form, without a password")
        }
    }
}
