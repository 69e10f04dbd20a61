// One target, named by FUZZ_TARGET, with libFuzzer's arguments.
import CFuzzer
import Glibc

let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
guard let target = ReaderTarget(rawValue: name) else {
    let complaint = "FUZZ_TARGET=\"\(name)\": expected one of \(ReaderTarget.allCases.map(\.rawValue).joined(separator: ", "))\n"
    _ = write(STDERR_FILENO, complaint, complaint.utf8.count)
    exit(2)
}

/// Traps at an input that shows a fault, with its words.
func oneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    do throws(Finding) {
        try target.run(Array(UnsafeBufferPointer(start: data, count: size)))
    } catch {
        fatalError("\(error)")
    }
    return 0
}

exit(fuzz(CommandLine.argc, CommandLine.unsafeArgv, oneInput))
