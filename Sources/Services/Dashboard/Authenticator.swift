internal import ChargingModel
internal import EventLoop
internal import HTTPTypes
internal import Identities
internal import Platform

/// Somebody who came with a secret that holds.
struct SignedIn: Hashable, Sendable {
    /// The operator's name, or `shared`.
    let name: String
    let role: OperatorRole
    /// The salted hash of their secret; `nil` for the shared token's.
    fileprivate let secret: AccessFile.Secret?
}

/// Tells who asks, by the secret in a request: an operator of the file, or whoever has the shared token. The file is read anew when it has changed;
/// while it can't be read, who was in it last holds. Called from any thread.
final class Authenticator: Sendable {
    private struct State {
        var list = OperatorList()
        /// The mark of the file when it was looked at last; `nil` before the first time.
        var seen: FileMark??
        var wrong = Tally()
        var refused = Tally()
    }

    private let token: AdminToken
    private let store: OperatorStore
    private let log: Log
    private let state = Guarded(State())

    init(token: AdminToken, store: OperatorStore, log: Log) {
        self.token = token
        self.store = store
        self.log = log
    }

    /// The operators as they are now, by name.
    var operators: [Operator] { state.withLock { current(&$0).operators.sorted { $0.name < $1.name } } }

    /// Whoever asks; `nil` for nobody who is known. A wrong secret is said in the log, without it.
    func identify(_ request: HTTPRequest, from address: String?) -> SignedIn? {
        guard let header = request.headerFields[.authorization] else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        // Another scheme is for somebody else: a proxy in front with users of its own.
        guard parts.first?.lowercased() == "bearer" else { return nil }
        if parts.count == 2, let found = owner(of: parts[1]) { return found }
        guard let others = state.withLock({ $0.wrong.count(at: EventLoop.present().monotonic) }) else { return nil }
        log.warning(
            "🔒 A wrong secret was refused: \(Authenticator.words(request))\(address.map { " from \($0)" } ?? "")\(Authenticator.more(others))",
            event: "wrong_secret", ["address": address.map { LogValue.text($0) } ?? .null, "unsaid": .integer(others)])
        return nil
    }

    private func owner(of secret: Substring) -> SignedIn? {
        let shared = token.matches(secret)
        let found = state.withLock { current(&$0) }.owner(of: secret)
        if shared { return SignedIn(name: Operator.shared, role: .admin, secret: nil) }
        return found.map { SignedIn(name: $0.name.text, role: $0.role, secret: $0.secret) }
    }

    /// False when somebody was removed since, or has another secret or role.
    func isStill(_ somebody: SignedIn) -> Bool {
        guard let secret = somebody.secret else { return true }
        return state.withLock { current(&$0) }.operators.contains {
            $0.name.text == somebody.name && $0.role == somebody.role && $0.secret == secret
        }
    }

    /// Says in the log that somebody wanted what they may not.
    func refused(_ somebody: SignedIn, _ request: HTTPRequest, needs role: OperatorRole) {
        guard let others = state.withLock({ $0.refused.count(at: EventLoop.present().monotonic) }) else { return }
        log.warning(
            "🔒 operator=\(somebody.name) may not: \(Authenticator.words(request)) needs \(role.noun), and this is \(somebody.role.noun)"
                + Authenticator.more(others), event: "operator_refused",
            ["operator": .text(somebody.name), "role": .text(somebody.role.rawValue), "needs": .text(role.rawValue), "unsaid": .integer(others)])
    }

    private static func words(_ request: HTTPRequest) -> String {
        // What is behind a ? may be somebody's secret.
        "\(request.method.rawValue) \((request.path ?? "/").prefix { $0 != "?" }.prefix(80))"
    }

    private static func more(_ others: Int) -> String { others > 0 ? " (and \(others) more since the last such line)" : "" }

    /// The list, read anew if the file is another than it was.
    private func current(_ state: inout State) -> OperatorList {
        let mark = store.mark
        guard state.seen != .some(mark) else { return state.list }
        let isFirst = state.seen == nil
        state.seen = .some(mark)
        do throws(IdentityError) {
            let list = try store.read()
            if list != state.list {
                let count = list.operators.count
                log.info(
                    "👥 \(count) \(count == 1 ? "operator has a name" : "operators have names"), as \(store.file) says", event: "operators_read",
                    ["operators": .integer(count)])
            }
            state.list = list
        } catch {
            log.error(
                "❌ The operators' names can't be read: \(error); \(isFirst ? "nobody has one until it can" : "those of before hold")",
                event: "operators_unreadable", ["why": .text("\(error)")])
        }
        return state.list
    }
}

/// A count of something that is said every ten seconds at most.
private struct Tally {
    private var unsaid = 0
    private var said: Instant?

    /// Counts one more.
    /// - Returns: how many were not said since the last that was; `nil` when this one is not to be said either.
    mutating func count(at now: Instant) -> Int? {
        if let said, now - said < .seconds(10) {
            unsaid += 1
            return nil
        }
        defer { unsaid = 0 }
        said = now
        return unsaid
    }
}
