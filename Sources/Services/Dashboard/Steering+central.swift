public import Services

extension CentralService: Steerable {}
