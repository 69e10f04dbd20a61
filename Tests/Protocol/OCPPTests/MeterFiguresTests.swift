import ChargingModel
import Testing

@testable import OCPP

private func watts(_ count: Int64) -> MeterSample.Value { .power(Power(watts: count)) }

@Suite("OCPP: the figures in meter values") struct MeterFiguresTests {
    private let later = OCPPTime(moment.wall.advanced(byMilliseconds: 60_000))

    @Test("the newest of each counts")
    func newest() {
        let figures = MeterFigures([
            MeterSample(.energyActiveImportRegister, wh(5), at: moment), MeterSample(.powerActiveImport, watts(7000), at: moment),
            MeterSample(.voltage, .voltage(Voltage(millivolts: 400_000)), at: moment, phase: .l1l2),
            MeterSample(.voltage, .voltage(Voltage(millivolts: 230_000)), at: moment, phase: .l1Neutral),
            MeterSample(.stateOfCharge, .stateOfCharge(StateOfCharge(permille: 500)), at: moment, location: .vehicle),
            MeterSample(.energyActiveImportRegister, wh(6), at: later),
        ])
        #expect(figures.register == Energy(wattHours: 6))
        #expect(figures.registerTime == later)
        #expect(figures.power == Power(watts: 7000))
        #expect(
            figures.measurements
                == Measurements(voltage: Voltage(millivolts: 230_000), stateOfCharge: StateOfCharge(permille: 500)))
    }

    @Test("where nothing is said of all phases together, they are summed up")
    func phases() {
        let figures = MeterFigures([
            MeterSample(.powerActiveImport, watts(1), at: moment, phase: .l1), MeterSample(.powerActiveImport, watts(2), at: later, phase: .l1),
            MeterSample(.powerActiveImport, watts(3), at: later, phase: .l2), MeterSample(.powerActiveImport, watts(4), at: later, phase: .l3),
            MeterSample(.currentImport, .current(Current(milliamperes: 16_000)), at: later, phase: .l1),
            MeterSample(.currentImport, .current(Current(milliamperes: 6000)), at: later, phase: .l2),
        ])
        #expect(figures.power == Power(watts: 9))
        #expect(figures.measurements.current == Current(milliamperes: 22_000))
        let both = MeterFigures([
            MeterSample(.powerActiveImport, watts(9), at: moment), MeterSample(.powerActiveImport, watts(2), at: later, phase: .l1),
        ])
        #expect(both.power == Power(watts: 9))
    }

    @Test("what is not understood, is signed alone or is measured elsewhere is nothing")
    func nothing() {
        let figures = MeterFigures([
            MeterSample(.energyActiveImportRegister, wh(5), at: moment, location: .inlet),
            MeterSample(.energyActiveImportRegister, .unreadable("NaN", unit: nil), at: moment),
            MeterSample(.energyActiveImportRegister, .signed, at: moment, signed: MeterSample.Signed("OCMF|")),
            MeterSample(.energyActiveExportRegister, wh(5), at: moment), MeterSample(nil, .other("5", unit: nil), at: moment),
            MeterSample(.currentImport, .current(Current(milliamperes: 1)), at: moment, phase: .neutral),
        ])
        #expect(figures == MeterFigures([]))
    }
}
