import ArgumentParser
import Certificates
import Glibc
import Identities
import MQTT
import Platform
import Settings

/// The flags of a connection with TLS: whom it believes, and what it shows.
struct TrustOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Whom to believe that they are the broker, with mqtts. Default: ca of the credentials, else ca.pem in the data directory, else the system's.",
            valueName: "file"))
    var ca: String?

    @Option(help: ArgumentHelp("A certificate and its key, in one file, that say who this is: instead of a password.", valueName: "file"))
    var certificate: String?

    /// The address of the broker, with all that TLS needs.
    /// - Parameter credentials: the flag for them.
    func address(of broker: BrokerURL, _ credentials: String?, _ data: DataDirectory, in environment: Environment) throws -> MQTTAddress {
        var address = MQTTAddress(host: broker.host, port: broker.port)
        let own = try certificateFile(in: environment)
        let chosen = try AllSettings.authorities.resolve(flag: ca, in: environment)
        guard broker.isSecure else {
            // Whoever asks for TLS must not be left without it.
            for (setting, flag, value) in [(AllSettings.authorities, ca, chosen), (AllSettings.certificate, certificate, own)] where value != nil {
                throw SettingError(
                    flag == nil ? setting.variable : setting.flag, value: value, expected: "a broker with TLS, mqtts://HOST:PORT, and not \(broker)")
            }
            return address
        }
        if let chosen, access(chosen, R_OK) != 0 { throw refusal(AllSettings.authorities, ca, chosen) }
        let file = try chosen ?? authorities(credentials, in: environment) ?? TrustOptions.ownAuthority(data)
        address.tls = MQTTAddress.TLS(caFile: file, certificateFile: own, keyFile: own)
        return address
    }

    /// The certificate that says who this is, if one is set.
    func certificateFile(in environment: Environment) throws -> String? {
        guard let file = try AllSettings.certificate.resolve(flag: certificate, in: environment) else { return nil }
        guard access(file, R_OK) == 0 else { throw refusal(AllSettings.certificate, certificate, file) }
        return file
    }

    private func refusal(_ setting: Setting<String>, _ flag: String?, _ file: String) -> SettingError {
        let code = errno
        return SettingError(
            flag == nil ? setting.variable : setting.flag, value: file, expected: "\(setting.parser.expected) that can be read: \(errorText(code))")
    }

    /// The authority that the file of a name names; a path in it is relative to the file.
    private func authorities(_ credentials: String?, in environment: Environment) throws -> String? {
        guard let path = try AllSettings.credentials.resolve(flag: credentials, in: environment) else { return nil }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return try Credentials(file: path).authorities(besides: path)
    }

    /// Whom a command believes that has no flag for it: as the environment says, else the network's own authority, when it has one.
    static func authority(_ data: DataDirectory, in environment: Environment) throws -> String? {
        try AllSettings.authorities.resolve(flag: nil, in: environment) ?? ownAuthority(data)
    }

    /// The network's own authority, when it has one.
    static func ownAuthority(_ data: DataDirectory) -> String? {
        let store = CertificateStore(directory: data.certificates)
        return store.exists ? store.authorityFile : nil
    }
}

extension Credentials {
    /// The file of the authorities in it, as seen from here.
    func authorities(besides path: String) -> String? {
        guard let file = certificateAuthority else { return nil }
        guard !file.hasPrefix("/"), let directory = ancestors(of: DataDirectory(root: path).root).first else { return file }
        return "\(directory)/\(file)"
    }
}

extension BrokerURL {
    /// True for the broker for which names were made: the same, or the same host with TLS, which proves that it is.
    func isSame(as made: BrokerURL?) -> Bool { self == made || (isSecure && host == made?.host) }
}
