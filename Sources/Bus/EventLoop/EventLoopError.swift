internal import CLinux
internal import Glibc

/// An error for something that the operating system refused. The description names the call and the reason.
public struct EventLoopError: Error, Hashable, Sendable, CustomStringConvertible {
    enum Code: Hashable, Sendable {
        case system(call: String, number: Int32)
        case notNumeric(host: String)
        case unknownHost(host: String, why: String)
        case timedOut(what: String)
        case overflow(limit: Int)
    }

    let code: Code

    /// The `errno` of the call that failed, if it was one.
    public var systemError: Int32? {
        switch code {
        case .system(_, let number): number
        case .notNumeric, .unknownHost, .timedOut, .overflow: nil
        }
    }

    /// The reason why a name has no address, if that is the error; else `nil`.
    public var unknownHost: String? { if case .unknownHost(_, let why) = code { why } else { nil } }

    public var description: String {
        switch code {
        case .system(let call, EMFILE), .system(let call, ENFILE):
            "\(call): too many open files; raise the limit (ulimit -n) or spread the work over more processes"
        case .system(let call, let number): "\(call): \(Self.text(of: number))"
        case .notNumeric(let host): "'\(host)' is not a numeric IPv4 or IPv6 address"
        case .unknownHost(let host, let why): "the host '\(host)' has no address: \(why)"
        case .timedOut(let what): "\(what): timed out"
        case .overflow(let limit): "the peer reads too slowly: more than \(limit) bytes wait to be written"
        }
    }

    static func system(_ call: String, _ number: Int32 = errno) -> EventLoopError { EventLoopError(code: .system(call: call, number: number)) }

    /// The words of `strerror` for a number, from any thread.
    package static func text(of number: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let base = buffer.baseAddress, wattline_error_text(number, base, buffer.count) == 0 else { return "error \(number)" }
            return String(cString: base)
        }
    }
}
