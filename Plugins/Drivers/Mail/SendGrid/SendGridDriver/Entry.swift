public import Plugin
import SendGridMail

private let door = DriverDoor(SendGridMailer.self, stamp: stamp)

/// The one symbol the host looks for; mesh_abi.h says what it promises.
@c(mesh_plugin)
public func meshPlugin() -> DoorPointer { door.pointer }
