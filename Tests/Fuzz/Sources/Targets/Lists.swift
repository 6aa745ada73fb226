@testable import HTTP
@testable import RPC

/// Weighted lists (`accept`, `accept-encoding`, `accept-language`), `if-none-match` and lists of tokens.
func fuzzLists(_ input: [UInt8]) {
    var fields = HTTPFields()
    for line in input.split(separator: 0x0a) where line.allSatisfy(\.isFieldValueByte) {
        let value = String(decoding: line.trimmingSpaces(), as: UTF8.self)
        for name in ["accept", "accept-encoding", "connection"] { fields.append(name, value) }
    }
    var items = 0
    WeightedList.scan("accept", of: fields) { item in
        items += 1
        hold((0...1000).contains(item.weight), "a weight is 0 to 1000")
        hold(!item.text.isEmpty && !item.text.utf8.contains { $0 == 0x2c || $0 == 0x3b }, "a name has no separators")
    }
    let commas = fields.filter { $0.name == "accept" }.reduce(0) { sum, field in
        sum + 1 + field.value.utf8.count { $0 == UInt8(ascii: ",") }
    }
    hold(items <= commas, "not more items than there are")
    let types = AcceptedTypes(fields)
    hold(
        !(types.prefers("text/csv", over: "text/html") && types.prefers("text/html", over: "text/csv")),
        "one is liked more"
    )
    let codings = AcceptedCodings(fields)
    hold(!codings.prefersGzip || codings.includesAny, "what is liked is taken")
    let values = fields.values(for: "connection")
    let tag = EntityTag(of: [1, 2, 3])
    let isListed = tag.isListed(in: values)
    hold(tag.isListed(in: values + [tag.description]), "a tag is found behind others")
    if values.contains("*") { hold(isListed, "* is every tag") }
    let hasToken = fields.lists("close", in: "connection")
    var longer = fields
    longer.append("connection", "x, Close ,y")
    hold(longer.lists("close", in: "connection"), "a token is found in any case")
    hold(!hasToken || values.contains { $0.lowercased().contains("close") }, "a token is found where there is one")
}
