internal import Glibc

/// A resolver of names, on a thread of its own, one for each loop. Bound to the loop.
///
/// Clients that ask for the same name meanwhile, or within two seconds after, share the answer.
public final class NameResolver {
    public typealias Answer = Result<[NumericAddress], EventLoopError>

    private struct Key: Hashable {
        let host: String
        let port: UInt16
    }

    private let loop: EventLoop
    private var thread: BlockingWorker?
    private var waiting: [Key: [(Answer) -> Void]] = [:]
    private var answers: [Key: (addresses: [NumericAddress], until: LoopTime)] = [:]

    private init(loop: EventLoop) { self.loop = loop }

    /// The resolver of this loop.
    public static func of(_ loop: EventLoop) -> NameResolver { loop.sharedInstance(of: NameResolver.self) { NameResolver(loop: loop) } }

    deinit { thread?.retire() }

    private func worker() throws(EventLoopError) -> BlockingWorker {
        if let thread { return thread }
        let made = try BlockingWorker(loop: loop, name: "names", capacity: 32_768)
        thread = made
        return made
    }

    /// Calls back with at least one address, or an error; at once if the host is numeric or known.
    public func resolve(_ host: String, port: UInt16, _ completion: @escaping (Answer) -> Void) {
        if let numeric = try? NumericAddress(host: host, port: port) { return completion(.success([numeric])) }
        let key = Key(host: host, port: port)
        if let known = answers[key], EventLoop.now() < known.until { return completion(.success(known.addresses)) }
        waiting[key, default: []].append(completion)
        guard waiting[key]?.count == 1 else { return }
        do {
            let accepted = try worker().submit({ Self.lookUp(host, port) }, then: { [weak self] answer in self?.finish(key, answer) })
            if !accepted { finish(key, .failure(EventLoopError(code: .unknownHost(host: host, why: "too many look-ups at once")))) }
        } catch { finish(key, .failure(error)) }
    }

    private func finish(_ key: Key, _ answer: Answer) {
        answers[key] = nil
        if case .success(let addresses) = answer { remember(addresses, of: key.host, port: key.port, for: .seconds(2)) }
        for completion in waiting.removeValue(forKey: key) ?? [] { completion(answer) }
    }

    /// Answers with these addresses for a while, without a look-up.
    package func remember(_ addresses: [NumericAddress], of host: String, port: UInt16, for time: Duration) {
        answers[Key(host: host, port: port)] = (addresses, EventLoop.now() + time)
    }

    /// Looks a name up; blocks. Any thread.
    package static func lookUp(_ host: String, _ port: UInt16) -> Answer {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, nil, &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard result == 0 else {
            let why = gai_strerror(result).map { String(cString: $0) } ?? "error \(result)"
            return .failure(EventLoopError(code: .unknownHost(host: host, why: why)))
        }
        var addresses: [NumericAddress] = []
        var entry = list
        while let info = entry?.pointee {
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { text in
                guard let base = text.baseAddress else { return }
                guard getnameinfo(info.ai_addr, info.ai_addrlen, base, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 else { return }
                guard let address = try? NumericAddress(host: String(cString: base), port: port), !addresses.contains(address) else { return }
                addresses.append(address)
            }
            entry = info.ai_next
        }
        return addresses.isEmpty ? .failure(EventLoopError(code: .unknownHost(host: host, why: "no usable address"))) : .success(addresses)
    }
}
