public import ChargingModel
import Foundation
import Testing

@testable import Identities

@Suite("The operators' file") struct OperatorStoreTests {
    /// A directory that is gone with the test.
    final class Place {
        let store = OperatorStore(directory: FileManager.default.temporaryDirectory.path + "/wattline-operators-\(UUID().uuidString)/central")
        deinit { try? FileManager.default.removeItem(atPath: (store.directory as NSString).deletingLastPathComponent) }

        var text: String { (try? String(contentsOfFile: store.file, encoding: .utf8)) ?? "" }
        func write(_ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: store.file)) }
    }

    private let now = WallTime(milliseconds: 1_795_845_600_000)

    @Test("a secret is told once and known by its hash; the file is its owner's, and says who, which role and since when")
    func add() throws {
        let place = Place()
        #expect(try place.store.read().operators.isEmpty && place.store.mark == nil)
        let secret = try place.store.add("anna", .operator, at: now)
        #expect(secret.utf8.count == 32 && Operator.isSecret(secret))
        #expect(!place.text.contains(secret))
        #expect(try FileManager.default.attributesOfItem(atPath: place.store.file)[.posixPermissions] as? Int == 0o600)
        let other = try place.store.add("bert", .viewer, at: now)
        let list = try place.store.read()
        #expect(list.owner(of: secret)?.name == "anna" && list.owner(of: other)?.role == .viewer)
        #expect(list["anna"]?.since == now)
        #expect(list.operators[0].secret.salt != list.operators[1].secret.salt)
        for wrong in [secret + "x", String(secret.dropLast()), "", "x", other.uppercased(), String(repeating: "a", count: 32)] {
            #expect(list.owner(of: wrong) == nil, "\(wrong)")
        }
        #expect(try OperatorList(text: list.text) == list)
    }

    @Test("another secret, and none any more: the file's mark changes each time")
    func changes() throws {
        let place = Place()
        let first = try place.store.add("anna", .admin, at: now)
        let mark = place.store.mark
        let (anna, second) = try place.store.rotate("anna", at: now.advanced(byMilliseconds: 1))
        #expect(anna.role == .admin && anna.since > now && second != first && place.store.mark != mark)
        #expect(try place.store.read().owner(of: first) == nil)
        #expect(try place.store.read().owner(of: second)?.name == "anna")
        #expect(try place.store.remove("anna").name == "anna")
        #expect(try place.store.read() == OperatorList())
    }

    @Test("what can't be is refused, with what is the case, and changes nothing")
    func refused() throws {
        let place = Place()
        #expect(throws: IdentityError.self) { try place.store.remove("anna") }
        _ = try place.store.add("anna", .operator, at: now)
        let before = place.text
        let taken = #expect(throws: IdentityError.self) { try place.store.add("anna", .viewer, at: now) }
        #expect(taken?.description.contains("somebody is called anna, with the role operator") == true)
        let unknown = #expect(throws: IdentityError.self) { try place.store.rotate("ana", at: now) }
        #expect(unknown?.description == "no operator is called ana; there are: anna")
        for name in ["shared", "Shared"] as [Operator.Name] { #expect(throws: IdentityError.self) { try place.store.add(name, .admin, at: now) } }
        #expect(place.text == before)
        for number in 1..<OperatorList.limit { _ = try place.store.add(Operator.Name(known: "o-\(number)"), .viewer, at: now) }
        let many = #expect(throws: IdentityError.self) { try place.store.add("one-more", .viewer, at: now) }
        #expect(many?.description.contains("100 operators") == true)
    }

    @Test("a file that is not whole, or not of this form, is refused with its line")
    func damaged() throws {
        let place = Place()
        _ = try place.store.add("anna", .operator, at: now)
        let line = try #require(place.text.split(separator: "\n").first { $0.hasPrefix("operator ") })
        for (text, complaint) in [
            ("", "line 1: expected wattline-operators 1"), ("wattline-operators 2\nend\n", "line 1: a later version made it"),
            ("wattline-operators 1\n\(line)\n", "it was cut off"), ("wattline-operators 1\n\(line.dropLast(3))", "line 2: expected operator NAME"),
            ("wattline-operators 1\n\(line)\n\(line)\nend\n", "line 3: anna is there twice"),
            ("wattline-operators 1\nend\n\(line)\n", "line 3: there is something behind the end"),
            ("wattline-operators 1\n\(line.replacing(" operator ", with: " owner "))\nend\n", "line 2"),
            ("wattline-operators 1\n\(line.replacing(" anna ", with: " shared "))\nend\n", "line 2"),
            (String(repeating: "#\n", count: 40_000), "65536 bytes"),
        ] {
            try place.write(text)
            let error = #expect(throws: IdentityError.self) { try place.store.read() }
            #expect(error?.description.contains(complaint) == true, "\(error?.description ?? "") for \(text.prefix(60))")
            #expect(throws: IdentityError.self, "it is not written over") { try place.store.add("bert", .viewer, at: now) }
        }
    }

    @Test("each role may what those before it may")
    func roles() { #expect(OperatorRole.allCases == [.viewer, .operator, .admin] && OperatorRole.allCases == OperatorRole.allCases.sorted()) }
}

extension Identifier: ExpressibleByUnicodeScalarLiteral {}
extension Identifier: ExpressibleByExtendedGraphemeClusterLiteral {}
extension Identifier: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(known: text) }
}
