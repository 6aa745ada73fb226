/// What libpq gave for a pipeline.
enum PipelineAnswer {
    case rows, row, done, failed, aborted, sync, end, other

    init(_ kind: PQResult.Kind?) {
        self =
            switch kind {
            case nil: .end
            case .rows: .rows
            case .row: .row
            case .done: .done
            case .failed: .failed
            case .aborted: .aborted
            case .sync: .sync
            case .copyIn, .other: .other
            }
    }
}
