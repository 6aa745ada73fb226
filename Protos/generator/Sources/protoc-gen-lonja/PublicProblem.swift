import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// A problem of the catalogue.
struct PublicProblem {
    let code: String
    let rule: LonjaOptionsProblem

    /// Nil for a value without the option: the unset one.
    init?(_ value: EnumValueDescriptor) {
        guard value.options.hasLonjaOptionsproblem else { return nil }
        rule = value.options.LonjaOptionsproblem
        code = value.name.dropFirst("PROBLEM_".count).lowercased().replacing("_", with: "-")
    }
}
