internal import ChargingModel
internal import ChargingProtocol
internal import Identities
public import MQTT

/// The place of the names with which a process logs in at the broker.
public enum CredentialSource: Hashable, Sendable {
    /// A directory of them, as `wattline credentials` keeps it.
    case directory(String)
    /// A file of one, as `wattline credentials show --json` prints it.
    case file(String)
    /// A name, and a file with its password.
    case user(String, passwordFile: String)

    /// The login of a party: under its own name, or that of its point.
    func login(of party: Party) -> Login {
        switch self {
        case .directory(let directory): CredentialSource.login(party.identities.map { CredentialSource.file(of: $0, in: directory) })
        case .file(let file): CredentialSource.login([file])
        case .user(let user, let file): CredentialSource.login(user, file)
        }
    }

    /// The owner's name, under which many may come; `nil` where there is none.
    public var forEverybody: CredentialSource? {
        guard case .directory(let directory) = self else { return self }
        let file = CredentialSource.file(of: .localAdmin, in: directory)
        return (try? Credentials(file: file)).map { _ in .file(file) }
    }

    /// The name and password of it at present; `nil` for a directory, which has those of many, and when they can't be read.
    public var present: MQTTAddress.Credentials? {
        switch self {
        case .directory: nil
        case .file(let file): CredentialSource.login([file]).credentials
        case .user(let user, let file): CredentialSource.login(user, file).credentials
        }
    }

    /// The login of somebody who only looks on, with the beginning of the client id; `nil` without a name.
    var onlooker: (login: Login, clientID: String)? {
        let file: String
        switch self {
        case .directory(let directory): file = CredentialSource.file(of: .localRecorder, in: directory)
        case .file(let own): file = own
        case .user(let user, let passwordFile): return (CredentialSource.login(user, passwordFile), user)
        }
        return (try? Credentials(file: file)).map { (CredentialSource.login([file]), $0.clientID) }
    }

    private static func file(of identity: Identity, in directory: String) -> String {
        IdentityStore(directory: directory, site: nil).file(of: identity)
    }

    /// The login by the first of some files that is there, looked for at each connection: a name may be given, or be another one, meanwhile.
    private static func login(_ files: [String]) -> Login {
        Login(from: files.first ?? "") {
            files.lazy.compactMap { try? Credentials(file: $0) }.first.map { MQTTAddress.Credentials(user: $0.username, password: $0.password) }
        }
    }

    private static func login(_ user: String, _ passwordFile: String) -> Login {
        Login(from: passwordFile) { Password(file: passwordFile).map { MQTTAddress.Credentials(user: user, password: $0.text) } }
    }
}

extension Party {
    /// The names under which a party may come, the one of its own first.
    fileprivate var identities: [Identity] {
        let names: [(Role, String)] =
            switch self {
            case .central: [(.central, Identity.centralID)]
            case .engine(let cp): [(.engine, cp.text), (.point, cp.text)]
            case .monitor(let cp): [(.monitor, cp.text), (.point, cp.text)]
            case .driver(let driver): [(.driver, driver.text)]
            case .gateway(let gateway): [(.gateway, gateway.text)]
            }
        return names.compactMap { try? Identity($0, $1) }
    }
}
