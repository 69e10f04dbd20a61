// ChargePoint
