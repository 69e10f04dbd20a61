internal import Glibc

/// A descriptor that is kept for the moment when the process has no other left. Used by one thread.
public final class DescriptorReserve {
    private var descriptor: Int32 = -1

    public init() { restore() }

    deinit { _ = spend() }

    /// Gives the descriptor back to the system. False when there is none to give.
    public func spend() -> Bool {
        guard descriptor >= 0 else { return false }
        Glibc.close(descriptor)
        descriptor = -1
        return true
    }

    /// Takes a descriptor again, when it was spent and there is one.
    public func restore() {
        if descriptor < 0 { descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC) }
    }
}
