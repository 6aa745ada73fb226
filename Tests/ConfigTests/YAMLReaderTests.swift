import Testing

@testable import Config

@Suite struct YAMLReaderTests {
    /// A short form of a node: values in order, without lines.
    private func shape(_ node: YAMLNode?) -> String {
        guard let node else { return "nothing" }
        switch node.content {
        case .null: return "null"
        case .scalar(let text): return "'\(text)'"
        case .sequence(let items): return "[\(items.map { shape($0) }.joined(separator: ","))]"
        case .mapping(let pairs):
            return "{\(pairs.map { "\(shape($0.key)):\(shape($0.value))" }.joined(separator: ","))}"
        }
    }

    @Test(arguments: [
        ("", "nothing"), ("# only a comment\n", "nothing"), ("a: 1\nb:\n  c: x y\n", "{'a':'1','b':{'c':'x y'}}"),
        ("a: [x, 'y', \"z\\n\"]", "{'a':['x','y','z\n']}"), ("a:\n- 1\n- ñ 😀\n", "{'a':['1','ñ 😀']}"),
        ("a: ~\nb: null\nc:\nd: 'null'\ne: ''\n", "{'a':null,'b':null,'c':null,'d':'null','e':''}"),
        ("a: &x 5\nb: *x\n", "{'a':'5','b':'5'}"), ("a: |\n  two\n  lines\n", "{'a':'two\nlines\n'}"),
    ])
    func reads(_ text: String, _ wanted: String) throws {
        #expect(shape(try YAMLReader.read(text)) == wanted)
    }

    @Test func linesAreThoseOfTheText() throws {
        guard case .mapping(let pairs) = try #require(try YAMLReader.read("# one\na: 1\n\nb: 2\n")).content else {
            Issue.record("no mapping")
            return
        }
        #expect(pairs.map(\.key.line) == [2, 4])
    }

    @Test(arguments: [
        ("a: [1, 2\nb: 3\n", 2), ("a: 1\n\tb: 2\n", 2), ("a: 1\n---\nb: 2\n", 3), ("a: *nothing\n", 1), ("a: \u{7}", 1),
    ])
    func whatIsWrongHasItsLine(_ text: String, _ line: Int) {
        let error = #expect(throws: YAMLFailure.self) { try YAMLReader.read(text) }
        #expect(error?.line == line, "\(error?.description ?? "")")
    }

    /// Nine levels of nine aliases each would be 400 million values.
    @Test func aliasesCannotFillMemory() {
        var text = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
        for level in 1..<9 {
            text += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ","))]\n"
        }
        let error = #expect(throws: YAMLFailure.self) { try YAMLReader.read(text) }
        #expect(error?.why == "too many values, or too deep")
        let loop = #expect(throws: YAMLFailure.self) { try YAMLReader.read("a: &a [*a]\n") }
        #expect(loop?.why == "too many values, or too deep")
    }
}
