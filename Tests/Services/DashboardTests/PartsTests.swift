public import ChargingModel
import Foundation
import HTTPTypes
import Testing

@testable import Dashboard

@Suite("What the HTTP side is made of") struct PartsTests {
    @Test("the ring gives what came after an event, nothing twice, and says when it is asked for what it does not keep")
    func ring() {
        var ring = EventRing(limit: 8, byteLimit: 1000)
        #expect(ring.after(0)?.isEmpty == true)
        #expect(ring.after(1) == nil)
        for number in 1...100 { ring.add { _ in [UInt8(number)] } }
        #expect(ring.last == 100)
        #expect(ring.after(98).map { Array($0) } == [[99], [100]])
        #expect(ring.after(100)?.isEmpty == true)
        #expect(ring.after(101) == nil)
        #expect(ring.after(50) == nil)
        let kept = (0...100).filter { ring.after(UInt64($0)) != nil }
        #expect(kept.count >= 6 && kept.count <= 9)
        ring.add { _ in Array(repeating: 0, count: 5000) }
        #expect(ring.after(100)?.count == 1, "what is too large by itself is kept until the next comes")
        ring.add { _ in [1] }
        #expect(ring.after(101)?.count == 1)
    }

    @Test(
        "paths name resources, and what can't be an id names nothing",
        arguments: [
            ("/", Resource.file("index.html")), ("/js/app.js", .file("js/app.js")), ("/cp", .points), ("/cp/CP-001", .point("CP-001")),
            ("/cp/CP-001/resume", .wish("CP-001", outOfOrder: false)), ("/cp/out-of-order", .wishForAll(outOfOrder: true)),
            ("/sessions/01JD/stop", .stop("01JD")), ("/token/check", .tokenCheck), ("/cp/..", nil), ("/cp/", nil), ("/cp/a/b", nil),
            ("/sessions/x/start", nil), ("/cp/\(String(repeating: "a", count: 37))", nil), ("/cp/a%2Fb", nil), ("/js%2Fapp.js", nil),
            ("/cp/CP%2d001", .point("CP-001")),
            ("/cp/CP%2", nil),
        ] as [(String, Resource?)])
    func paths(path: String, resource: Resource?) { #expect(Resource(path: path) == resource) }

    @Test("a query is taken whole, or refused with its name, its value and what was expected")
    func queries() throws {
        var query = try Query("cp=CP-001&limit=7&since=2026-11-28T06%3A00%3A00Z&available=true&kind=Fast+DC")
        let cp: ChargePointID? = try query.id("cp")
        #expect(cp == "CP-001")
        #expect(try query.integer("limit", in: 1...500) == 7)
        #expect(try query.time("since") == WallTime(milliseconds: 1_795_845_600_000))
        #expect(try query.bool("available") == true)
        #expect(query.text("kind") == "Fast DC")
        try query.finish()
        for (text, said) in [
            ("limit=0", "limit=\"0\": a number from 1 to 500"), ("limit=1&limit=2", "limit is given twice"), ("x=%zz", "not percent-encoded"),
            ("cp=a%20b", "cp=\"a b\" is no id"), ("what=1", "no parameter \"what\""), ("since=yesterday", "since=\"yesterday\": a time like"),
            ("status=lost", "status=\"lost\": one of open, closed"), ("x=%ff", "not percent-encoded UTF-8"),
        ] {
            let problem = #expect(throws: Problem.self, "\(text)") {
                var query = try Query(text)
                _ = try SessionPage(&query)
                try query.finish()
            }
            #expect(problem?.status == .badRequest)
            #expect(problem?.detail.contains(said) == true, "\(problem?.detail ?? "")")
        }
    }

    @Test("the next page is asked with the same words")
    func nextPage() throws {
        var query = try Query("status=failed&driver=alice&since=2026-11-28T06:00:00Z&limit=2")
        let page = try SessionPage(&query)
        let next = page.next(after: "01JD")
        #expect(next == "/sessions?status=failed&driver=alice&since=2026-11-28T06:00:00.000Z&limit=2&cursor=01JD")
        var again = try Query(next.split(separator: "?")[1])
        let second = try SessionPage(&again)
        try again.finish()
        #expect(second.filter == page.filter && second.limit == 2 && second.cursor == "01JD")
    }

    @Test("a token is made once, kept for its owner alone, and compared whole")
    func token() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("wattline-token-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let made = try AdminToken.find(nil, in: directory.path)
        let text = try #require(made.fresh)
        #expect(AdminToken.isToken(text) && text.count == 32)
        let file = directory.appendingPathComponent("admin-token").path
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
        let found = try AdminToken.find(nil, in: directory.path)
        #expect(found.fresh == nil)
        #expect(found.matches(text) && !found.matches(text + "x") && !found.matches(text.dropLast()) && !found.matches(""))
        #expect(try AdminToken.find("0123456789abcdef", in: directory.path).matches("0123456789abcdef"))
        try Data("short\n".utf8).write(to: URL(fileURLWithPath: file))
        #expect(throws: AdminTokenError.self) { try AdminToken.find(nil, in: directory.path) }
        #expect(throws: AdminTokenError.self) { try AdminToken.find(nil, in: directory.path + "/nowhere") }
    }

    @Test("the page is in the program, file by file")
    func assets() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../Sources/C/CDashboardPage/web")
            .standardized
        var expected: Set<String> = ["openapi.yaml"]
        for case let file as URL in try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey])) {
            guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
            expected.insert(String(file.standardized.path.dropFirst(folder.path.count + 1)))
        }
        let assets = Assets()
        #expect(Set(assets.files.keys) == expected)
        let index = try #require(assets.files["index.html"])
        #expect(index.type == "text/html; charset=utf-8")
        #expect(try Data(index.bytes) == Data(contentsOf: folder.appendingPathComponent("index.html")))
        // What the content security policy would refuse.
        let text = String(decoding: index.bytes, as: UTF8.self)
        #expect(!text.contains("style=\"") && !text.contains("onclick") && !text.contains("http://") && !text.contains("https://"))
    }

    @Test("the day begins at midnight, here")
    func day() {
        let now = WallTime(milliseconds: 1_795_845_600_000)
        let midnight = Day.midnight(before: now)
        #expect(midnight <= now && now.milliseconds - midnight.milliseconds < 25 * 3_600_000)
        #expect(Day.midnight(before: midnight) == midnight)
    }

    @Test("a host is told from its port")
    func hosts() {
        #expect(Responder.host(of: "LOCALHOST:8000") == "localhost")
        #expect(Responder.host(of: "[::1]:8000") == "[::1]")
        #expect(Responder.host(of: "127.0.0.1") == "127.0.0.1")
    }
}

extension Identifier: ExpressibleByUnicodeScalarLiteral {}
extension Identifier: ExpressibleByExtendedGraphemeClusterLiteral {}
extension Identifier: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(known: text) }
}
