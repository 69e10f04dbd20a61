import JSON
import Testing

@testable import OCPP

/// What a text is read as.
private func read(_ text: String) throws(OCPPFrameFault) -> OCPPRead<OCPPFrame> { try OCPPFrame.read(Array(text.utf8)) }

private func quirks(_ text: String) throws -> [Quirk] { try read(text).remarks.map(\.quirk) }

private func refusal(_ bytes: [UInt8]) -> OCPPFrameFault? {
    do throws(OCPPFrameFault) {
        _ = try OCPPFrame.read(bytes)
        return nil
    } catch {
        return error
    }
}

private func refusal(_ text: String) -> OCPPFrameFault? { refusal(Array(text.utf8)) }

@Suite("OCPP-J 4: frames") struct FrameTests {
    @Test("a call, a result and an error are read as they are written")
    func plain() throws {
        let frames: [(String, OCPPFrame)] = [
            (#"[2,"7","Heartbeat",{}]"#, .call(id: "7", action: "Heartbeat", payload: .empty)),
            (#"[3,"7",{"a":[1,{"b":null}]}]"#, .result(id: "7", payload: try payload(#"{"a":[1,{"b":null}]}"#))),
            (
                #"[4,"7","NotImplemented","no \"x\"",{"a":1}]"#,
                .error(id: "7", code: "NotImplemented", description: #"no "x""#, details: try payload(#"{"a":1}"#))
            ),
        ]
        for (text, frame) in frames {
            let found = try read(text)
            #expect(found.value == frame)
            #expect(found.remarks.isEmpty)
            #expect(frame.text == text)
            #expect(frame.id == "7")
        }
    }

    @Test(
        "what is plain is read, and remarked on",
        arguments: [
            ("\u{FEFF}[2,\"1\",\"Heartbeat\",{}]", [Quirk.byteOrderMark]),
            ("[2,\"1\",\"Heartbeat\",{}]\0", [.controlCharacters]),
            ("[2,\"1\",\"Heart\u{1}beat\",{}]\n", [.controlCharacters]),
            (#"[2,"1","Heartbeat",{}]}"#, [.trailingGarbage]),
            (#"[2,"1","Heartbeat",{}][2,"2","Heartbeat",{}]"#, [.trailingGarbage]),
            (#"[2,"1","Heartbeat",{},true,7]"#, [.extraElements]),
            (#"[2,"1","Heartbeat"]"#, [.payloadMissing]),
            (#"[2,"1","Heartbeat",null]"#, [.payloadMissing]),
            (#"[2,"1","Heartbeat",[]]"#, [.payloadMissing]),
            (#"[2,1,"Heartbeat",{}]"#, [.textAsNumber]),
            (#"["2","1","Heartbeat",{}]"#, [.numberAsText]),
            (" [ 2 , \"1\" ,\n\"Heartbeat\" , {\t} ]\r\n", []),
        ])
    func lenient(_ text: String, _ expected: [Quirk]) throws {
        let found = try read(text)
        #expect(found.remarks.map(\.quirk) == expected)
        guard case .call("1", let action, let payload) = found.value, payload.object.all.isEmpty else {
            Issue.record("\(found.value)")
            return
        }
        #expect(action.filter { $0 != " " } == "Heartbeat")
    }

    @Test("an error needs no more than its id", arguments: [#"[4,"1"]"#, #"[4,"1","",null]"#, #"[4,"1",5,{},[],0]"#])
    func shortError(_ text: String) throws {
        #expect(try read(text).value == .error(id: "1", code: "GenericError", description: "", details: .empty))
    }

    @Test("an id of up to 64 characters is echoed as it came, a longer one is none")
    func longIDs() throws {
        let id = String(repeating: "ä", count: 64)
        let found = try read("[2,\"\(id)\",\"Heartbeat\",{}]")
        #expect(found.value.id == id)
        #expect(found.remarks == [Remark(.textTooLong, "messageId")])
        let none = try #require(refusal("[2,\"\(id)x\",\"Heartbeat\",{}]"))
        #expect(none.id == nil)
        #expect(none.answer(in: .v201)?.id == "-1")
        #expect(none.answer(in: .v16) == nil)
    }

    @Test("invalid UTF-8 is replaced and remarked on")
    func invalidUTF8() throws {
        let found = try OCPPFrame.read(Array("[2,\"1\",\"Heart".utf8) + [0xFF] + Array("beat\",{}]".utf8))
        #expect(found.value == .call(id: "1", action: "Heart\u{FFFD}beat", payload: .empty))
        #expect(found.remarks.map(\.quirk) == [.invalidUTF8])
    }

    @Test("of a name that is there twice the last counts")
    func duplicates() throws {
        let found = try said("Authorize", #"{"idTag":"A","idTag":"B"}"#)
        #expect(found.value == .authorize(IDToken("B")))
    }

    @Test("a frame of 1 MB passes")
    func large() throws {
        let text = String(repeating: "x", count: OCPPFrame.limit - 100)
        let frame = OCPPFrame.call(id: "1", action: "DataTransfer", payload: try payload("{\"data\":\"\(text)\"}"))
        #expect(try OCPPFrame.read(frame.bytes).value == frame)
        #expect(refusal(Array(repeating: UInt8(ascii: "["), count: OCPPFrame.limit)) != nil)
        #expect(refusal(Array(repeating: 0, count: OCPPFrame.limit)) != nil)
    }
}

/// A broken text and what is answered.
struct Broken: Sendable, CustomTestStringConvertible {
    var text: String
    /// The id and the code of the CALLERROR of each version; `nil`: nothing is answered.
    var v16: [String]?
    var v201: [String]?
    var testDescription: String { text }

    init(_ text: String, v16: [String]?, v201: [String]?) {
        self.text = text
        self.v16 = v16
        self.v201 = v201
    }
}

@Suite("OCPP-J 4.2.3: what is no frame") struct BrokenFrameTests {
    static let lost = ["-1", "RpcFrameworkError"]
    static let broken = [
        Broken("", v16: nil, v201: lost),
        Broken("hello", v16: nil, v201: lost),
        Broken("{}", v16: nil, v201: lost),
        Broken("[]", v16: nil, v201: ["-1", "MessageTypeNotSupported"]),
        Broken("[2]", v16: nil, v201: lost),
        Broken(#"[2,null,"Heartbeat",{}]"#, v16: nil, v201: lost),
        Broken(#"[2,"7","Heartbeat",{"#, v16: ["7", "FormationViolation"], v201: ["7", "RpcFrameworkError"]),
        Broken(#"[2,"7","Heartbeat",{a:1}]"#, v16: ["7", "FormationViolation"], v201: ["7", "RpcFrameworkError"]),
        Broken(#"[2,"7"]"#, v16: ["7", "FormationViolation"], v201: ["7", "FormatViolation"]),
        Broken(#"[2,"7",5,{}]"#, v16: ["7", "FormationViolation"], v201: ["7", "FormatViolation"]),
        Broken(#"[2,"7","Heartbeat","{}"]"#, v16: ["7", "FormationViolation"], v201: ["7", "FormatViolation"]),
        Broken(#"[2,"7","Heartbeat",[1]]"#, v16: ["7", "FormationViolation"], v201: ["7", "FormatViolation"]),
        Broken(#"[6,"7","X",{}]"#, v16: nil, v201: ["7", "MessageTypeNotSupported"]),
        Broken(#"[2.5,"7","X",{}]"#, v16: nil, v201: ["7", "MessageTypeNotSupported"]),
        // Who is answered an answer?
        Broken(#"[3,"7","text"]"#, v16: nil, v201: nil),
        Broken(#"[3,"7",{"a":}]"#, v16: nil, v201: nil),
        Broken(#"[4]"#, v16: nil, v201: nil),
        Broken(#"[3,{},{}]"#, v16: nil, v201: nil),
    ]

    @Test("it is answered where there is something to answer", arguments: broken)
    func answers(_ broken: Broken) throws {
        let fault = try #require(refusal(broken.text))
        for (version, expected) in [(OCPPVersion.v16, broken.v16), (.v201, broken.v201)] {
            let answer = fault.answer(in: version)
            guard case .error(let id, let code, let words, .empty) = answer else {
                #expect(answer == nil && expected == nil)
                continue
            }
            #expect([id, code] == expected)
            #expect(!words.isEmpty)
            #expect(try OCPPFrame.read(try #require(answer).bytes).value == answer)
        }
    }

    @Test("a broken answer says whose it would have been")
    func brokenAnswer() throws {
        #expect(try #require(refusal(#"[3,"7","text"]"#)).id == "7")
        #expect(try #require(refusal(#"[3,"7",{"a":}]"#)).id == "7")
        #expect(try #require(refusal(#"[3,"7",{"a":}]"#)).isAnswer)
    }

    @Test("nothing traps: cut, doubled, nested, with a byte changed")
    func never() throws {
        let whole = Array(#"[2,"7","StopTransaction",{"transactionId":7,"meterStop":"1e400","x":[[[{"a":"\u00e4\ud83d\ude00"}]]]}]"#.utf8)
        for end in whole.indices { _ = try? OCPPFrame.read(Array(whole[..<end])) }
        for index in whole.indices {
            for byte: UInt8 in [0, 0x22, 0x5B, 0x5C, 0x7D, 0x80, 0xFF] {
                var changed = whole
                changed[index] = byte
                guard let frame = try? OCPPFrame.read(changed).value, case .call(_, let action, let payload) = frame else { continue }
                _ = try? StationCall.read(action, payload, in: .v16)
            }
        }
        for depth in [30, 31, 32, 33, 1000, 100_000] {
            let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            _ = try? read("[2,\"1\",\"DataTransfer\",{\"data\":\(nested)}]")
        }
    }

    @Test("the codes are spelled as each version does, and read in either spelling", arguments: OCPPErrorCode.allCases)
    func codes(_ code: OCPPErrorCode) {
        #expect(OCPPErrorCode(text: code.text(in: .v201)) == code)
        let old = code.text(in: .v16)
        #expect(OCPPErrorCode(text: old) == code || code == .rpcFrameworkError || code == .messageTypeNotSupported)
        let known = [
            "NotImplemented", "NotSupported", "InternalError", "ProtocolError", "SecurityError", "FormationViolation", "PropertyConstraintViolation",
            "OccurenceConstraintViolation", "TypeConstraintViolation", "GenericError",
        ]
        #expect(known.contains(old))
    }

    @Test("descriptions and codes are cut to what the specification has")
    func cut() throws {
        let frame = OCPPFrame.error(
            id: "1", code: String(repeating: "c", count: 99), description: String(repeating: "d", count: 999), details: .empty)
        guard case .error(_, let code, let words, _) = try OCPPFrame.read(frame.bytes).value else { return }
        #expect(code.count == 50 && words.count == 255)
    }
}
