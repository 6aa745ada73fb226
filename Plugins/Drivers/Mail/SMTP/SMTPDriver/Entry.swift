public import Plugin
import SMTPMail

private let door = DriverDoor(SMTPMailer.self, stamp: stamp)

/// The one symbol the host looks for; mesh_abi.h says what it promises.
@c(mesh_plugin)
public func meshPlugin() -> DoorPointer { door.pointer }
