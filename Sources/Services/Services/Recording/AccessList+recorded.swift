internal import ChargingModel
internal import JSON

/// A list that is not there stands for everybody.
extension AccessList {
    func write(to json: inout JSONWriter) {
        if case .known(let drivers) = drivers { json.array("drivers") { json in for id in drivers.sorted() { json.string(nil, id.text) } } }
        if !stations.isEmpty { json.array("stations") { json in for id in stations.sorted() { json.string(nil, id.text) } } }
        if case .known(let points) = points { json.array("points") { json in for id in points.sorted() { json.string(nil, id.text) } } }
    }

    init(recorded fields: RecordedFields) throws(RecordingError) {
        self.init(
            drivers: fields.has("drivers") ? .known(Set(try fields.ids("drivers"))) : .any,
            points: fields.has("points") ? .known(Set(try fields.ids("points"))) : .any,
            stations: fields.has("stations") ? Set(try fields.ids("stations")) : [])
    }
}
