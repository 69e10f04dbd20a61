internal import EventLoop
public import NIOSSL
internal import Platform
public import Settings

/// The certificate with which a server answers, and its key, and the authority of its clients' certificates if it asks for them: in files, which are read
/// again when they have changed. Connections that are open keep what they began with. Any thread.
public final class ServerCertificate: Sendable {
    /// The names of the settings that errors blame.
    public struct Flags: Sendable {
        public var certificate: String
        public var key: String
        public var clients: String

        public init(certificate: String, key: String, clients: String) {
            self.certificate = certificate
            self.key = key
            self.clients = clients
        }

        public static let http = Flags(certificate: AllSettings.httpCertificate.flag, key: AllSettings.httpKey.flag, clients: "--http-clients-ca")
    }

    /// The authorities whose certificates clients may show.
    public struct Clients: Sendable {
        /// The file with the certificates of their authorities, in PEM form.
        public var authorityFile: String
        /// True when nobody is let in without one; else one that is shown must hold.
        public var areRequired: Bool

        public init(authorityFile: String, areRequired: Bool) {
            self.authorityFile = authorityFile
            self.areRequired = areRequired
        }
    }

    private struct Marks: Equatable {
        var certificate, key, clients: FileMark?
    }

    private struct State {
        var context: NIOSSLContext
        var read: Marks
        /// The reason why the files of the last look can't be used, until that is told.
        var objection: SettingError?
    }

    /// The file of the certificate.
    public let file: String
    private let key: String
    private let clients: Clients?
    private let flags: Flags
    private let state: Guarded<State>

    /// - Throws: when the files can't be read, or don't belong together.
    public init(file: String, key: String, clients: Clients? = nil, flags: Flags = .http) throws(SettingError) {
        self.file = file
        self.key = key
        self.clients = clients
        self.flags = flags
        let read = ServerCertificate.marks(file, key, clients)
        state = Guarded(State(context: try ServerCertificate.context(file, key, clients, flags), read: read))
    }

    public var context: NIOSSLContext { state.withLock { $0.context } }

    private static func marks(_ file: String, _ key: String, _ clients: Clients?) -> Marks {
        Marks(certificate: FileMark(of: file), key: FileMark(of: key), clients: clients.flatMap { FileMark(of: $0.authorityFile) })
    }

    /// Looks at the files, and reads them when they are others. What can't be used changes nothing: the pair before holds until a certificate and its own key
    /// are there.
    /// - Returns: true when there is a new pair.
    /// - Throws: why the new one can't be used, once, and only when it is so at a second look: whoever changes both files needs a moment in between.
    public func refresh() throws(SettingError) -> Bool {
        let now = ServerCertificate.marks(file, key, clients)
        let (isOther, objection) = state.withLock { state -> (Bool, SettingError?) in
            defer { (state.read, state.objection) = (now, nil) }
            return (state.read != now, state.objection)
        }
        guard isOther else {
            if let objection { throw objection }
            return false
        }
        do throws(SettingError) {
            let context = try ServerCertificate.context(file, key, clients, flags)
            state.withLock { $0.context = context }
            return true
        } catch {
            state.withLock { $0.objection = error }
            return false
        }
    }

    private static func context(_ file: String, _ key: String, _ clients: Clients?, _ flags: Flags) throws(SettingError) -> NIOSSLContext {
        let certificates: [NIOSSLCertificate]
        do { certificates = try NIOSSLCertificate.fromPEMFile(file) } catch {
            throw SettingError(flags.certificate, value: file, expected: "a file with a certificate in PEM form, which can be read")
        }
        var configuration: TLSConfiguration
        do {
            configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        } catch {
            throw SettingError(flags.key, value: key, expected: "the key of the certificate in \(file), in PEM form, without a password")
        }
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        if let clients {
            do { configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(clients.authorityFile)) } catch {
                throw SettingError(
                    flags.clients, value: clients.authorityFile,
                    expected: "a file with the certificates of authorities in PEM form, which can be read")
            }
            configuration.certificateVerification = clients.areRequired ? .noHostnameVerification : .optionalVerification
        }
        do { return try NIOSSLContext(configuration: configuration) } catch {
            throw SettingError(flags.key, value: key, expected: "the key of the certificate in \(file), in PEM form, without a password")
        }
    }
}
