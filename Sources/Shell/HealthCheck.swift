public import ChargingModel
public import EventLoop
internal import JSON
public import Settings

/// One health check over HTTP (P13), from the look-up of the name to the answer's last byte. Bound to its loop.
public final class HealthCheck {
    /// What a check found.
    public enum Result: Hashable, Sendable {
        case passed
        /// In a few words: `no answer in 1 s`, `connection refused`.
        case failed(String)
    }

    /// Who must answer.
    public enum Expectation: Hashable, Sendable {
        case anybody
        /// The engine of this point, as its monitor asks.
        case engine(ChargePointID)
        /// A process that can do its work: an engine says beside its state whether it has its broker.
        case ready
    }

    private static let answerLimit = 16 * 1024

    private let loop: EventLoop
    private let endpoint: Endpoint
    private let who: Expectation
    private let timeout: Duration
    private let completion: (Result) -> Void
    private var attempt: TCPConnection.Attempt?
    private var connection: TCPConnection?
    private var timer: TimerToken?
    private var answer: [UInt8] = []
    private var isOver = false

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
            case .success(let connection): talk(connection)
            case .failure(let error):
                if addresses.count > 1 { return connect(addresses.dropFirst()) }
                finish(.failed(error.systemError.map { EventLoopError.text(of: $0).lowercased() } ?? "\(error)"))
            }
        }
    }

    private func talk(_ connection: TCPConnection) {
        guard !isOver else { return connection.close() }
        self.connection = connection
        connection.onRead = { [self] bytes in
            answer += bytes
            if isWhole { return finish(judge()) }
            if answer.count > HealthCheck.answerLimit { finish(.failed("an answer that does not end")) }
        }
        connection.onClose = { [self] error in finish(error.map { .failed("\($0)") } ?? judge()) }
        connection.write(Array("GET /health HTTP/1.1\r\nHost: \(endpoint)\r\nConnection: close\r\n\r\n".utf8))
    }

    /// Whether an answer that says its length is all there; one that doesn't ends with the connection.
    private var isWhole: Bool {
        let text = String(decoding: answer, as: UTF8.self)
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        guard let end = lines.firstIndex(of: ""), end < lines.count - 1 else { return false }
        let lengths = lines[..<end].compactMap { line -> Int? in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { return nil }
            return Int(parts[1].filter { $0 != " " })
        }
        guard let length = lengths.first else { return false }
        return lines[(end + 1)...].joined(separator: "\r\n").utf8.count >= length
    }

    private func judge() -> Result {
        let text = String(decoding: answer, as: UTF8.self)
        let words = text.prefix { $0 != "\r\n" && $0 != "\n" }.split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/"), let status = Int(words[1]) else { return .failed("an answer that is not HTTP") }
        let body = answer.firstIndex(of: UInt8(ascii: "{")).flatMap { try? JSONObject(Array(answer[$0...])) }
        guard status == 200 else { return .failed("HTTP status \(status)" + (body?["reason"]?.string.map { ": \($0)" } ?? "")) }
        switch who {
        case .anybody: return .passed
        case .ready:
            guard let broker = body?["broker"]?.string, broker != "connected" else { return .passed }
            return .failed(broker)
        case .engine(let cp):
            guard let answered = body?["cp"]?.string else { return .failed("an answer without its charge point") }
            return answered == cp.text ? .passed : .failed("\(answered) answered instead of \(cp)")
        }
    }

    private func finish(_ result: Result) {
        guard !isOver else { return }
        cancel()
        completion(result)
    }
}
