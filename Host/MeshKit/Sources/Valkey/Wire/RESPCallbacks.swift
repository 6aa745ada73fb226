internal import CSystemHiredis

/// What hiredis' reader calls for each item: plain functions that find the builder in the task's `privdata`. They give
/// back the builder's own address as "the object", which hiredis only compares with NULL, or NULL to stop reading.
enum RESPCallbacks {
    /// The table every reader uses.
    // Safe: written once, here, before anybody can read it; hiredis only reads it. Never freed.
    nonisolated(unsafe) static let functions: UnsafeMutablePointer<redisReplyObjectFunctions> = {
        let table = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
        table.initialize(
            to: redisReplyObjectFunctions(
                createString: createString,
                createArray: createArray,
                createInteger: createInteger,
                createNil: createNil,
                // Nothing to free: values belong to the builder.
                freeObject: nil
            )
        )
        return table
    }()
}

/// The builder of a task. Lives as long as its reader, which is on the stack below.
private func builder(_ task: UnsafePointer<redisReadTask>?) -> (ReplyBuilder, UnsafeMutableRawPointer)? {
    guard let pointer = task?.pointee.privdata else { return nil }
    return (Unmanaged<ReplyBuilder>.fromOpaque(pointer).takeUnretainedValue(), pointer)
}

private func createString(
    _ task: UnsafePointer<redisReadTask>?,
    _ start: UnsafeMutablePointer<CChar>?,
    _ count: Int
) -> UnsafeMutableRawPointer? {
    guard let (builder, object) = builder(task), let task else { return nil }
    if let value = builder.takeSubstitute() {
        return builder.add(.bytes(value), bytes: value.count) ? object : nil
    }
    guard !builder.exceeds(count) else {
        return builder.add(.null, bytes: count) ? object : nil
    }
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    let item: ValkeyReply =
        switch task.pointee.type {
        case REDIS_REPLY_STATUS: .status(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_ERROR: .error(String(decoding: bytes, as: UTF8.self))
        default: .bytes([UInt8](bytes))
        }
    return builder.add(item, bytes: count) ? object : nil
}

private func createArray(_ task: UnsafePointer<redisReadTask>?, _ count: Int32) -> UnsafeMutableRawPointer? {
    guard let (builder, object) = builder(task) else { return nil }
    return builder.open(count: Int(count)) ? object : nil
}

private func createInteger(_ task: UnsafePointer<redisReadTask>?, _ value: Int64) -> UnsafeMutableRawPointer? {
    guard let (builder, object) = builder(task) else { return nil }
    return builder.add(.integer(Int(value)), bytes: 0) ? object : nil
}

private func createNil(_ task: UnsafePointer<redisReadTask>?) -> UnsafeMutableRawPointer? {
    guard let (builder, object) = builder(task) else { return nil }
    return builder.add(.null, bytes: 0) ? object : nil
}
