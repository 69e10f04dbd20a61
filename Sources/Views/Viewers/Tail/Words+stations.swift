internal import ChargingModel
internal import Terminal

/// Messages about stations and gateways in words.
extension Words {
    static func pieces(of report: GatewayReport) -> [Piece] {
        guard report.online else { return [Piece("the gateway is offline", .red), Piece(": \(report.reason ?? "")")] }
        let last = report.wantsIn.first.map { ", \($0.name) wants in: \($0.why)" } ?? ""
        return [
            Piece("the gateway is online", .green), Piece(": \(report.connected) of \(report.known) stations are connected\(last)"),
            Piece(" (\(report.address ?? "it does not listen yet"))", .dim),
        ]
    }

    static func pieces(of message: StationMessage) -> [Piece] {
        switch message {
        case .report(let report):
            let what = [report.vendor, report.model, report.firmware].compactMap(\.self).joined(separator: " ")
            return [
                Piece(report.isConnected ? "the station is connected" : "the station is away", report.isConnected ? .green : .red),
                Piece(what.isEmpty ? "" : ": \(what)"), Piece(report.version.map { " (OCPP \($0))" } ?? "", .dim),
            ]
        case .command(let command): return [Piece("the station is asked for \(command.wish.name.rawValue)"), Piece(" (\(command.id))", .dim)]
        case .reply(let reply):
            return [Piece("the station, asked: \(reply.words)", reply.isDone ? nil : .yellow), Piece(" (\(reply.id), part \(reply.part))", .dim)]
        case .frame(let frame): return [Piece(frame.direction == .fromStation ? "→ " : "← ", .dim), Piece(frame.text.bounded())]
        }
    }
}
