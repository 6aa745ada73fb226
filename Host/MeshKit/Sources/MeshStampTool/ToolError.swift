/// Why no stamp was written.
struct ToolError: Error, CustomStringConvertible {
    let description: String
}
