/// What ended the events of an answer: the handler says it in a last one, as it knows the catalogue and the request.
struct RESTEventsFailure: Error {
    let cause: any Error
    let events: RESTEventWriter
}
