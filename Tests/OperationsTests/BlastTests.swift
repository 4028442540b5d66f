import Collectors
import Testing

@testable import Operations
@testable import Restore

@Suite struct BlastTests {
    private func step(_ path: String, _ action: RestoreStep.Action = .replace) -> RestoreStep {
        RestoreStep(action: action, subject: Array(path.utf8), section: "systemd-units", areas: ["units"])
    }

    private let state = DeviceState(
        label: "live", sections: ["systemd-units": "ok"],
        items: ["systemd-units": ["app.service", "b.timer"].map { InventoryItem("unit", $0, [:]) }],
        files: [], sectionNames: [], meter: nil)

    @Test func `a unit whose file changes is named, where the device has it`() {
        let folder = "/etc/systemd/system/"
        let steps = [
            step(folder + "app.service"), step(folder + "b.timer", .create), step(folder + "new.service"),
            step(folder + "app.service.d/x.conf"), step("/etc/cron.d/app.service", .remove),
        ]
        #expect(
            Blast.radius(of: steps, in: state) == [
                "app.service (its unit changes: it is restarted if it runs)",
                "b.timer (its unit changes: it is restarted if it runs)",
            ])
    }
}
