extension Driver {
    /// A disagreement between the parts of its state, which is a bug of ours; `nil` when there is none.
    public var disagreement: String? {
        if vehicles.count != settings.vehicles { return "it has \(vehicles.count) vehicles, and \(settings.vehicles) in its settings" }
        var requests: Set<RequestID> = []
        for vehicle in vehicles {
            let request: RequestID?
            switch vehicle {
            case .asking(let asking): request = asking.request.id
            case .charging(let charging): request = charging.request.id
            case .idle, .waiting, .looking: request = nil
            }
            if let request, !requests.insert(request).inserted { return "two vehicles wait for the answer to request \(request)" }
        }
        if Set(stops.map(\.session)).count != stops.count { return "a session is being stopped twice" }
        return nil
    }
}
