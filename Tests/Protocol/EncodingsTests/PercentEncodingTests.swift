import Encodings
import Testing

@Suite("Percent-encoding") struct PercentEncodingTests {
    @Test("What is encoded is one segment of a path, and is decoded to what it was", arguments: ["ST-1", "a/b?c#d", "ä ~_.", "%", "", "\0\n"])
    func there(_ text: String) {
        let encoded = PercentEncoding.encoded(text)
        #expect(encoded.utf8.allSatisfy { "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%".utf8.contains($0) })
        #expect(PercentEncoding.decoded(encoded, isQuery: false) == text)
    }

    @Test("A plus is a space in a query alone") func plus() {
        #expect(PercentEncoding.decoded("a+b", isQuery: true) == "a b" && PercentEncoding.decoded("a+b", isQuery: false) == "a+b")
    }

    @Test("What is not percent-encoded UTF-8 is none", arguments: ["%", "%2", "%GG", "%FF", "%+1"])
    func refused(_ text: String) { #expect(PercentEncoding.decoded(text, isQuery: false) == nil) }
}
