public import ChargingModel
public import EventLoop
public import Settings

/// One health check over HTTP (P13), from the look-up of the name to the answer's last byte. Bound to its loop.
public final class HealthCheck {
    /// What a check found.
    public typealias Result = Monitor.CheckResult

    /// Who must answer.
    public enum Expectation: Hashable, Sendable {
        case anybody
        /// The engine of this point, as its monitor asks.
        case engine(ChargePointID)
        /// A process that can do its work: an engine says beside its state whether it has its broker.
        case ready
    }

    private let loop: EventLoop
    private let endpoint: Endpoint
    private let who: Expectation
    private let timeout: Duration
    private let completion: (Result) -> Void
    private var attempt: TCPConnection.Attempt?
    private var connection: TCPConnection?
    private var timer: TimerToken?
    private var answer = HealthAnswer()
    private var isOver = false
    /// The number of times that it may ask again, where the connection ended without a word: at a port with a crowd the oldest makes room for the next.
    private var repeats = 2

    private init(loop: EventLoop, endpoint: Endpoint, who: Expectation, timeout: Duration, completion: @escaping (Result) -> Void) {
        self.loop = loop
        self.endpoint = endpoint
        self.who = who
        self.timeout = timeout
        self.completion = completion
    }

    /// Asks the endpoint; calls back once, unless it is cancelled.
    @discardableResult
    public static func ask(
        _ endpoint: Endpoint, expecting who: Expectation, timeout: Duration = .seconds(1), on loop: EventLoop, completion: @escaping (Result) -> Void
    ) -> HealthCheck {
        let check = HealthCheck(loop: loop, endpoint: endpoint, who: who, timeout: timeout, completion: completion)
        check.timer = loop.schedule(after: timeout) { [check] in check.finish(.failed("no answer in \(check.timeoutText)")) }
        NameResolver.of(loop).resolve(endpoint.host, port: endpoint.port) { [check] answer in
            guard !check.isOver else { return }
            switch answer {
            case .success(let addresses): check.connect(addresses[...])
            case .failure(let error): check.finish(.failed("\(error)"))
            }
        }
        return check
    }

    /// Gives up; nobody is called back any more.
    public func cancel() {
        isOver = true
        if let timer { loop.cancel(timer) }
        attempt?.cancel()
        connection?.close()
    }

    private var timeoutText: String { decimalText(timeout.milliseconds, decimals: 3) + " s" }

    /// A name may stand for several addresses, of which the engine listens on one.
    private func connect(_ addresses: ArraySlice<NumericAddress>) {
        guard let address = addresses.first else { return finish(.failed("no usable address")) }
        attempt = TCPConnection.connect(loop: loop, to: address, timeout: timeout) { [self] result in
            switch result {
            case .success(let connection): talk(connection, at: addresses)
            case .failure(let error):
                if addresses.count > 1 { return connect(addresses.dropFirst()) }
                finish(.failed(error.systemError.map { EventLoopError.text(of: $0).lowercased() } ?? "\(error)"))
            }
        }
    }

    private func talk(_ connection: TCPConnection, at addresses: ArraySlice<NumericAddress>) {
        guard !isOver else { return connection.close() }
        self.connection = connection
        connection.onRead = { [self] bytes in
            answer.take(bytes)
            if answer.isWhole { return finish(answer.judge(who)) }
            if answer.isTooLong { finish(.failed("an answer that does not end")) }
        }
        connection.onClose = { [self] error in
            guard answer.isEmpty, repeats > 0, !isOver else { return finish(error.map { .failed("\($0)") } ?? answer.judge(who)) }
            repeats -= 1
            connect(addresses)
        }
        connection.write(Array("GET /health HTTP/1.1\r\nHost: \(endpoint)\r\nConnection: close\r\n\r\n".utf8))
    }

    private func finish(_ result: Result) {
        guard !isOver else { return }
        cancel()
        completion(result)
    }
}
