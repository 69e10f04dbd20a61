internal import CCertificates
public import ChargingModel
internal import Glibc
public import Platform

/// A certificate's contents: whose it is, for which hosts, and for how long.
public struct Certificate: Sendable, Hashable {
    /// The common name of its owner.
    public let name: String
    /// The common name of who signed it.
    public let authority: String
    /// The names and addresses of a server.
    public let hosts: [String]
    public let notBefore: WallTime
    public let notAfter: WallTime
    /// True of one that signs others.
    public let isAuthority: Bool
    /// The whole name of its owner, as RFC 2253 spells it; cut where it is longer than 500 bytes.
    public let subject: String
    /// SHA-256 of the certificate, 64 hexadecimal digits.
    public let fingerprint: String

    /// Reads the first certificate of a file in PEM form.
    /// - Parameter help: what to do when it can't be read, or holds none.
    public init(file: String, help: String = "wattline certificates init makes one that is missing") throws(CertificateError) {
        try self.init(pem: Certificate.text(of: file, help: help), of: file, help: help)
    }

    static func text(of file: String, help: String) throws(CertificateError) -> String {
        guard let text = readText(file) else { throw CertificateError("the certificate \(file) can't be read: \(errorText(errno)); \(help)") }
        return text
    }

    /// The first certificate of a file's text.
    init(pem text: String, of file: String, help: String) throws(CertificateError) {
        guard let certificate = Certificate(pem: text) else {
            throw CertificateError("\(file) holds no certificate: expected one in PEM form; \(help)")
        }
        self = certificate
    }

    /// The first certificate of a text in PEM form; `nil` when it has none.
    public init?(pem text: String) {
        var found = wattline_certificate()
        guard wattline_certificate_read(text, &found) else { return nil }
        self.init(found)
    }

    /// A certificate in DER form, as it is shown in a handshake; `nil` when it is none.
    public init?(der bytes: [UInt8]) {
        var found = wattline_certificate()
        guard wattline_certificate_read_der(bytes, bytes.count, &found) else { return nil }
        self.init(found)
    }

    /// True when one in DER form is a server's of this name or numeric address.
    public static func isFor(_ host: String, der bytes: [UInt8]) -> Bool { wattline_certificate_is_for(bytes, bytes.count, host) }

    private init(_ found: wattline_certificate) {
        name = Certificate.text(found.name)
        authority = Certificate.text(found.authority)
        hosts = Certificate.text(found.hosts).split(separator: " ").map(String.init)
        notBefore = WallTime(milliseconds: found.not_before * 1000)
        notAfter = WallTime(milliseconds: found.not_after * 1000)
        isAuthority = found.is_authority
        subject = Certificate.text(found.subject)
        fingerprint = Certificate.text(found.fingerprint)
    }

    private static func text<Array>(_ array: Array) -> String {
        withUnsafeBytes(of: array) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// The seconds until it ends; negative when it has.
    public func secondsLeft(at now: WallTime) -> Int64 { (notAfter.milliseconds - now.milliseconds) / 1000 }
}

/// The nearness of a certificate's end.
public enum Expiry: Hashable, Sendable, Comparable {
    case far
    /// Less than 30 days.
    case soon
    /// Less than 7 days.
    case verySoon
    case over

    /// The days before the end at which a certificate is to be renewed, and at which that is urgent.
    public static let days: (soon: Int64, verySoon: Int64) = (30, 7)

    public init(of certificate: Certificate, at now: WallTime) {
        switch certificate.secondsLeft(at: now) {
        case ..<1: self = .over
        case ..<(Expiry.days.verySoon * 86_400): self = .verySoon
        case ..<(Expiry.days.soon * 86_400): self = .soon
        default: self = .far
        }
    }
}

/// Why a certificate can't be made, kept or read: one line for people.
public struct CertificateError: ProcessFailure, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    public let processExit: ProcessExit

    init(_ description: String, _ processExit: ProcessExit = .failure) {
        self.description = description
        self.processExit = processExit
    }
}
