internal import ChargingModel
internal import ChargingProtocol
internal import Identities
internal import MQTT

/// Where a process finds the names with which it logs in at the broker.
public enum CredentialSource: Hashable, Sendable {
    /// A directory of them, as `wattline credentials` keeps it.
    case directory(String)
    /// A file of one, as `wattline credentials show --json` prints it.
    case file(String)
    /// A name, and a file with its password.
    case user(String, passwordFile: String)

    /// How a party logs in; `nil` when it has no name here.
    func login(of party: Party) -> Login? {
        switch self {
        case .directory(let directory):
            // Looked for at each connection: a name may be given, or be another one, while the program runs.
            let files = party.identities.map { IdentityStore(directory: directory, site: nil).file(of: $0) }
            return Login(from: files.first ?? directory) {
                files.lazy.compactMap { try? Credentials(file: $0) }.first.map { MQTTAddress.Credentials(user: $0.username, password: $0.password) }
            }
        case .file(let file): return CredentialSource.login(file)
        case .user(let user, let file):
            return Login(from: file) { Password(file: file).map { MQTTAddress.Credentials(user: user, password: $0.text) } }
        }
    }

    /// The owner's name, under which many may come; `nil` where there is none.
    public var forEverybody: CredentialSource? {
        guard case .directory(let directory) = self else { return self }
        let file = IdentityStore(directory: directory, site: nil).file(of: .localAdmin)
        return (try? Credentials(file: file)).map { _ in .file(file) }
    }

    /// How somebody logs in who only looks on, with the beginning of the client id; `nil` without a name.
    var onlooker: (login: Login, clientID: String)? {
        switch self {
        case .directory(let directory):
            let file = IdentityStore(directory: directory, site: nil).file(of: .localRecorder)
            return (try? Credentials(file: file)).map { (CredentialSource.login(file), $0.clientID) }
        case .file(let file): return (try? Credentials(file: file)).map { (CredentialSource.login(file), $0.clientID) }
        case .user(let user, let file):
            return (Login(from: file) { Password(file: file).map { MQTTAddress.Credentials(user: user, password: $0.text) } }, user)
        }
    }

    private static func login(_ file: String) -> Login {
        Login(from: file) {
            (try? Credentials(file: file)).map { MQTTAddress.Credentials(user: $0.username, password: $0.password) }
        }
    }
}

extension Party {
    /// The names under which a party may come, the one of its own first.
    fileprivate var identities: [Identity] {
        switch self {
        case .central: [try? Identity(.central, Identity.centralID)].compactMap(\.self)
        case .engine(let cp): [try? Identity(.engine, cp.text), try? Identity(.point, cp.text)].compactMap(\.self)
        case .monitor(let cp): [try? Identity(.monitor, cp.text), try? Identity(.point, cp.text)].compactMap(\.self)
        case .driver(let driver): [try? Identity(.driver, driver.text)].compactMap(\.self)
        }
    }
}
