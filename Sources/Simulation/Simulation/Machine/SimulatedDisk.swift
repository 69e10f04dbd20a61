internal import Glibc
internal import Journal

/// The disk of one process's journal: what was written survives the process, what was synced survives the machine.
///
/// Belongs to its world and the thread that runs it.
final class SimulatedDisk: JournalDisk, @unchecked Sendable {
    private final class File {
        @exclusivity(unchecked) var bytes: [UInt8] = []
        /// The number of bytes that are synced; everything written here is appended, or truncated back.
        var durable = 0
        /// The file as it was before it was cut shorter, until that is synced.
        var uncut: (bytes: [UInt8], durable: Int)?

        func cut(to length: Int) {
            guard length < bytes.count else { return }
            if uncut == nil { uncut = (bytes, durable) }
            bytes.removeLast(bytes.count - length)
            durable = min(durable, length)
        }

        func settle() {
            durable = bytes.count
            uncut = nil
        }
    }

    @exclusivity(unchecked) private var names: [String: File] = [:]
    /// The names as they would be after a power cut.
    @exclusivity(unchecked) private var durableNames: [String: File] = [:]
    @exclusivity(unchecked) private var open: [Int32: (file: File?, position: Int)] = [:]
    private var lastDescriptor: Int32 = 0
    /// The number of calls that the process still lives to make; `nil` for all.
    var callsLeft: Int?
    /// True while writes find no room.
    var isFull = false
    private var hasTakenHalf = false

    init() {}

    /// The disk of another machine that was installed from a copy of this one.
    func copied() -> SimulatedDisk {
        let copy = SimulatedDisk()
        for (name, file) in names {
            let twin = File()
            twin.bytes = file.bytes
            twin.durable = file.bytes.count
            copy.names[name] = twin
        }
        copy.durableNames = copy.names
        return copy
    }

    /// The bytes of a file that a power cut leaves in any case.
    func syncedBytes(of name: String) -> ArraySlice<UInt8> { durableNames[name].map { $0.bytes.prefix($0.durable) } ?? [] }

    /// Makes the machine lose its power: of what was not synced some is there, in order, the last of it torn.
    func losePower(_ random: inout SplitMix) {
        if Bool.random(using: &random) { names = durableNames } else { durableNames = names }
        for name in names.keys.sorted() {
            guard let file = names[name] else { continue }
            if let (bytes, durable) = file.uncut, Bool.random(using: &random) {
                file.bytes = bytes
                file.durable = durable
            }
            file.uncut = nil
            let kept = file.durable + Int.random(in: 0...(file.bytes.count - file.durable), using: &random)
            file.bytes.removeLast(file.bytes.count - kept)
            // The next life reads what is there, and syncs it before it relies on it.
        }
        open = [:]
    }

    private func spend() throws(DiskError) {
        guard let left = callsLeft else { return }
        guard left > 0 else { throw DiskError(code: EIO) }
        callsLeft = left - 1
    }

    func open(_ path: String, to use: FileUse) throws(DiskError) -> Int32 {
        try spend()
        guard names[path] != nil || (use != .read && use != .appendKnown) else { throw DiskError(code: ENOENT) }
        if names[path] == nil, isFull { throw DiskError(code: ENOSPC) }
        let file = names[path] ?? File()
        names[path] = file
        if use == .writeAnew { file.cut(to: 0) }
        lastDescriptor += 1
        open[lastDescriptor] = (file, 0)
        return lastDescriptor
    }

    func size(_ descriptor: Int32) throws(DiskError) -> Int {
        try spend()
        return open[descriptor]?.file?.bytes.count ?? 0
    }

    func openDirectory(_ path: String) throws(DiskError) -> Int32 {
        try spend()
        lastDescriptor += 1
        open[lastDescriptor] = (nil, 0)
        return lastDescriptor
    }

    func read(_ descriptor: Int32, atMost count: Int) throws(DiskError) -> [UInt8] {
        try spend()
        guard let (file, position) = open[descriptor], let file else { return [] }
        let bytes = Array(file.bytes.dropFirst(position).prefix(count))
        open[descriptor] = (file, position + bytes.count)
        return bytes
    }

    func write(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) throws(DiskError) -> Int {
        try spend()
        guard let file = open[descriptor]?.file else { throw DiskError(code: EBADF) }
        if isFull || callsLeft == 0 {
            // The last thing it does is half a write; so is what a full disk takes, and then no more of it.
            let half = bytes.count / 2
            if isFull { hasTakenHalf.toggle() }
            guard half > 0, callsLeft == 0 || hasTakenHalf else { throw DiskError(code: ENOSPC) }
            file.bytes += bytes.prefix(half)
            return half
        }
        file.bytes += bytes
        return bytes.count
    }

    func sync(_ descriptor: Int32) throws(DiskError) {
        try spend()
        guard let entry = open[descriptor] else { throw DiskError(code: EBADF) }
        if let file = entry.file { file.settle() } else { durableNames = names }
    }

    func syncFileSystem(_ descriptor: Int32) throws(DiskError) {
        try spend()
        durableNames = names
        for file in names.values { file.settle() }
    }

    func device(_ descriptor: Int32) throws(DiskError) -> UInt64 { 1 }

    func truncate(_ descriptor: Int32, to length: Int) throws(DiskError) {
        try spend()
        guard let file = open[descriptor]?.file else { throw DiskError(code: EBADF) }
        file.cut(to: length)
    }

    func rename(_ from: String, to: String) throws(DiskError) {
        try spend()
        guard let file = names.removeValue(forKey: from) else { throw DiskError(code: ENOENT) }
        names[to] = file
    }

    func remove(_ path: String) throws(DiskError) {
        try spend()
        names[path] = nil
    }

    func close(_ descriptor: Int32) { open[descriptor] = nil }
}
