import ChargingModel
import Dashboard
import EventLoop
import Glibc
import JSON
import Ledger
import LedgerStore
import Platform
import SQL
import Services
import Settings

/// The way of an operator's wish to the ledger: by Central while it runs, so that all hear of it, and otherwise into the ledger itself.
struct OperatorDoor {
    let data: DataDirectory
    let place: LedgerPlace
    /// The address of a running Central's HTTP API, if one was said.
    let central: String?
    let environment: Environment

    init(data: DataDirectory, central: String?, environment: Environment) throws {
        self.data = data
        self.central = central
        self.environment = environment
        place = try LedgerPlace.resolve(flag: nil, in: environment) ?? .kept(in: data)
    }

    /// The name of whoever runs this program, for the log.
    static var operatorName: String {
        let name = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "uid \(getuid())"
        return "\(name) on the command line"
    }

    /// - Parameters:
    ///   - path: where the running Central is asked, by POST.
    ///   - operation: the same for the ledger, as of now.
    ///   - ifMay: checks what Central would, before the ledger is written without it.
    ///   - answered: looks at the ledger's answer.
    /// - Returns: true when it holds; false after it was said why it does not.
    func ask(
        _ path: String, orWrite operation: (WallTime) -> LedgerOperation, ifMay check: () throws -> Void = {}, answered: (LedgerResult) -> Bool
    ) throws -> Bool {
        try place.checkIsThere("Another data directory: --data DIR")
        // On a server, Central may be on another machine.
        if place.path == nil, central != nil { return try ask(path) }
        var locks: [DirectoryLock] = []
        do throws(DataDirectoryError) {
            for central in data.centrals { locks.append(try data.lock(central.central)) }
        } catch {
            guard case .inUse = error else { throw error }
            return try ask(path)
        }
        return try withExtendedLifetime(locks) {
            try check()
            // A ledger of an earlier version is Central's to bring up to date.
            _ = try LedgerReader(at: place, site: data.site)
            // Whose directory is locked here, is gone.
            let gone = data.centrals.compactMap { $0.readCentralName() }
            guard
                let result = try StoredLedger(at: place, site: data.site, as: .alone(after: gone)).commit([operation(EventLoop.present().wall)]).first
            else { return false }
            return answered(result)
        }
    }

    /// A client of the running Central, with the operator's secret, and Central's address.
    func client() throws -> (client: OperatorClient, address: HTTPAddress) {
        let address = try address()
        let secret = try CentralCommand.secret(AllSettings.operatorSecretVariable, in: environment)
        let token = try AdminToken.text(try secret ?? CentralCommand.secret(AllSettings.adminTokenVariable, in: environment), in: data.shared)
        return (OperatorClient(address, token: token, authorities: try TrustOptions.authority(data, in: environment)), address)
    }

    private func ask(_ path: String) throws -> Bool {
        let (client, address) = try client()
        let answer: OperatorClient.Answer
        do throws(OperatorClientError) { answer = try client.post(path) } catch {
            complain("✖ Central runs and does not answer at \(address): \(error); another address: --central HOST:PORT")
            return false
        }
        guard answer.status == 200 else {
            complain("✖ Central says: \(answer.words)")
            return false
        }
        return true
    }

    private func address() throws -> HTTPAddress {
        if let central { return try ValueParser.httpAddress.value(of: central, from: "--central") }
        let addresses = data.centrals.compactMap { $0.readHTTPAddress() }
        // Of several, the one that is at work.
        let active = addresses.count < 2 ? addresses.first : addresses.first { isAtWork($0) } ?? addresses.first
        guard let address = active else {
            throw SettingError(
                "--central", value: nil, expected: "where the running Central serves its HTTP API; it serves none that it wrote to \(data.httpFile)")
        }
        return address
    }

    private func isAtWork(_ address: HTTPAddress) -> Bool {
        let client = OperatorClient(address, authorities: try? TrustOptions.authority(data, in: environment))
        guard let answer = try? client.get("/health", within: .seconds(2)) else { return false }
        return (try? JSONValue(answer.body))?.object?["status"]?.string == "ready"
    }
}
