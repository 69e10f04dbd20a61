import ChargingModel
import Glibc

/// The loop that `up` runs on, on the thread that calls it: descriptors that become readable, and deadlines. `poll(2)` is enough for some hundreds.
///
/// One thread, because the kernel ties the death of the children to the thread that started them.
final class Reactor {
    private var handlers: [Int32: () -> Void] = [:]
    private var order: [Int32] = []

    /// The time, monotonic.
    static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// Calls the handler as long as the descriptor is readable, or at its end.
    func watch(_ descriptor: Int32, _ handler: @escaping () -> Void) {
        if handlers.updateValue(handler, forKey: descriptor) == nil { order.append(descriptor) }
    }

    func unwatch(_ descriptor: Int32) {
        guard handlers.removeValue(forKey: descriptor) != nil else { return }
        order.removeAll { $0 == descriptor }
    }

    /// Calls the handler of a descriptor now.
    func handle(_ descriptor: Int32) { handlers[descriptor]?() }

    /// Waits until something is readable or the deadline is there, and handles it.
    func turn(until deadline: Instant?) {
        var timeout: Int32 = -1
        if let deadline {
            let left = deadline.nanoseconds - Reactor.now().nanoseconds
            timeout = Int32(clamping: max(0, (left + 999_999) / 1_000_000))
        }
        var polled = order.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        guard poll(&polled, nfds_t(polled.count), timeout) > 0 else { return }
        // A handler may close a descriptor, and another with its number may be opened: its handler finds nothing to read, and none of them waits.
        for entry in polled where entry.revents != 0 { handlers[entry.fd]?() }
    }
}
