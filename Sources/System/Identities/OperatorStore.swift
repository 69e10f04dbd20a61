public import ChargingModel
internal import Glibc
public import Platform
internal import Settings

/// The file of a Central's operators, mode 0600: changed by `wattline operators`, read by Central.
///
/// ```
/// {directory}/              {data}/central
///   operators               OperatorList
///   operators.lock          held while it is changed
/// ```
public struct OperatorStore: Sendable, Hashable {
    public let directory: String

    public init(directory: String) { self.directory = directory }

    public var file: String { directory + "/operators" }

    /// The file's present mark.
    public var mark: FileMark? { FileMark(of: file) }

    /// Reads the operators; none when there is no file.
    /// - Throws: when it can't be read, or is not whole.
    public func read() throws(IdentityError) -> OperatorList {
        var status = stat()
        guard stat(file, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return OperatorList() }
            throw IdentityError("can't read \(file): \(errorText(errno))")
        }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= OperatorList.sizeLimit else {
            throw IdentityError("\(file): expected a file of \(OperatorList.sizeLimit) bytes at most", .configuration)
        }
        guard let bytes = readWhole(file) else { throw IdentityError("can't read \(file): \(errorText(errno))") }
        do throws(IdentityError) {
            return try OperatorList(text: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw IdentityError("\(file), \(error)", error.processExit)
        }
    }

    /// Gives a name.
    /// - Returns: the secret, which is kept nowhere.
    /// - Throws: when somebody has the name, or there are too many.
    public func add(_ name: Operator.Name, _ role: OperatorRole, at now: WallTime) throws(IdentityError) -> String {
        guard !OperatorList.isReserved(name) else {
            throw IdentityError("nobody can be called \(name): the token of WATTLINE_ADMIN_TOKEN and admin-token is", .usage)
        }
        return try change { (list: inout OperatorList) throws(IdentityError) in
            if let other = list[name] {
                throw IdentityError(
                    "somebody is called \(name), with the role \(other.role.rawValue): rotate gives another secret, remove frees the name")
            }
            guard list.operators.count < OperatorList.limit else {
                throw IdentityError("\(OperatorList.limit) operators have a name already, which is the most: remove one first")
            }
            let secret = Random.text()
            list.operators.append(Operator(name: name, role: role, since: now, secret: try OperatorStore.hash(secret)))
            return secret
        }
    }

    /// Gives an operator another secret: the one of before is refused at the next request.
    /// - Returns: the operator, and the secret, which is kept nowhere.
    public func rotate(_ name: Operator.Name, at now: WallTime) throws(IdentityError) -> (Operator, secret: String) {
        try change { (list: inout OperatorList) throws(IdentityError) in
            let place = try find(name, in: list)
            let secret = Random.text()
            list.operators[place].secret = try OperatorStore.hash(secret)
            list.operators[place].since = now
            return (list.operators[place], secret)
        }
    }

    /// Takes a name away: its secret is refused at the next request.
    /// - Returns: who it was.
    @discardableResult
    public func remove(_ name: Operator.Name) throws(IdentityError) -> Operator {
        try change { (list: inout OperatorList) throws(IdentityError) in list.operators.remove(at: try find(name, in: list)) }
    }

    private func find(_ name: Operator.Name, in list: OperatorList) throws(IdentityError) -> Int {
        if let place = list.operators.firstIndex(where: { $0.name == name }) { return place }
        let names = list.operators.map(\.name.text).sorted()
        let others = names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", …" : "")
        throw IdentityError("no operator is called \(name); \(names.isEmpty ? "nobody has a name yet" : "there are: \(others)")")
    }

    private static func hash(_ secret: String) throws(IdentityError) -> AccessFile.Secret {
        try AccessFile.Secret(of: secret, salt: Random.bytes(16))
    }

    private func change<Result>(_ body: (inout OperatorList) throws(IdentityError) -> Result) throws(IdentityError) -> Result {
        do throws(DataDirectoryError) { try DataDirectory.create(directory) } catch { throw IdentityError(error) }
        try checkOwner(of: directory)
        let lock: DirectoryLock
        do throws(DataDirectoryError) {
            lock = try DirectoryLock.take(directory + "/operators.lock", for: directory, waits: true)
        } catch {
            throw IdentityError(error)
        }
        defer { withExtendedLifetime(lock) {} }
        var list = try read()
        let result = try body(&list)
        if let code = replaceText(of: file, with: list.text, isSynced: true) { throw IdentityError("can't write \(file): \(errorText(code))") }
        syncDirectory()
        return result
    }

    /// So that who was removed is not back after a power cut. A file system that knows no such thing has done what it can.
    private func syncDirectory() {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
