internal import Glibc

/// One target, named by `FUZZ_TARGET`.
private let target: ReaderTarget = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    if let target = ReaderTarget(rawValue: name) { return target }
    let names = ReaderTarget.allCases.map(\.rawValue).joined(separator: ", ")
    let complaint = "FUZZ_TARGET=\"\(name)\": expected one of \(names)\n"
    _ = write(STDERR_FILENO, complaint, complaint.utf8.count)
    exit(2)
}()

/// What libFuzzer, whose `main` comes with `--sanitize fuzzer`, calls with each input. Traps at one that shows a fault, with its words.
@_cdecl("LLVMFuzzerTestOneInput") func oneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    do throws(Finding) {
        try target.run(Array(UnsafeBufferPointer(start: data, count: size)))
    } catch {
        fatalError("\(error)")
    }
    return 0
}
