internal import Glibc
internal import Platform

/// Refuses to write into a directory of somebody else: what root writes there, mode 0600, its owner's programs can't read.
func checkOwner(of directory: String) throws(IdentityError) {
    var status = stat()
    guard stat(directory, &status) == 0 else { throw IdentityError("can't read \(directory): \(errorText(errno))") }
    guard status.st_uid == geteuid() else {
        let owner = getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) } ?? "the user \(status.st_uid)"
        throw IdentityError("\(directory) belongs to \(owner): do this as that user, so that what is written can be read there (sudo -u)")
    }
}
