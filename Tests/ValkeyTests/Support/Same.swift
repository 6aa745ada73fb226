import Testing

/// Expects two values to be equal; `#expect` itself takes no calls of mutating functions.
func same<Value: Equatable>(_ found: Value, _ expected: Value, at place: SourceLocation = #_sourceLocation) {
    #expect(found == expected, sourceLocation: place)
}
