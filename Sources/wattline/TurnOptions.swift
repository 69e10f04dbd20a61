import ArgumentParser
import ChargingModel
import Glibc
import LedgerStore
import Platform
import PostgreSQL
import Services
import Settings

/// The turn of a Central at a ledger that others write, too.
struct TurnOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("How long another Central waits before it takes over a ledger on a server from this one. Default: 3s.", valueName: "time"))
    var lease: String?
    @Option(help: ArgumentHelp("How often this one says there that it is at work. Default: a third of the lease.", valueName: "time"))
    var leaseRenewal: String?
    @Option(
        help: ArgumentHelp(
            "Which one it is of those that share the data directory; each needs a port of its own. Default: 1.", valueName: "number"))
    var number: String?

    /// The ledger as Central opens it; `nil`: the file in the data directory.
    func ledger(at place: LedgerPlace?, _ startup: Startup, in environment: Environment) throws -> CentralLedger? {
        let lease = try AllSettings.lease.resolve(flag: lease, in: environment, default: .seconds(3))
        let renewal = try AllSettings.leaseRenewal.resolve(
            flag: leaseRenewal, in: environment, default: .nanoseconds(lease.nanoseconds / 3))
        guard renewal <= .nanoseconds(lease.nanoseconds / 2) else {
            throw SettingError(
                AllSettings.leaseRenewal.flag, value: self.leaseRenewal ?? "\(renewal)",
                expected: "at most half of the lease, so that one that is late costs nothing")
        }
        guard let place, case .server(let address) = place else {
            guard startup.data.number == 1 else {
                throw SettingError(
                    AllSettings.number.flag, value: "\(startup.data.number)", expected: "a ledger on a server beside it: --ledger postgres://…")
            }
            for (given, setting) in [(self.lease, AllSettings.lease), (leaseRenewal, AllSettings.leaseRenewal)] {
                if let given { throw SettingError(setting.flag, value: given, expected: "a ledger on a server beside it: --ledger postgres://…") }
            }
            return nil
        }
        try place.keep(in: startup.data)
        startup.context.log.info("📒 The ledger is on \(place)", event: "ledger_server", ["server": .text(place.description)])
        let process = "Central \(hostName()), process \(getpid()), \(String(UInt32.random(in: .min ... .max), radix: 36))"
        let holder = LedgerHolder(place: try startup.data.centralName(), name: process, lease: lease)
        return .server(address, holder, renewal: renewal)
    }
}

/// The name of this machine, or container.
private func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "of a machine without a name" }
    return "on " + String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
