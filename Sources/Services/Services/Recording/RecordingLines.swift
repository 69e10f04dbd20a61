internal import Glibc
internal import Platform

/// The lines of a file, one after the other, without their line breaks.
struct RecordingLines {
    let path: String
    /// Of the last line that was returned; the first is 1.
    private(set) var number = 0
    /// The bytes behind the last line break: a line whose end was never written.
    private(set) var torn: [UInt8] = []
    private let file: OpenFile
    private var chunk: [UInt8] = []
    private var position = 0

    private final class OpenFile {
        let descriptor: Int32
        init(_ descriptor: Int32) { self.descriptor = descriptor }
        deinit { Glibc.close(descriptor) }
    }

    /// - Throws: when the file can't be opened.
    init(path: String) throws(RecordingError) {
        self.path = path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw RecordingError("\(path) can't be read: \(errorText(errno))") }
        file = OpenFile(descriptor)
    }

    /// - Returns: `nil` at the end.
    /// - Throws: when the file can't be read.
    mutating func next() throws(RecordingError) -> [UInt8]? {
        var line: [UInt8] = []
        while true {
            if let end = chunk[position...].firstIndex(of: UInt8(ascii: "\n")) {
                line += chunk[position..<end]
                position = end + 1
                number += 1
                return line
            }
            line += chunk[position...]
            guard try fill() else {
                torn = line
                return nil
            }
        }
    }

    private mutating func fill() throws(RecordingError) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file.descriptor, &bytes, bytes.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw RecordingError("\(path) can't be read: \(errorText(errno))") }
            chunk = Array(bytes[..<count])
            position = 0
            return count > 0
        }
    }
}
