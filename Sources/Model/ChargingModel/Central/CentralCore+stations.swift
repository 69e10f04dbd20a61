extension CentralCore {
    mutating func hear(_ request: StationRequest) {}
}
