import Foundation
import Synchronization

/// A language model behind an endpoint, with a memory: every answer is kept in the ledger and paid for once.
///
/// Results come in the order of the requests and depend on them alone, never on the order of arrival.
package final class Teacher: Sendable {
    package let configuration: TeacherConfiguration
    package let ledger: Ledger
    /// `nil` offline.
    let client: EndpointClient?
    let governor: Governor
    let holds = Holds()
    let meter: SpendingMeter
    private let planned = Mutex(CallCoverage())
    let surroundings: TeacherSurroundings
    let schedule = RetrySchedule()

    /// Opens the ledger and checks address and key; sends nothing.
    package init(
        _ configuration: TeacherConfiguration, surroundings: TeacherSurroundings = TeacherSurroundings()
    ) throws(TeacherError) {
        self.configuration = configuration
        self.surroundings = surroundings
        ledger = try Ledger(at: configuration.ledger)
        client =
            configuration.isOffline || configuration.isPlanning
            ? nil : try EndpointClient(configuration, environment: surroundings.environment)
        governor = Governor(configuration, surroundings: surroundings)
        meter = SpendingMeter(prices: configuration.prices)
    }

    /// What a planning teacher was asked, and how far the ledger answers it.
    package var coverage: CallCoverage { planned.withLock { $0 } }

    func plan(_ change: (inout CallCoverage) -> Void) { planned.withLock { change(&$0) } }

    /// What this teacher asked for and paid since it was made.
    package var spending: Spending { meter.current }

    /// Makes a teacher, hands it to `body` and closes it whatever happens.
    package static func use<Result>(
        _ configuration: TeacherConfiguration, surroundings: TeacherSurroundings = TeacherSurroundings(),
        _ body: (Teacher) async throws -> Result
    ) async throws -> Result {
        let teacher = try Teacher(configuration, surroundings: surroundings)
        do {
            let result = try await body(teacher)
            try await teacher.close()
            return result
        } catch {
            // The first error is the one that matters.
            try? await teacher.close()
            throw error
        }
    }

    /// Ends the connections and closes the ledger. Call it last, also after an error.
    package func close() async throws {
        try await client?.close()
        try ledger.close()
    }
}
