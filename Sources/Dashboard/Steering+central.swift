public import Central

extension CentralService: Steerable {}
