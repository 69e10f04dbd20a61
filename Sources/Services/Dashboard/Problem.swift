internal import HTTPTypes
internal import Identities
internal import JSON

/// A failed request as a problem document (RFC 9457).
struct Problem: Error, Hashable, Sendable {
    var status: HTTPResponse.Status
    /// The details of this failure, for people, and what helps.
    var detail: String
    /// The fields that go with it in the head of the answer.
    var fields: HTTPFields = [:]
    /// The result all the same, as a JSON object.
    var result: String?

    static func badRequest(_ detail: String) -> Problem { Problem(status: .badRequest, detail: detail) }
    static func notFound(_ detail: String) -> Problem { Problem(status: .notFound, detail: detail) }
    static func conflict(_ detail: String) -> Problem { Problem(status: .conflict, detail: detail) }

    static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> Problem {
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        return Problem(status: .methodNotAllowed, detail: "Only \(names) can be asked here.", fields: [.allow: names])
    }

    static let unauthorized = Problem(
        status: .unauthorized,
        detail: "This needs an operator's secret: Authorization: Bearer SECRET, from wattline operators add, or the token of WATTLINE_ADMIN_TOKEN.",
        fields: [.wwwAuthenticate: "Bearer realm=\"wattline\""])

    static func forbidden(_ somebody: SignedIn, needs role: OperatorRole) -> Problem {
        Problem(status: .forbidden, detail: "\(somebody.name) is \(somebody.role.noun): this needs \(role.noun), see wattline operators.")
    }

    static func unavailable(_ detail: String) -> Problem { Problem(status: .serviceUnavailable, detail: detail, fields: [.retryAfter: "1"]) }

    var body: [UInt8] {
        var json = JSONWriter()
        json.object { object in
            object.string("type", "about:blank")
            object.string("title", status.reasonPhrase)
            object.integer("status", status.code)
            object.string("detail", detail)
            if let result { object.decimal("result", result) }
        }
        json.lineBreak()
        return json.bytes
    }
}
