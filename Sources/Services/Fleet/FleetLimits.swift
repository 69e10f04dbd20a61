internal import Glibc
public import Platform
public import Services

/// The limits of this machine and its broker that a fleet needs before it starts: open files, and ports to connect from.
public enum FleetLimits {
    /// The error that something is too low, with the command that lifts it.
    public struct TooLow: ProcessFailure, Hashable, CustomStringConvertible {
        public let description: String
        public var processExit: ProcessExit { .failure }
    }

    /// Descriptors of a process by itself, of a point (two clients of libmosquitto with three each, two locks) and of a driver.
    private static let base = 96
    private static let perPoint = 8
    private static let perDriver = 3
    /// The points of a process above which another processor core helps.
    private static let pointsPerCore = 1000

    /// The number of processes that a fleet needs: each has room for its descriptors, and there are as many as cores that have something to do.
    /// - Parameters:
    ///   - descriptors: that one process may have.
    ///   - cores: of this machine.
    ///   - ports: that the system gives out for one address, of which each process may have one of its own.
    public static func processes(for plan: FleetPlan, descriptors: UInt64, cores: Int, ports: Int) throws(TooLow) -> Int {
        let room = min(Int(clamping: descriptors), 1 << 20) - base
        guard room >= perPoint + perDriver else {
            throw TooLow(description: "a process may have \(descriptors) open files, which is too few for a single point: ulimit -n 1024")
        }
        let needed = plan.points * perPoint + plan.drivers * perDriver
        // Points and drivers are dealt out one by one, so that each process has as many, give or take one of each.
        let byDescriptors = (needed + room - 1) / (room - perPoint - perDriver + 1)
        let byPorts = (plan.connections + usable(ports) - 1) / usable(ports)
        return max(1, byDescriptors, byPorts, min(cores, (plan.points + pointsPerCore - 1) / pointsPerCore))
    }

    /// The addresses from which the processes connect, one each, when the ports of a single one are too few; `nil` when they are enough.
    /// - Parameters:
    ///   - ports: that the system gives out for one address.
    ///   - isLoopback: the broker's address is one of 127.0.0.0/8, which this machine has all.
    public static func sources(for plan: FleetPlan, ports: Int, isLoopback: Bool) throws(TooLow) -> [String]? {
        guard plan.connections > usable(ports) else { return nil }
        guard isLoopback else {
            throw TooLow(
                description: "\(plan.connections) connections to one broker take as many ports, and this machine gives out \(ports):"
                    + " sysctl -w net.ipv4.ip_local_port_range=\"1024 65535\", or spread the fleet over several machines")
        }
        return (0..<plan.processes).map { "127.0.\($0 / 200).\($0 % 200 + 2)" }
    }

    /// Some are taken by others, or rest for a minute after their last connection.
    private static func usable(_ ports: Int) -> Int { max(1, ports * 9 / 10) }

    /// The number of ports that the system gives out to those who connect.
    public static func portRange() -> Int {
        let numbers = (readText("/proc/sys/net/ipv4/ip_local_port_range") ?? "").split { $0 == "\t" || $0 == " " || $0 == "\n" }.compactMap {
            Int($0)
        }
        return numbers.count == 2 ? max(0, numbers[1] - numbers[0] + 1) : 28_232
    }

    /// Sees to it that a broker on this machine may have so many connections more. One that is elsewhere, or somebody else's, is not looked at.
    public static func checkBroker(port: UInt16, connections: Int) throws(TooLow) {
        guard let pid = ProcFS.process(listeningOn: port), let limit = ProcFS.descriptorLimit(of: pid) else { return }
        let taken = ProcFS.descriptors(of: pid)
        guard taken + connections > limit else { return }
        let wanted = taken + connections + 100
        throw TooLow(
            description:
                "the broker (process \(pid)) may have \(limit) open files, \(taken) are taken, and the fleet makes \(connections) connections:"
                + " prlimit --pid \(pid) --nofile=\(wanted):\(wanted), where the system allows it, or a smaller fleet")
    }
}
