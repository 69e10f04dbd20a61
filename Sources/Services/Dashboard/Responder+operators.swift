internal import ChargingModel
internal import Identities
internal import JSON

/// The operators, and the one who asks.
extension Responder {
    /// Everybody who may sign in; the shared token first.
    func operatorTable() -> [UInt8] {
        var json = JSONWriter()
        json.array { array in
            array.object { row in
                row.string("name", Operator.shared)
                row.string("role", OperatorRole.admin.rawValue)
                row.null("since")
            }
            for one in authenticator.operators {
                array.object { row in
                    row.string("name", one.name.text)
                    row.string("role", one.role.rawValue)
                    row.string("since", one.since.text)
                }
            }
        }
        json.lineBreak()
        return json.bytes
    }

    static func row(of somebody: SignedIn) -> [UInt8] {
        var json = JSONWriter()
        json.object { row in
            row.string("name", somebody.name)
            row.string("role", somebody.role.rawValue)
        }
        json.lineBreak()
        return json.bytes
    }
}
