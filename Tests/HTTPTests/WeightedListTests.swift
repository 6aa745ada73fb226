import HTTP
import Testing

@Suite struct WeightedListTests {
    private func items(_ values: String...) -> [String] {
        var fields: HTTPFields = [:]
        for value in values { fields.append("accept", value) }
        var items: [String] = []
        WeightedList.scan("accept", of: fields) { items.append("\($0.text) \($0.weight)") }
        return items
    }

    @Test func itemsComeInOrderWithTheirWeights() {
        let all = items("gzip, br ; q=0.25,\tidentity;Q=0", "*;q=1.000")
        #expect(all == ["gzip 1000", "br 250", "identity 0", "* 1000"])
        #expect(items("text/html;level=1;q=0.5;x=y") == ["text/html 500"])
    }

    @Test(arguments: ["gzip;q=", "gzip;q=2", "gzip;q=0.1234", "gzip;q=x", "gzip;q=-1", "gzip;q=1.5", ";q=1", " , ,"])
    func whatCannotBeReadIsPassedOver(_ value: String) {
        #expect(items(value, "br") == ["br 1000"])
    }

    @Test func namesAreComparedInAnyCase() {
        var found: [Bool] = []
        WeightedList.scan("a", of: ["a": "ES-mx, x-gzip"]) { found += [$0.begins("es"), $0.isNamed("x-gzip")] }
        #expect(found == [true, false, false, true])
    }
}
