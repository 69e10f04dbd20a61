internal import ChargingModel
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import LedgerStore
internal import NIOCore
internal import NetworkView
internal import Platform
internal import Prometheus
internal import Settings

/// The answers to requests: it finds the resource, the right to it, and the answer.
struct Responder: HTTPResponder {
    typealias Context = Caller

    /// The most bytes of a request's body: no request needs one, and a longer one is refused.
    static let bodyLimit = 16 * 1024

    let feed: NetworkFeed
    let desk: LedgerQueries
    let central: any Steerable
    let authenticator: Authenticator
    /// The right to read what concerns people.
    let reading: HTTPReading
    let log: Log
    let registry: PrometheusRegistry?
    /// The names under which it may be asked; `nil` for any. A loopback address must not be reached by a web page of somebody else under its own
    /// name.
    let hosts: Set<String>?
    let assets = Assets()
    let gauges = Gauges()
    let stream: EventStream

    func respond(to request: Request, context: Caller) async -> Response {
        do throws(Problem) {
            return try await answer(request, from: context.address)
        } catch {
            return response(error.status, error.body, "application/problem+json", error.fields, request)
        }
    }

    private func answer(_ request: Request, from address: String?) async throws(Problem) -> Response {
        try check(request)
        // Of no resource, but of the server.
        if request.head.path == "*" { return response(.noContent, [], nil, [.allow: "GET, HEAD, POST, DELETE, OPTIONS"], request) }
        let parts = (request.head.path ?? "/").split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let found = Resource(path: String(parts[0])) else { throw .notFound("There is nothing at \(parts[0]).") }
        let query = parts.count > 1 ? parts[1] : ""
        if case .file(let name) = found, assets.files[name] == nil { throw .notFound("There is nothing at \(parts[0]).") }
        guard found.methods.contains(request.method) else { throw .methodNotAllowed(found.methods) }
        try await checkTurn(found)
        switch request.method {
        case .get, .head:
            let asked = try Query(query)
            let somebody = try authorize(found, request, from: address)
            return try await read(found, asked, request, for: somebody)
        default:
            guard let somebody = try authorize(found, request, from: address) else { throw .unauthorized }
            var asked = try Query(query)
            let which = try OrderParameters(&asked, found)
            try asked.finish()
            if found == .tokenCheck { return response(.noContent, [], nil, [:], request) }
            return try await steer(request.method == .delete ? .delete(found) : .post(found), which, request, for: somebody)
        }
    }

    /// Tells whoever asks for what only a Central on the bus knows, or does, that this one is not.
    private func checkTurn(_ resource: Resource) async throws(Problem) {
        guard resource.needsTurn else { return }
        let health = await feed.health
        guard health.isOnTheBus else { throw .unavailable(Responder.sentence(health.reasons.joined(separator: "; "))) }
    }

    /// Whoever asks, if they may; `nil` for somebody unknown where everybody may.
    private func authorize(_ resource: Resource, _ request: Request, from address: String?) throws(Problem) -> SignedIn? {
        let somebody = authenticator.identify(request.head, from: address)
        guard let needed = resource.role(for: request.method, reading) else { return somebody }
        guard let somebody else { throw .unauthorized }
        guard somebody.role >= needed else {
            authenticator.refused(somebody, request.head, needs: needed)
            throw .forbidden(somebody, needs: needed)
        }
        return somebody
    }

    private func check(_ request: Request) throws(Problem) {
        guard request.headers[values: .host].isEmpty else { throw RequestFault.manyHosts.problem }
        if let hosts, let authority = request.head.authority {
            let name = Responder.host(of: authority)
            guard hosts.contains(name) else {
                throw Problem(
                    status: .misdirectedRequest,
                    detail: "This is not \"\(name)\": ask for \(hosts.sorted().joined(separator: " or ")), or add that name to WATTLINE_HTTP_NAMES.")
            }
        }
        if let text = request.headers[.contentLength], let length = Int(text), length > Responder.bodyLimit {
            throw Problem(
                status: .contentTooLarge, detail: "\(length) bytes are too many: at most \(Responder.bodyLimit) are taken.",
                fields: [.connection: "close"])
        }
    }

    /// The host without the port; the brackets of an IPv6 address stay.
    static func host(of authority: String) -> String {
        let name = authority.lowercased()
        if name.hasPrefix("["), let end = name.firstIndex(of: "]") { return String(name[...end]) }
        return String(name.prefix { $0 != ":" })
    }

    // MARK: Reading

    private func read(_ resource: Resource, _ asked: Query, _ request: Request, for somebody: SignedIn?) async throws(Problem) -> Response {
        var query = asked
        switch resource {
        case .health:
            let mustBeReady = try query.bool("ready") ?? false
            try query.finish()
            let health = await feed.health
            return json(health.isReady || !mustBeReady && health.isWell ? .ok : .serviceUnavailable, health.body(at: .present()), request)
        case .points:
            let filter = try PointFilter(&query)
            try query.finish()
            return json(.ok, filter.isEmpty ? await feed.pointTable() : await feed.pointTable(where: filter.fits), request)
        case .point(let cp):
            try query.finish()
            return json(.ok, try await point(cp, for: somebody), request)
        case .telemetry:
            try query.finish()
            return json(.ok, await feed.telemetryTable(), request)
        case .sessions: return json(.ok, try await sessions(&query), request)
        case .session(let id):
            try query.finish()
            return json(.ok, try await session(id, for: somebody), request)
        case .tokens:
            try query.finish()
            return json(.ok, try await tokenTable(), request)
        case .drivers:
            try query.finish()
            return json(.ok, await feed.driverTable(), request)
        case .driver(let driver):
            try query.finish()
            guard let body = await feed.driver(driver) else { throw .notFound("Nothing was heard of a driver \(driver).") }
            return json(.ok, body, request)
        case .events:
            let last = query.text("last") ?? request.headers[.lastEventID]
            try query.finish()
            guard request.method == .get else { return response(.ok, [], EventStream.type, [:], request) }
            let isWelcome: @Sendable () -> Bool = { [authenticator] in somebody.map { authenticator.isStill($0) } ?? true }
            return try await stream.response(after: last, Responder.security, while: isWelcome)
        case .metrics:
            try query.finish()
            return try await metrics(request)
        case .openAPI:
            try query.finish()
            return try file("openapi.yaml", request)
        case .operators:
            try query.finish()
            return json(.ok, operatorTable(), request)
        case .me:
            try query.finish()
            guard let somebody else { throw .unauthorized }
            return json(.ok, Responder.row(of: somebody), request)
        case .stations, .station, .stationFrames:
            try query.finish()
            return try await readStations(resource, request, for: somebody)
        case .file(let name): return try file(name, request)
        case .wish, .wishForAll, .stop, .record, .token, .tokenCheck, .stationCommands: throw .methodNotAllowed(resource.methods)
        }
    }

    private func point(_ cp: ChargePointID, for somebody: SignedIn?) async throws(Problem) -> [UInt8] {
        guard let point = await feed.points[cp] else { throw .notFound("There is no charge point \(cp).") }
        let history = try await desk.history(of: cp)
        let central = await feed.central
        let open = await feed.open
        var json = JSONWriter()
        json.object { object in
            point.write(&object, central)
            point.writeDetails(&object)
            object.array("sessions") { array in for session in history.sessions { array.object { writeMembers(session, open, &$0) } } }
            object.array("faults") { array in for fault in history.faults { array.object { fault.write(&$0) } } }
            object.array("records") { array in
                for (stray, isAcceptable) in history.records {
                    array.object { record in
                        stray.write(&record, namesWho: somebody != nil)
                        record.bool("acceptable", isAcceptable)
                    }
                }
            }
        }
        json.lineBreak()
        return json.bytes
    }

    private func sessions(_ query: inout Query) async throws(Problem) -> [UInt8] {
        let page = try SessionPage(&query)
        try query.finish()
        // One more than wanted tells whether there is a next page.
        let found = try await desk.page(page.filter, before: page.cursor, most: page.limit + 1)
        let shown = found.prefix(page.limit)
        let open = await feed.open
        var json = JSONWriter()
        json.object { object in
            object.array("sessions") { array in for session in shown { array.object { writeMembers(session, open, &$0) } } }
            if found.count > shown.count, let last = shown.last {
                object.string("next", page.next(after: last.id))
            } else {
                object.null("next")
            }
        }
        json.lineBreak()
        return json.bytes
    }

    private func session(_ id: SessionID, for somebody: SignedIn?) async throws(Problem) -> [UInt8] {
        let (found, records) = try await desk.session(id)
        guard let session = found else { throw .notFound("There is no session \(id).") }
        let open = await feed.open
        var json = JSONWriter()
        json.object { object in
            writeMembers(session, open, &object)
            object.array("records") { array in for record in records { array.object { record.write(&$0, namesWho: somebody != nil) } } }
        }
        json.lineBreak()
        return json.bytes
    }

    /// Writes a session as it is on the bus while it is open, for its power and energy; as the ledger has it afterwards.
    private func writeMembers(_ session: LedgerSession, _ open: [SessionID: SessionView], _ object: inout JSONWriter) {
        if session.isOpen, let live = open[session.id] { live.write(&object) } else { session.write(&object) }
    }

    private func metrics(_ request: Request) async throws(Problem) -> Response {
        guard let registry else { throw .notFound("Nothing is measured here.") }
        var size: Int64?
        do { size = try await desk.bytes() } catch {
            // A ledger that can't be read is told by wattline_ledger_working; the other figures are still wanted.
            size = nil
        }
        await central.sampleMetrics()
        await gauges.take(feed, readers: stream.readerCount, ledgerBytes: size)
        return response(.ok, Array(registry.text().utf8), "text/plain; version=0.0.4; charset=utf-8", [.cacheControl: "no-store"], request)
    }

    private func file(_ name: String, _ request: Request) throws(Problem) -> Response {
        guard let file = assets.files[name] else { throw .notFound("There is nothing at /\(name).") }
        let fields: HTTPFields = [.cacheControl: "no-cache", .eTag: file.tag]
        if request.headers[.ifNoneMatch] == file.tag { return response(.notModified, [], nil, fields, request) }
        return response(.ok, file.bytes, file.type, fields, request)
    }

    // MARK: Answers

    static let security: HTTPFields = [
        .cacheControl: "no-store",
        .contentSecurityPolicy:
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
            + "form-action 'none'; frame-ancestors 'none'",
        .xContentTypeOptions: "nosniff",
        HTTPField.Name("Referrer-Policy")!: "no-referrer",
        HTTPField.Name("Cross-Origin-Opener-Policy")!: "same-origin",
        HTTPField.Name("Cross-Origin-Resource-Policy")!: "same-origin",
    ]

    func json(_ status: HTTPResponse.Status, _ bytes: [UInt8], _ request: Request) -> Response {
        response(status, bytes, "application/json", [:], request)
    }

    func response(
        _ status: HTTPResponse.Status, _ bytes: [UInt8], _ type: String?, _ fields: HTTPFields, _ request: Request
    ) -> Response {
        var all = Responder.security
        for field in fields { all[field.name] = field.value }
        all[.contentType] = type
        if request.method == .head {
            all[.contentLength] = "\(bytes.count)"
            return Response(status: status, headers: all)
        }
        if status == .noContent || status == .notModified { return Response(status: status, headers: all) }
        return Response(status: status, headers: all, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

extension HTTPField.Name {
    fileprivate static var lastEventID: HTTPField.Name { HTTPField.Name("Last-Event-ID")! }
    /// The name of the Host field: one that comes beside the first, which is the request's authority.
    fileprivate static var host: HTTPField.Name { HTTPField.Name("Host")! }
}
