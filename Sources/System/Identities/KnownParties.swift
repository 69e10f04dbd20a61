public import ChargingModel
internal import ChargingProtocol
internal import Glibc
internal import Platform
public import Settings

/// Who is known in a network (P15): those of `network.json`, and those who have a name (`wattline credentials`).
///
/// The names are looked at again when their file has changed: whoever gets one is known at once.
public struct KnownParties: Sendable {
    private let choice: Network.Access
    private let drivers: Set<DriverID>
    private let points: Set<ChargePointID>
    private let names: IdentityStore
    private var seen: FileState?

    public init(_ choice: Network.Access, network: Network?, names: IdentityStore) {
        self.choice = choice
        self.names = names
        drivers = Set((network?.drivers ?? []).map(\.id))
        points = Set((network?.points ?? []).map(\.id))
    }

    /// The list as it is now; `nil` when it is as it was. A file that can't be read says nothing new.
    public mutating func news() -> AccessList? {
        guard choice != .any else { return seen == nil ? first() : nil }
        let state = FileState(of: names.accessFile)
        guard state != seen else { return nil }
        // Taken before it is read: what is written meanwhile is seen the next time.
        guard let list = list() else { return nil }
        seen = state
        return list
    }

    private mutating func first() -> AccessList {
        seen = .absent
        return .open
    }

    private func list() -> AccessList? {
        var (drivers, points) = (drivers, points)
        if access(names.accessFile, F_OK) == 0 {
            guard let text = readText(names.accessFile) else { return nil }
            for identity in AccessFile.identities(in: text) {
                switch identity.role {
                case .driver: if let id = DriverID(identity.id) { drivers.insert(id) }
                case .engine, .monitor, .point: if let id = ChargePointID(identity.id) { points.insert(id) }
                case .central, .station, .gateway, .recorder, .viewer, .admin: break
                }
            }
        }
        return AccessList(drivers: choice.drivers == .any ? .any : .known(drivers), points: choice.points == .any ? .any : .known(points))
    }
}

/// The state of a file by which a change of it is seen: each replaces it by another one.
private enum FileState: Hashable, Sendable {
    case absent
    case present(inode: UInt, size: Int64, seconds: Int, nanoseconds: Int)

    init(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            self = .absent
            return
        }
        self = .present(inode: status.st_ino, size: Int64(status.st_size), seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    }
}
