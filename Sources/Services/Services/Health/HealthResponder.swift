public import EventLoop
internal import JSON

/// Answers `GET /health` on a port of its own, from the loop that it reports on (P13), and `GET /metrics` where it has some. Bound to its loop.
public final class HealthResponder {
    /// What is answered: whether all is well, and the members of the answer.
    public typealias Report = () -> (isHealthy: Bool, body: [(name: String, value: String)])

    private let report: Report
    private let metrics: () -> String?
    private let room: HealthRoom
    private var listener: TCPListener?

    /// - Parameters:
    ///   - port: 0 lets the system choose.
    ///   - metrics: the text for Prometheus; `nil` where there is none.
    /// - Throws: when the port is taken.
    public init(
        loop: EventLoop, host: String = "0.0.0.0", port: UInt16, metrics: @escaping () -> String? = { nil }, report: @escaping Report
    ) throws(EventLoopError) {
        self.report = report
        self.metrics = metrics
        room = .of(loop)
        listener = try TCPListener(
            loop: loop, host: host, port: port, makeRoom: { [room] in room.makeRoom() }, onAccept: { [weak self] in self?.serve($0) })
        room.addPort()
    }

    public var port: UInt16 { listener?.port ?? 0 }

    /// A second call does nothing.
    public func close() {
        guard let open = listener else { return }
        listener = nil
        open.close()
        room.removePort(of: self)
    }

    private func serve(_ connection: TCPConnection) {
        let ticket = room.enter(connection, of: self)
        var request = HealthRequest()
        connection.onClose = { [room] _ in room.leave(ticket) }
        connection.onRead = { [weak self, room, unowned connection] bytes in
            guard let self else { return connection.close() }
            guard let answer = answer(to: request.take(bytes)) else { return }
            connection.write(answer)
            connection.finish()
            // Whoever does not read its answer waits on, and makes room like the others.
            if connection.isClosed { room.leave(ticket) }
        }
    }

    /// `nil` while the request is not whole.
    private func answer(to request: HealthRequest.State) -> [UInt8]? {
        switch request {
        case .incomplete: nil
        case .tooLong: response("431 Request Header Fields Too Large", [("error", "too long")])
        case .whole(let words): answer(to: words)
        }
    }

    private func answer(to line: [String]) -> [UInt8] {
        guard line.count == 3, line[2].hasPrefix("HTTP/1."), line[2].utf8.count == 8 else {
            return response("400 Bad Request", [("error", "expected GET /health HTTP/1.1")])
        }
        let isHead = line[0] == "HEAD"
        let path = line[1].prefix { $0 != "?" }
        let metrics = path == "/metrics" ? metrics() : nil
        guard path == "/health" || metrics != nil else { return response("404 Not Found", [("error", "only /health is here")], isHead: isHead) }
        guard line[0] == "GET" || isHead else { return response("405 Method Not Allowed", [("error", "only GET and HEAD")], "Allow: GET, HEAD\r\n") }
        if let metrics { return response("200 OK", "text/plain; version=0.0.4; charset=utf-8", Array(metrics.utf8), isHead: isHead) }
        let (isHealthy, body) = report()
        return response(isHealthy ? "200 OK" : "503 Service Unavailable", body, isHead: isHead)
    }

    /// - Parameter isHead: of what would be answered only the head is.
    private func response(_ status: String, _ body: [(name: String, value: String)], _ headers: String = "", isHead: Bool = false) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { object in for (name, value) in body { object.string(name, value) } }
        writer.lineBreak()
        return response(status, "application/json", writer.bytes, headers, isHead: isHead)
    }

    private func response(_ status: String, _ type: String, _ body: [UInt8], _ headers: String = "", isHead: Bool) -> [UInt8] {
        let head = "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.count)\r\n\(headers)Connection: close\r\n\r\n"
        return Array(head.utf8) + (isHead ? [] : body)
    }
}
