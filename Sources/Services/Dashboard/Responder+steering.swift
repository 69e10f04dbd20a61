internal import ChargingModel
internal import HTTPTypes
internal import Hummingbird
internal import Identities
internal import JSON
internal import NetworkView
internal import Platform

/// The changes by operators, and the lines in the log of who made them.
extension Responder {
    enum Order {
        case post(Resource)
        case delete(Resource)
    }

    func steer(_ order: Order, _ which: OrderParameters, _ request: Request, for somebody: SignedIn) async throws(Problem) -> Response {
        let deed = Deed(order)
        do throws(Problem) {
            let response = try await carryOut(order, which, request, for: somebody)
            tell(deed, of: somebody, 200, "done")
            return response
        } catch {
            tell(deed, of: somebody, error.status.code, error.detail)
            throw error
        }
    }

    /// Says in the log who did something, or could not.
    private func tell(_ deed: Deed, of somebody: SignedIn, _ status: Int, _ result: String) {
        log.info(
            "👤 operator=\(somebody.name) \(deed.name) \(deed.target): \(result)", event: "operator_action",
            [
                "operator": .text(somebody.name), "role": .text(somebody.role.rawValue), "action": .text(deed.name), "cp": .id(deed.cp),
                "session": .id(deed.session), "meter": .id(deed.meter), "token": .id(deed.token), "status": .integer(status), "result": .text(result),
            ])
    }

    private func carryOut(
        _ order: Order, _ which: OrderParameters, _ request: Request, for somebody: SignedIn
    ) async throws(Problem) -> Response {
        switch order {
        case .post(.wish(let cp, let outOfOrder)):
            return try await carryOut(outOfOrder ? .outOfOrder(cp) : .resume(cp), cp.text, unknown: "There is no charge point \(cp).", request)
        case .post(.wishForAll(let outOfOrder)): return try await carryOutForAll(outOfOrder: outOfOrder, request)
        case .post(.stop(let id)): return try await carryOut(.stop(id), id.text, unknown: "There is no open session \(id).", request)
        case .post(.record(let session, let meter, let choice)):
            return try await carryOut(
                .judge(RecordVerdict(session: session, meter: meter, cp: which.cp, end: which.end, choice, by: somebody.name)), session.text,
                unknown: "No record of session \(session) and meter \(meter) was put aside.", request)
        case .post(.token(let token, let order)):
            return try await carryOut(
                .token(which.change(of: token, order), by: somebody.name), token.text, unknown: "There is no token \(token).", request)
        case .post(.stationCommands(let station)): return try await command(station, request)
        case .delete(.point(let cp)):
            guard await feed.points[cp] != nil else { throw .notFound("There is no charge point \(cp).") }
            return try await carryOut(.forget(cp), cp.text, unknown: "There is no charge point \(cp).", request)
        case .post, .delete: throw .notFound("That can't be done here.")
        }
    }

    private func carryOut(_ wish: OperatorRequest, _ id: String, unknown: String, _ request: Request) async throws(Problem) -> Response {
        switch await central.ask(wish) {
        case .done:
            await feed.settled { Responder.isShown(wish, on: $0) }
            return json(.ok, Responder.result(done: [id], refused: []), request)
        case .unknown: throw .notFound(unknown)
        case .refused(let reason): throw .conflict(Responder.sentence(reason))
        case .ledgerUnavailable: throw .unavailable("The ledger can't be written at the moment: ask again.")
        }
    }

    private func carryOutForAll(outOfOrder: Bool, _ request: Request) async throws(Problem) -> Response {
        let points = await feed.points.keys.sorted()
        let answers = await withTaskGroup(of: (ChargePointID, OperatorAnswer).self) { group in
            for cp in points { group.addTask { (cp, await central.ask(outOfOrder ? .outOfOrder(cp) : .resume(cp))) } }
            var answers: [ChargePointID: OperatorAnswer] = [:]
            for await (cp, answer) in group { answers[cp] = answer }
            return answers
        }
        let obeyed = points.filter { answers[$0] == .done }
        await feed.settled { feed in obeyed.allSatisfy { Responder.isShown(outOfOrder ? .outOfOrder($0) : .resume($0), on: feed) } }
        var done: [String] = []
        var refused: [(id: String, reason: String)] = []
        for cp in points {
            switch answers[cp] {
            case .done: done.append(cp.text)
            case .unknown, nil: refused.append((cp.text, "It is not known any more."))
            case .refused(let reason): refused.append((cp.text, Responder.sentence(reason)))
            case .ledgerUnavailable: refused.append((cp.text, "The ledger can't be written at the moment: ask again."))
            }
        }
        return json(.ok, Responder.result(done: done, refused: refused), request)
    }

    private static func isShown(_ wish: OperatorRequest, on feed: isolated NetworkFeed) -> Bool {
        switch wish {
        case .outOfOrder(let cp): feed.points[cp]?.isOutOfOrder ?? true
        case .resume(let cp): feed.points[cp]?.isOutOfOrder != true
        case .forget(let cp): feed.points[cp] == nil
        // It ends when its engine has stopped.
        case .stop: true
        case .judge, .token: true
        }
    }

    private static func result(done: [String], refused: [(id: String, reason: String)]) -> [UInt8] {
        var json = JSONWriter()
        json.object { object in
            object.array("done") { array in for id in done { array.string(nil, id) } }
            object.array("refused") { array in
                for (id, reason) in refused {
                    array.object { object in
                        object.string("id", id)
                        object.string("reason", reason)
                    }
                }
            }
        }
        json.lineBreak()
        return json.bytes
    }

    static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + "." }
}

/// A deed that somebody wants done, in words for the log.
private struct Deed {
    let name: String
    var cp: ChargePointID?
    var session: SessionID?
    var meter: MeterID?
    var token: TokenID?

    init(_ order: Responder.Order) {
        switch order {
        case .post(.wish(let point, let outOfOrder)):
            name = outOfOrder ? "out-of-order" : "resume"
            cp = point
        case .post(.wishForAll(let outOfOrder)): name = outOfOrder ? "out-of-order" : "resume"
        case .post(.stop(let id)):
            name = "stop"
            session = id
        case .post(.record(let id, let register, let choice)):
            name = choice.rawValue
            session = id
            meter = register
        case .post(.token(let id, let order)):
            name = "\(order.rawValue)-token"
            token = id
        case .post(.stationCommands(let station)):
            name = "station-command"
            cp = station
        case .delete(.point(let point)):
            name = "remove"
            cp = point
        case .post, .delete: name = "nothing"
        }
    }

    var target: String {
        if let cp { return cp.text }
        if let token { return "token \(token)" }
        guard let session else { return "all points" }
        return "session \(session)" + (meter.map { ", meter \($0)" } ?? "")
    }
}
