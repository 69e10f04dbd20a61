internal import CLinux
internal import Glibc

/// A POSIX thread.
public struct Thread: Sendable {
    private final class Body {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    private let id: pthread_t

    /// Starts a thread.
    /// - Throws: when the system has no thread left.
    public init(name: String, _ run: @escaping @Sendable () -> Void) throws(EventLoopError) { id = try Thread.spawn(name: name, run) }

    /// Waits for its end. Once.
    public func join() { pthread_join(id, nil) }

    static func spawn(name: String, _ run: @escaping @Sendable () -> Void) throws(EventLoopError) -> pthread_t {
        var id = pthread_t()
        let body = Unmanaged.passRetained(Body(name: String(decoding: name.utf8.prefix(15), as: UTF8.self), run: run))
        let result = pthread_create(
            &id, nil,
            { argument in
                guard let argument else { return nil }
                let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                wattline_name_thread(body.name)
                body.run()
                return nil
            }, body.toOpaque())
        guard result == 0 else {
            body.release()
            throw .system("pthread_create", result)
        }
        return id
    }
}
