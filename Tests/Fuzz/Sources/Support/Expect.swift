/// Ends the run with a line that says what does not hold; libFuzzer keeps the input.
func hold(_ condition: Bool, _ what: @autoclosure () -> String, line: UInt = #line, file: StaticString = #fileID) {
    if !condition { fatalError("does not hold: \(what())", file: file, line: line) }
}

/// The same for two values that must be equal.
func same<Value: Equatable>(
    _ first: Value,
    _ second: Value,
    _ what: String,
    line: UInt = #line,
    file: StaticString = #fileID
) {
    hold(first == second, "\(what): \(first) and \(second)", line: line, file: file)
}
