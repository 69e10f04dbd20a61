internal import Glibc

extension TCPConnection {
    /// An attempt to connect that may be given up.
    public final class Attempt {
        fileprivate var stop: () -> Void = {}
        fileprivate var discard: () -> Void = {}

        /// Gives the attempt up; its completion is not called any more. Does nothing when it is over.
        public func cancel() {
            let discard = discard
            release()
            discard()
        }

        /// Stops timer and watch: the attempt is over.
        fileprivate func release() {
            let stop = stop
            self.stop = {}
            discard = {}
            stop()
        }
    }

    /// Connects without blocking. The completion is called once, never before this returns. On the loop only.
    @discardableResult
    public static func connect(
        loop: EventLoop, to address: NumericAddress, timeout: Duration, completion: @escaping (Result<TCPConnection, EventLoopError>) -> Void
    ) -> Attempt {
        let attempt = Attempt()
        func fail(_ error: EventLoopError) {
            let timer = loop.schedule(after: .zero) {
                attempt.release()
                completion(.failure(error))
            }
            attempt.stop = { loop.cancel(timer) }
        }
        let descriptor: Int32
        do {
            descriptor = try address.makeSocket()
        } catch {
            fail(error)
            return attempt
        }
        let result = address.withSocketAddress { Glibc.connect(descriptor, $0, $1) }
        guard result == 0 || errno == EINPROGRESS else {
            fail(.system("connecting to \(address)"))
            Glibc.close(descriptor)
            return attempt
        }
        do {
            let source = try loop.watch(descriptor, .write) { _ in
                attempt.release()
                completion(finish(loop, descriptor, address))
            }
            let timer = loop.schedule(after: timeout) {
                attempt.cancel()
                completion(.failure(EventLoopError(code: .timedOut(what: "connecting to \(address)"))))
            }
            attempt.stop = {
                loop.cancel(timer)
                loop.unwatch(source)
            }
            attempt.discard = { Glibc.close(descriptor) }
        } catch {
            fail(error)
            Glibc.close(descriptor)
        }
        return attempt
    }

    private static func finish(_ loop: EventLoop, _ descriptor: Int32, _ address: NumericAddress) -> Result<TCPConnection, EventLoopError> {
        var number: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length)
        guard number == 0 else {
            Glibc.close(descriptor)
            return .failure(.system("connecting to \(address)", number))
        }
        do {
            return .success(try TCPConnection(loop: loop, descriptor: descriptor))
        } catch {
            return .failure(error)
        }
    }
}
