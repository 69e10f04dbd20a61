import EventLoop
import Glibc

/// This project's event loop.
final class Ours: Side {
    let loop: EventLoop
    init() throws {
        loop = try EventLoop()
        try loop.start()
    }
    var executor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    func execute(_ body: @escaping @Sendable () -> Void) { loop.execute(body) }
    func setTimers(_ count: Int) {
        let tokens = (0..<count).map { loop.schedule(after: .seconds(60 + $0 % 7)) {} }
        for token in tokens { loop.cancel(token) }
    }
    func echo(_ descriptor: Int32) throws {
        let gate = Gate()
        loop.execute { [loop] in
            _ = try? loop.watch(descriptor, .read) { _ in
                var bytes = [UInt8](repeating: 0, count: 256)
                let count = read(descriptor, &bytes, bytes.count)
                if count > 0 { write(descriptor, bytes, count) }
            }
            gate.open()
        }
        gate.wait()
    }
}
