import CSupervisor
import Glibc

/// The signals that ask `up` to stop, as a descriptor that becomes readable.
package struct Signals {
    /// The reading end.
    package let descriptor: Int32

    /// Catches SIGINT, SIGTERM and SIGHUP, whatever thread the kernel gives them to.
    package static func catchStops() -> Signals { Signals(descriptor: wattline_catch_stops()) }

    /// Takes the numbers of the signals that came.
    package func taken() -> [Int32] {
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = read(descriptor, &buffer, buffer.count)
        return count > 0 ? buffer[..<count].map { Int32($0) } : []
    }

    /// Gives the signals their effect back.
    package func release() { wattline_release_stops() }
}
