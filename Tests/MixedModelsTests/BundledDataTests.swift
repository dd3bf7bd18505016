// The bundled data sets: all there, all readable, and the formulas that come with them can be fitted.

import MixedModels
import Testing

@Suite struct BundledDataTests {
    @Test(arguments: BundledData.dataSets)
    func theFormulaCanBeFitted(dataSet: BundledDataSet) throws {
        let fit = try LinearMixedModel(dataSet.formula, data: .bundled(dataSet.name)).fit()
        #expect(fit.hasRandomEffects)
        #expect(fit.criterion.isFinite)
        #expect(!dataSet.summary.isEmpty && dataSet.source.contains("R package"))
    }

    @Test func namesAreSortedAndEachHasAFile() throws {
        #expect(BundledData.names == BundledData.names.sorted())
        #expect(Set(BundledData.names).count == BundledData.names.count)
        for name in BundledData.names { _ = try BundledData.path(of: name) }
        #expect(try DataTable.bundled("sleepstudy").rowCount == 180)
        #expect(try DataTable.bundled("sleepstudy").origin == "@sleepstudy")
    }

    @Test func unknownNamesAreErrorsWithAHint() {
        #expect(throws: BundledDataError.unknownName("sleepstdy", nearest: "sleepstudy")) {
            try BundledData.table("sleepstdy")
        }
        #expect(BundledData.dataSet("nothing") == nil)
        #expect(BundledDataError.unknownName("qqqq", nearest: nil).description.contains("sleepstudy"))
        #expect(BundledDataError.missingFile("a.csv").description.contains("install it again"))
    }
}
