import SwiftProtobufPluginLibrary

/// What can be asked next with what a route's success has (OpenAPI's links).
struct OpenAPILinks {
    private let route: PublicRoute
    private let contract: PublicContract

    init(_ route: PublicRoute, _ contract: PublicContract) {
        self.route = route
        self.contract = contract
    }

    /// Each by its name, which is that of the operation it leads to.
    func all() throws -> [(String, JSONNode)] {
        let links = try route.rule.links.map(link)
        guard Set(links.map(\.0)).count == links.count else {
            throw GeneratorError("\(route.method.fullName) has two links to the same method")
        }
        return links
    }

    private func link(_ link: LonjaOptionsLink) throws -> (String, JSONNode) {
        guard let target = try contract.routes.first(where: { $0.method.name == link.to }) else {
            throw fault("there is no method \(link.to)")
        }
        let parameters = target.pathFields + target.queryFields
        guard let parameter = parameters.first(where: { $0.name == link.parameter }) else {
            throw fault("\(link.to) has no parameter \(link.parameter)")
        }
        let name = target.method.name.lowerFirst
        return (
            name,
            .object([
                ("operationId", .string(name)),
                ("parameters", .object([(parameter.name.lowerCamel, .string(try expression(link)))])),
            ])
        )
    }

    /// Where the value is, as a runtime expression.
    private func expression(_ link: LonjaOptionsLink) throws -> String {
        switch link.source {
        case .path(let name):
            guard route.variables.contains(name) else { throw fault("the path has no {\(name)}") }
            return "$request.path.\(name.lowerCamel)"
        case .answer(let way):
            guard route.answersJSON else { throw fault("the answer is not JSON of the contract") }
            try follow(way.split(separator: "/").map(String.init)[...], from: route.method.outputType)
            return "$response.body#/\(way)"
        case nil: throw fault("a link has no source")
        }
    }

    /// Goes the way through the answer, and finds that each step is there.
    private func follow(_ way: ArraySlice<String>, from message: Descriptor) throws {
        guard let name = way.first, let field = message.fields.first(where: { $0.name.lowerCamel == name }) else {
            throw fault("\(message.name) has no \(way.first ?? "field")")
        }
        var rest = way.dropFirst()
        if field.isRepeated, rest.popFirst().flatMap({ UInt($0) }) == nil {
            throw fault("\(message.name).\(name) is a list")
        }
        if let inner = field.messageType { return try follow(rest, from: inner) }
        guard rest.isEmpty else { throw fault("\(message.name).\(name) has nothing in it") }
    }

    private func fault(_ sentence: String) -> GeneratorError {
        GeneratorError("\(route.method.fullName): \(sentence)")
    }
}
