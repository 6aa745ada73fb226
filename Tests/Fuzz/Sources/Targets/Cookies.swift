@testable import HTTP
@testable import RPC

/// Cookies: the quick reader and the whole one agree, and no cookie has a name or value that ends another.
func fuzzCookies(_ input: [UInt8]) {
    var fields = HTTPFields()
    // Values as a parser gives them.
    for line in input.split(separator: 0x0a) where line.allSatisfy(\.isFieldValueByte) {
        fields.append("cookie", String(decoding: line.trimmingSpaces(), as: UTF8.self))
    }
    let cookies = RequestCookies(fields)
    let words = fields.flatMap { $0.value.split { $0 == ";" || $0 == "=" || $0 == " " }.map(String.init) }
    for name in ["lonja", "__Host-lonja", "a"] + words.prefix(8) {
        let values = cookies.values(for: name)
        // The quick one is asked for names that can be cookies'.
        if !name.isEmpty, name.utf8.allSatisfy(\.isTokenCharacter) {
            same(
                values.count > 1 ? .repeated : values.first.map { .once($0) } ?? .none,
                RequestCookies.occurrence(of: name, in: fields),
                "both readers of \(name)"
            )
        }
        same(cookies.only(name), values.count == 1 ? values[0] : nil, "the only one of \(name)")
        for value in values { hold(!value.utf8.contains(UInt8(ascii: ";")), "a value ends at its semicolon") }
    }
}
