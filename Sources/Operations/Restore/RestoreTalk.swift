import Collectors
import RemoteExecution
import Restore

/// The script of a run's conversation with its device: its steps, the numbers they have, and who understands them.
struct RestoreTalk: Sendable {
    /// What reads the device back.
    struct ReadingBack: Sendable {
        let inquiry: RestoreInquiry
        let course: DeviceBackup.Course
    }

    let boundary: FrameBoundary
    /// The safety copy; nil where it was made before.
    let copy: DeviceBackup.Course?
    /// The checks, and the step that takes the payload and swaps.
    let steps: [ScriptStep]
    /// What waits for the word to keep the new state; nil where only a new connection confirms.
    let confirmation: ScriptStep?
    /// Nil where nothing is read back here.
    var back: ReadingBack?
    /// Whether the device reads back while the word is on its way, or begins only when it has decided.
    var readsEarly = true

    /// The numbers of `steps`.
    var own: Range<Int> { (copy?.plan.steps.count ?? 0)..<(copy?.plan.steps.count ?? 0) + steps.count }
    /// The number of the step that takes the payload and swaps.
    var swap: Int { own.upperBound - 1 }
    /// The number of the confirmation.
    var last: Int { own.upperBound }
    /// The number of the first step that reads back.
    var firstBack: Int { own.upperBound + 1 }
    /// The numbers of all steps.
    var all: Range<Int> { 0..<firstBack + (back?.course.plan.steps.count ?? 0) }

    /// The whole script; where it is confirmed here, it ends early when the swap did not come to its end.
    var bytes: [UInt8] {
        var numbered = copy?.plan.numbered() ?? []
        for (number, step) in zip(own, steps) {
            numbered.append(
                FramedScript.Numbered(number, step, isDecisive: confirmation != nil && number == swap))
        }
        let reading = back?.course.plan.numbered(from: firstBack) ?? []
        if readsEarly { numbered += reading }
        if let confirmation {
            numbered.append(FramedScript.Numbered(last, confirmation, isDecisive: true))
        }
        if !readsEarly { numbered += reading }
        return FramedScript.Template(numbered, setup: (copy ?? back?.course)?.plan.setup ?? "")
            .bytes(boundary: boundary)
    }

    /// Gives everybody the output; `reader` answers.
    func consumer(answering reader: RestoreReader) -> any ShellConsumer {
        var consumer: any ShellConsumer = reader
        for course in [copy, back?.course] {
            if let course { consumer = SharedConsumer(course.reader, answering: consumer) }
        }
        return consumer
    }
}
