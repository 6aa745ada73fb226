import RPC

/// What storing a photo answers: the tag that fetching it will have.
struct PhotoTag: JSONWritable {
    let tag: String

    func writeJSON(to json: inout JSONWriter) {
        json.object { json in
            json.key("etag")
            json.string(tag)
        }
    }
}
