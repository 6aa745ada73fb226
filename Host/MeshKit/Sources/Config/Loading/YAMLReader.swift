import CSystemYAML

/// Reads one document with libyaml: it needs nothing of Foundation, which the wrappers for Swift do, and which would be
/// a quarter of the memory of an idle service.
struct YAMLReader: ~Copyable {
    /// Aliases are put in, so a short text can stand for very much: more nodes than this, or deeper, is refused.
    static let maximumNodes = 10_000
    static let maximumDepth = 32

    private var parser: UnsafeMutablePointer<yaml_parser_t>
    private var count = 0

    private init() {
        parser = .allocate(capacity: 1)
        yaml_parser_initialize(parser)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The root of the only document; nil for an empty text.
    static func read(_ text: String) throws(YAMLFailure) -> YAMLNode? {
        // A copy of its own, since the parser reads it until the end.
        let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
        defer { bytes.deallocate() }
        _ = bytes.initialize(from: text.utf8)
        var reader = YAMLReader()
        yaml_parser_set_input_string(reader.parser, bytes.baseAddress, bytes.count)
        let root = try reader.document()
        if root != nil, let second = try reader.document() {
            throw YAMLFailure(line: second.line, why: "a second document begins; only one is read")
        }
        return root
    }

    /// The next document's root; nil at the end of the text.
    private mutating func document() throws(YAMLFailure) -> YAMLNode? {
        var document = yaml_document_t()
        guard yaml_parser_load(parser, &document) == 1 else { throw failure() }
        defer { yaml_document_delete(&document) }
        guard let root = yaml_document_get_root_node(&document) else { return nil }
        return try node(root, of: &document, depth: 0)
    }

    private mutating func node(
        _ pointer: UnsafePointer<yaml_node_t>,
        of document: inout yaml_document_t,
        depth: Int
    ) throws(YAMLFailure) -> YAMLNode {
        let raw = pointer.pointee
        let line = raw.start_mark.line + 1
        count += 1
        guard count <= Self.maximumNodes, depth <= Self.maximumDepth else {
            throw YAMLFailure(line: line, why: "too many values, or too deep")
        }
        switch raw.type {
        case YAML_SCALAR_NODE:
            let scalar = raw.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
            let isNull = isPlain && ["", "~", "null", "Null", "NULL"].contains(text)
            return YAMLNode(line: line, content: isNull ? .null : .scalar(text))
        case YAML_SEQUENCE_NODE:
            var items: [YAMLNode] = []
            var item = raw.data.sequence.items.start
            while let index = item, index < raw.data.sequence.items.top {
                items.append(try child(index.pointee, of: &document, line, depth))
                item = index + 1
            }
            return YAMLNode(line: line, content: .sequence(items))
        case YAML_MAPPING_NODE:
            var pairs: [(key: YAMLNode, value: YAMLNode)] = []
            var pair = raw.data.mapping.pairs.start
            while let found = pair, found < raw.data.mapping.pairs.top {
                let key = try child(found.pointee.key, of: &document, line, depth)
                pairs.append((key, try child(found.pointee.value, of: &document, line, depth)))
                pair = found + 1
            }
            return YAMLNode(line: line, content: .mapping(pairs))
        default:
            return YAMLNode(line: line, content: .null)
        }
    }

    private mutating func child(
        _ index: Int32,
        of document: inout yaml_document_t,
        _ line: Int,
        _ depth: Int
    ) throws(YAMLFailure) -> YAMLNode {
        guard let pointer = yaml_document_get_node(&document, index) else {
            throw YAMLFailure(line: line, why: "a value is missing")
        }
        return try node(pointer, of: &document, depth: depth + 1)
    }

    private func failure() -> YAMLFailure {
        let why = parser.pointee.problem.map { String(cString: $0) } ?? "no memory"
        return YAMLFailure(line: parser.pointee.problem_mark.line + 1, why: why)
    }
}
