internal import CAccessTable
internal import ChargingProtocol

@testable internal import Identities

/// The broker's file. The first byte chooses: one that Swift wrote, of which the plugin's C must know the same names, passwords and rights; or one as it
/// comes, in which both must find as many names.
enum AccessBody {
    static func run(_ bytes: [UInt8]) throws(Finding) {
        guard let kind = bytes.first else { return }
        if kind & 1 == 0 { try written(bytes.dropFirst(), kind) } else { try asItComes(Array(bytes.dropFirst())) }
    }

    /// The table as the plugin reads it, freed when it is let go.
    private final class Table {
        let table: OpaquePointer

        init?(_ text: [UInt8]) {
            var complaint = [CChar](repeating: 0, count: 256)
            let read = text.withUnsafeBytes { bytes in
                access_table_read(bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, &complaint, complaint.count)
            }
            guard let read else { return nil }
            table = read
        }

        deinit { access_table_free(table) }
    }

    private static func asItComes(_ text: [UInt8]) throws(Finding) {
        let found = AccessFile.secrets(in: String(decoding: text, as: UTF8.self))
        _ = AccessFile.anonymous(in: String(decoding: text, as: UTF8.self))
        guard text.allSatisfy({ $0 < 0x80 }), let table = Table(text) else { return }
        let (here, anywhere) = (access_table_find(table.table, nil, true) != nil, access_table_find(table.table, nil, false) != nil)
        let whence: AccessFile.Anonymous = anywhere ? .any : here ? .loopback : .none
        try hold(
            (AccessFile.anonymous(in: String(decoding: text, as: UTF8.self)) ?? .none) == whence, "C lets in others without a name than Swift says")
        try hold(found.count == access_table_count(table.table), "Swift finds \(found.count) names, C \(access_table_count(table.table))")
        for name in found.keys {
            try hold(access_table_find(table.table, name, false) != nil, "Swift knows \(name.debugDescription), and C does not")
        }
    }

    // MARK: Written by Swift

    /// Lines: the site, then topics, and names as `ROLE ID`, each with its place in `Role.allCases` as a letter.
    private static func written(_ bytes: ArraySlice<UInt8>, _ kind: UInt8) throws(Finding) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).prefix(24).map {
            String(decoding: $0, as: UTF8.self)
        }
        let site = lines.first.flatMap { Identity.isID($0) ? $0 : nil }
        var file = AccessFile(site: site, anonymous: AccessFile.Anonymous.allCases[Int(kind >> 1) % 3])
        var topics: [String] = []
        for line in lines.dropFirst() {
            guard let letter = line.utf8.first, line.utf8.dropFirst().first == UInt8(ascii: " "), letter < 128,
                let identity = try? Identity(Role.allCases[Int(letter) % Role.allCases.count], String(line.dropFirst(2)))
            else {
                topics.append(line)
                continue
            }
            file.secrets[identity] = try? AccessFile.Secret(of: "password of \(identity)", salt: Array(0..<16))
        }
        guard let table = Table(Array(file.text.utf8)) else { throw Finding("C refuses what Swift wrote") }
        try hold(access_table_count(table.table) == file.secrets.count, "C finds another number of names than Swift wrote")
        var known: [String: AccessFile.Secret] = [:]
        for (identity, secret) in file.secrets { known[identity.username] = secret }
        try hold(AccessFile.secrets(in: file.text) == known, "Swift reads other names than it wrote")
        for identity in file.secrets.keys { try check(identity, site, topics, in: table) }
        try hold(
            (access_table_find(table.table, nil, false) != nil) == (file.anonymous == .any), "who gives no name is let in otherwise than was said")
        try hold(
            (access_table_find(table.table, nil, true) != nil) == (file.anonymous != .none), "who gives no name is let in otherwise than was said")
    }

    private static func check(_ identity: Identity, _ site: String?, _ topics: [String], in table: Table) throws(Finding) {
        guard let user = access_table_find(table.table, identity.username, false) else { throw Finding("C does not know \(identity)") }
        try hold(access_user_knows(user, "password of \(identity)") && !access_user_knows(user, "another"), "C knows another password of \(identity)")
        let rights = Rights(of: identity.role, site: site)
        for client in rights.clients where !client.hasSuffix("*") {
            let own = client.replacing("%i", with: identity.id)
            try hold(access_user_may_be(table.table, user, own), "C does not let \(identity) be \(own)")
        }
        for topic in topics where isTopic(topic) {
            let may = (access_user_may_write(user, topic), access_user_may_read(user, topic))
            try hold(
                may.0 == rights.writes.contains { matches($0, identity.id, topic) }, "\(identity) writes \(topic.debugDescription) in one language")
            try hold(
                may.1 == rights.reads.contains { matches($0, identity.id, topic) }, "\(identity) reads \(topic.debugDescription) in one language")
        }
    }

    private static func isTopic(_ text: String) -> Bool { !text.isEmpty && !text.utf8.contains { $0 == 0 || "+#".utf8.contains($0) } }

    /// MQTT's rules (OASIS MQTT 5, 4.7), level by level.
    private static func matches(_ filter: String, _ id: String, _ topic: String) -> Bool {
        let filters = Array(filter.utf8).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Array.init)
        let levels = Array(topic.utf8).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Array.init)
        if topic.utf8.first == UInt8(ascii: "$"), filters[0] == Array("+".utf8) || filters[0] == Array("#".utf8) { return false }
        for (index, level) in filters.enumerated() {
            if level == Array("#".utf8) { return true }
            guard index < levels.count else { return false }
            let wanted = level == Array("%i".utf8) ? Array(id.utf8) : level
            if wanted != levels[index], level != Array("+".utf8) { return false }
        }
        return filters.count == levels.count
    }
}

extension Identity {
    /// True for an id by P1.
    fileprivate static func isID(_ text: String) -> Bool { (try? Identity(.driver, text)) != nil }
}
