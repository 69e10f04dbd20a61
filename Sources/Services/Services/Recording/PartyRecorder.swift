internal import ChargingModel
internal import ChargingProtocol
internal import EventLoop
internal import Glibc
internal import Journal
internal import LedgerStore
internal import Platform
internal import Runtime
internal import Settings

/// Writes all that the parties of a process are told, and what they want of it, line by line into a file. Bound to the loop, but for `open` and `close`.
///
/// An input is in the file before its party hears it, so that it is there, too, when it ends the process; outputs follow with the next input, or at
/// the end of the loop's round. What was written outlives the process, not the machine: nothing is synced.
public final class PartyRecorder: @unchecked Sendable {
    /// The file.
    public let path: String
    /// True when a ledger was there at the start, and so its copy is beside the file.
    private(set) var hasLedger = false
    private let name: String
    private var descriptor: Int32 = -1
    private var buffer: [UInt8] = []
    private var isFlushPlanned = false
    private weak var loop: EventLoop?
    private var onFailure: (String) -> Void = { _ in }

    /// The path of the copy of Central's ledger, as it was at the start of a recording.
    static func ledger(of path: String) -> String { path + ".ledger" }

    /// - Parameter name: of the setting that names the file, for errors.
    public init(path: String, from name: String) {
        self.path = path
        self.name = name
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    /// Makes the file, and a copy of the ledger beside it. Blocks; before there are parties.
    /// - Parameter ledger: Central's, which nobody writes yet; it need not be there.
    /// - Throws: when the file is there already or can't be made, or the ledger can't be copied.
    public func open(ledger: String? = nil) throws {
        let copy = PartyRecorder.ledger(of: path)
        if ledger != nil, access(copy, F_OK) == 0 { throw taken(copy) }
        descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { throw taken(path) }
            throw SettingError(name, value: path, expected: "a file that can be made (\(errorText(errno)))")
        }
        guard let ledger, access(ledger, F_OK) == 0 else { return }
        do {
            // As Central will: one of an earlier version is brought up to date.
            _ = try StoredLedger(path: ledger)
            try LedgerBackup.make(of: LedgerReader(path: ledger), at: copy)
            chmod(copy, 0o600)
            hasLedger = true
        } catch {
            unlink(path)
            throw error
        }
    }

    private func taken(_ file: String) -> SettingError {
        let advice = "a recording is never written over; move it away or choose another name"
        return SettingError(name, value: file, expected: "a file that is not there yet: " + advice)
    }

    /// Has what is written from now on told to the loop's end.
    /// - Parameter onFailure: called once, with the reason, when the file can't be written any more.
    func attach(_ loop: EventLoop, onFailure: @escaping (String) -> Void) {
        self.loop = loop
        self.onFailure = onFailure
    }

    func begin(_ party: RecordedParty) { write(RecordedLine.header(party)) }

    /// Before the party hears it.
    func hears(_ input: some Recorded, _ party: String, at now: Now) { write(RecordedLine.input(input, of: party, at: now)) }

    /// Before anything of it is carried out.
    func says<Action>(_ outputs: [PartyOutput<Action>], _ party: String) {
        guard !outputs.isEmpty else { return }
        for output in outputs { buffer += RecordedLine.output(output, of: party) }
        guard !isFlushPlanned, let loop else { return }
        isFlushPlanned = true
        loop.atEndOfRound { [weak self] in
            self?.isFlushPlanned = false
            self?.write([])
        }
    }

    /// Ends the recording, after the parties.
    public func close() {
        write(RecordedLine.closing)
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }

    private func write(_ bytes: [UInt8]) {
        buffer += bytes
        guard descriptor >= 0 else { return buffer.removeAll() }
        let end = DescriptorWriter.write(buffer, on: descriptor, patience: -1).end
        buffer.removeAll(keepingCapacity: true)
        guard let why = end.failure else { return }
        Glibc.close(descriptor)
        descriptor = -1
        onFailure("the recording \(path) can't be written: \(why); it ends here, and so does this process")
    }
}
