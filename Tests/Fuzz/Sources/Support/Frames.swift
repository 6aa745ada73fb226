/// What our side sends: frames with lengths that are allowed, on streams that a client may have opened.
func checkFrames(_ bytes: [UInt8]) {
    var rest = bytes[...]
    var ended: Set<UInt32> = []
    while rest.count >= 9 {
        let head = Array(rest.prefix(9))
        let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
        let stream = UInt32(head[5]) << 24 | UInt32(head[6]) << 16 | UInt32(head[7]) << 8 | UInt32(head[8])
        hold(length <= 16_384, "a frame is not longer than agreed")
        hold(head[3] <= 9, "a frame has a type")
        hold(stream == 0 || stream & 1 == 1, "a stream is one of the client's")
        if head[3] <= 1 {
            hold(stream > 0, "content and fields have a stream")
            hold(!ended.contains(stream), "nothing comes behind the end of a stream")
            if head[4] & 1 == 1 { ended.insert(stream) }
        }
        rest = rest.dropFirst(9 + length)
    }
}
