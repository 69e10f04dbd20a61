import Glibc
import Synchronization

@testable import Journal

/// A disk in memory that forgets what was not synced, fails when told to, and can stop at any call.
final class MemoryDisk: JournalDisk {
    final class File: Sendable {
        struct Contents {
            var bytes: [UInt8] = []
            var durable: [UInt8] = []
        }
        let contents = Mutex(Contents())
    }

    private struct State {
        var names: [String: File] = [:]
        var durableNames: [String: File] = [:]
        var open: [Int32: (file: File?, path: String, position: Int)] = [:]
        var nextDescriptor: Int32 = 100
        var mostOpen = 0
        var calls: [String] = []
        /// Calls still to come before everything fails, as if the process were dead.
        var lifetime: Int?
        var failures: [String: Int32] = [:]
        var onceFailures: [String: Int32] = [:]
        var longestWrite = Int.max
    }

    private let state = Mutex(State())

    /// The calls so far, by name.
    var calls: [String] { state.withLock { $0.calls } }
    var openDescriptors: Int { state.withLock { $0.open.count } }
    /// The most that were open at a time.
    var mostOpenDescriptors: Int { state.withLock { $0.mostOpen } }

    /// Lets the process die after so many more calls.
    func die(after calls: Int) { state.withLock { $0.lifetime = calls } }
    /// Lets every call of this name fail, or not any more.
    func fail(_ call: String, with code: Int32?) { state.withLock { $0.failures[call] = code } }
    /// Lets the next call of this name fail.
    func failOnce(_ call: String, with code: Int32) { state.withLock { $0.onceFailures[call] = code } }
    /// Lets a write take no more than so many bytes.
    func limitWrites(to count: Int) { state.withLock { $0.longestWrite = count } }

    func contents(of path: String) -> [UInt8]? { state.withLock { $0.names[path] }?.contents.withLock { $0.bytes } }
    func put(_ bytes: [UInt8], at path: String) {
        let file = File()
        file.contents.withLock { $0 = File.Contents(bytes: bytes, durable: bytes) }
        state.withLock {
            $0.names[path] = file
            $0.durableNames[path] = file
        }
    }

    /// The disk after the process was killed (everything written is there) or the power was cut (of what was not synced, some is).
    func reborn(powerCut random: inout (some RandomNumberGenerator)?) -> MemoryDisk {
        let result = MemoryDisk()
        let (names, durableNames) = state.withLock { ($0.names, $0.durableNames) }
        let survivors: [String: File]
        if random != nil { survivors = Bool.random(using: &random!) ? names : durableNames } else { survivors = names }
        for (path, file) in survivors.sorted(by: { $0.key < $1.key }) {
            let (bytes, durable) = file.contents.withLock { ($0.bytes, $0.durable) }
            guard random != nil else {
                result.put(bytes, at: path)
                continue
            }
            if bytes.starts(with: durable) {
                // Of the end some is there, and of that not every block: they are written in any order. A line of one journal fits in one.
                let block = path.contains("/journals/") ? 32 : Int.max / 2
                var left = Array(bytes.prefix(durable.count + Int.random(in: 0...(bytes.count - durable.count), using: &random!)))
                for start in stride(from: durable.count / block * block, to: left.count, by: block)
                where block < 4096 && Int.random(in: 0..<4, using: &random!) == 0 {
                    for place in max(start, durable.count)..<min(start + block, left.count) { left[place] = 0 }
                }
                result.put(left, at: path)
            } else {
                result.put(Bool.random(using: &random!) ? bytes : durable, at: path)
            }
        }
        return result
    }

    private func call<Result>(_ name: String, _ body: (inout State) throws(DiskError) -> Result) throws(DiskError) -> Result {
        try state.withLock { (state) throws(DiskError) in
            if let left = state.lifetime {
                guard left > 0 else { throw DiskError(code: EIO) }
                state.lifetime = left - 1
            }
            state.calls.append(name)
            if let code = state.failures[name] ?? state.onceFailures.removeValue(forKey: name) { throw DiskError(code: code) }
            return try body(&state)
        }
    }

    func open(_ path: String, to use: FileUse) throws(DiskError) -> Int32 {
        try call("open") { (state) throws(DiskError) in
            guard state.names[path] != nil || (use != .read && use != .appendKnown) else { throw DiskError(code: ENOENT) }
            let file = state.names[path] ?? File()
            state.names[path] = file
            if use == .writeAnew { file.contents.withLock { $0.bytes = [] } }
            state.nextDescriptor += 1
            state.open[state.nextDescriptor] = (file, path, 0)
            state.mostOpen = max(state.mostOpen, state.open.count)
            return state.nextDescriptor
        }
    }

    func size(_ descriptor: Int32) throws(DiskError) -> Int {
        try call("size") { state in state.open[descriptor]?.file?.contents.withLock { $0.bytes.count } ?? 0 }
    }

    func openDirectory(_ path: String) throws(DiskError) -> Int32 {
        try call("openDirectory") { state in
            state.nextDescriptor += 1
            state.open[state.nextDescriptor] = (nil, path, 0)
            return state.nextDescriptor
        }
    }

    func read(_ descriptor: Int32, atMost count: Int) throws(DiskError) -> [UInt8] {
        try call("read") { state in
            guard let (file, _, position) = state.open[descriptor], let file else { return [] }
            let bytes = file.contents.withLock { Array($0.bytes.dropFirst(position).prefix(count)) }
            state.open[descriptor]?.position += bytes.count
            return bytes
        }
    }

    func write(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) throws(DiskError) -> Int {
        try call("write") { state in
            let taken = bytes.prefix(state.longestWrite)
            state.open[descriptor]?.file?.contents.withLock { $0.bytes += taken }
            return taken.count
        }
    }

    func sync(_ descriptor: Int32) throws(DiskError) {
        try call("sync") { state in
            guard let entry = state.open[descriptor] else { return }
            if let file = entry.file {
                file.contents.withLock { $0.durable = $0.bytes }
            } else {
                for path in Set(state.names.keys).union(state.durableNames.keys) where path.hasPrefix(entry.path + "/") {
                    state.durableNames[path] = state.names[path]
                }
            }
        }
    }

    func syncFileSystem(_ descriptor: Int32) throws(DiskError) {
        try call("syncFileSystem") { state in
            state.durableNames = state.names
            for file in state.names.values { file.contents.withLock { $0.durable = $0.bytes } }
        }
    }

    func device(_ descriptor: Int32) throws(DiskError) -> UInt64 { 1 }

    func truncate(_ descriptor: Int32, to length: Int) throws(DiskError) {
        try call("truncate") { state in state.open[descriptor]?.file?.contents.withLock { $0.bytes = Array($0.bytes.prefix(length)) } }
    }

    func rename(_ from: String, to: String) throws(DiskError) {
        try call("rename") { (state) throws(DiskError) in
            guard let file = state.names.removeValue(forKey: from) else { throw DiskError(code: ENOENT) }
            state.names[to] = file
        }
    }

    func remove(_ path: String) throws(DiskError) { try call("remove") { state in state.names[path] = nil } }
    func close(_ descriptor: Int32) { state.withLock { $0.open[descriptor] = nil } }
}
