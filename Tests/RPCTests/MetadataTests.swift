import Testing

@testable import RPC

@Suite struct MetadataTests {
    @Test func keepsOrderAndLowersNames() throws {
        var metadata = Metadata()
        try metadata.append("X-One", "1")
        try metadata.append("x-two-bin", bytes: [0, 255])
        try metadata.append("x-one", "2")
        #expect(metadata.entries.map(\.name) == ["x-one", "x-two-bin", "x-one"])
        #expect(metadata["x-one"] == "1")
        #expect(metadata.values(for: "x-one") == ["1", "2"])
        #expect(metadata.bytes(for: "x-two-bin") == [[0, 255]])
        #expect(metadata["x-two-bin"] == nil)
        metadata.remove("x-one")
        #expect(metadata.count == 1)
    }

    @Test(arguments: [
        ("", "v", MetadataError.Code.name), ("a b", "v", .name), ("ñ", "v", .name), (":path", "v", .name),
        ("grpc-timeout", "1S", .reserved), ("TE", "v", .reserved), ("x", "é", .value), ("x", "a\nb", .value),
        ("x", " a", .value), ("x-bin", "text", .textForBinaryName),
    ])
    func refused(name: String, value: String, code: MetadataError.Code) {
        var metadata = Metadata()
        let error = #expect(throws: MetadataError.self) { try metadata.append(name, value) }
        #expect(error?.code == code)
        #expect(metadata.isEmpty)
    }

    @Test func errorsDoNotShowValues() {
        var metadata = Metadata()
        let error = #expect(throws: MetadataError.self) { try metadata.append("x", "sécret") }
        #expect(error?.description.contains("cret") == false)
    }

    @Test func wireBinaryIsSplitAndTrimmed() {
        var metadata = Metadata()
        let taken1 = metadata.appendWire(name: "k-bin", value: Array("q6ur, AA==,".utf8))
        #expect(taken1)
        #expect(metadata.bytes(for: "k-bin") == [[0xab, 0xab, 0xab], [0], []])
        #expect(metadata.entries[0].value.wireValue == "q6ur")
    }

    @Test func wireTextCanBeSentBack() throws {
        var metadata = Metadata()
        let taken = metadata.appendWire(name: "x", value: Array("  a b ".utf8))
        #expect(taken)
        #expect(metadata["x"] == "a b")
        var back = Metadata()
        for entry in metadata { try back.append(entry.name, entry.value.wireValue) }
        #expect(back == metadata)
    }

    @Test func wireRefuses() {
        var metadata = Metadata()
        let taken2 = metadata.appendWire(name: "k-bin", value: Array("q6ur,?".utf8))
        #expect(!taken2)
        let taken3 = metadata.appendWire(name: "grpc-status", value: Array("0".utf8))
        #expect(!taken3)
        let taken4 = metadata.appendWire(name: "Upper", value: Array("0".utf8))
        #expect(!taken4)
        let taken5 = metadata.appendWire(name: "x", value: [0x80])
        #expect(!taken5)
        #expect(metadata.isEmpty)
    }

    @Test func wireSizeIsThatOfTheHeaderList() throws {
        var metadata = Metadata()
        try metadata.append("abc", "12")
        try metadata.append("k-bin", bytes: [1])
        #expect(metadata.wireSize == 3 + 2 + 32 + 5 + 2 + 32)
    }
}
