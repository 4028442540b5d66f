import TestSupport
import Testing

/// Tests that drive the built program against real servers; one after the other, as each wants the whole machine.
@Suite(
    "Integration", .serialized,
    .enabled(
        if: DeviceWorld.missing == nil, "needs root, an SSH server, mount namespaces and the built program"))
enum Integration {}
