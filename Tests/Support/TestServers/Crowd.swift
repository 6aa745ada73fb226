/// Runs tasks for `0..<count` together. In groups of a hundred: to leave a group costs as much as it has members.
public func crowd(of count: Int, _ body: @escaping @Sendable (Int) async -> Void) async {
    await withDiscardingTaskGroup { groups in
        for first in stride(from: 0, to: count, by: 100) {
            groups.addTask {
                await withDiscardingTaskGroup { tasks in
                    for index in first..<min(first + 100, count) { tasks.addTask { await body(index) } }
                }
            }
            if first % 1000 == 0 { await Task.yield() }
        }
    }
}
