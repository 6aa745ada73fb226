/// Something that gathers output during a turn of its loop and sends it once, at the end.
public protocol EndOfTurn: AnyObject {
    /// The turn is over. Loop only.
    func endOfTurn()
}
