public import EventLoop
internal import JSON

/// Answers `GET /health` on a port of its own, from the loop that it reports on (P13). Bound to its loop.
public final class HealthResponder {
    /// What is answered: whether all is well, and the members of the answer.
    public typealias Report = () -> (isHealthy: Bool, body: [(name: String, value: String)])

    /// A request is one line and some headers; nobody needs more.
    private static let requestLimit = 4096
    private static let connectionLimit = 64

    private let loop: EventLoop
    private let report: Report
    private var listener: TCPListener?
    private var open: [ObjectIdentifier: TCPConnection] = [:]

    /// - Parameter port: 0 lets the system choose.
    /// - Throws: when the port is taken.
    public init(loop: EventLoop, host: String = "0.0.0.0", port: UInt16, report: @escaping Report) throws(EventLoopError) {
        self.loop = loop
        self.report = report
        listener = try TCPListener(loop: loop, host: host, port: port) { [weak self] in self?.serve($0) }
    }

    public var port: UInt16 { listener?.port ?? 0 }

    public func close() {
        listener?.close()
        for connection in open.values { connection.close() }
        open = [:]
    }

    private func serve(_ connection: TCPConnection) {
        guard open.count < HealthResponder.connectionLimit else { return connection.close() }
        let id = ObjectIdentifier(connection)
        open[id] = connection
        let timer = loop.schedule(after: .seconds(5)) { [weak self] in self?.open.removeValue(forKey: id)?.close() }
        var request: [UInt8] = []
        connection.onClose = { [weak self] _ in
            self?.loop.cancel(timer)
            self?.open[id] = nil
        }
        connection.onRead = { [weak self, unowned connection] bytes in
            request += bytes
            guard let self else { return }
            guard let answer = answer(to: request) else { return }
            loop.cancel(timer)
            open[id] = nil
            connection.write(answer)
            connection.finish()
        }
    }

    /// `nil` while the request is not whole.
    private func answer(to request: [UInt8]) -> [UInt8]? {
        let end = Array("\r\n\r\n".utf8)
        let isWhole = request.indices.contains { request[$0...].starts(with: end) }
        guard isWhole else {
            let isTooLong = request.count > HealthResponder.requestLimit
            return isTooLong ? response("431 Request Header Fields Too Large", [("error", "too long")]) : nil
        }
        let line = String(decoding: request.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self).split(separator: " ")
        guard line.count == 3, line[2].hasPrefix("HTTP/1.") else { return response("400 Bad Request", [("error", "expected GET /health HTTP/1.1")]) }
        guard line[1] == "/health" || line[1].hasPrefix("/health?") else { return response("404 Not Found", [("error", "only /health is here")]) }
        guard line[0] == "GET" else { return response("405 Method Not Allowed", [("error", "only GET")], "Allow: GET\r\n") }
        let (isHealthy, body) = report()
        return response(isHealthy ? "200 OK" : "503 Service Unavailable", body)
    }

    private func response(_ status: String, _ body: [(name: String, value: String)], _ headers: String = "") -> [UInt8] {
        var writer = JSONWriter()
        writer.object { object in for (name, value) in body { object.string(name, value) } }
        writer.lineBreak()
        let head =
            "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(writer.bytes.count)\r\n\(headers)Connection: close\r\n\r\n"
        return Array(head.utf8) + writer.bytes
    }
}
