/// What a stage has to say about its result: counts with their reasons, and remarks. Shown in the terminal, kept in run.json.
package struct StageReport: Sendable, Codable, Equatable {
    package struct Count: Sendable, Codable, Equatable {
        package let name: String
        package let value: Int
        /// Why, or out of what; may be empty.
        package let reason: String
    }

    package struct Measure: Sendable, Codable, Equatable {
        package let name: String
        package let value: Double
        package let unit: String
    }

    package private(set) var counts: [Count] = []
    package private(set) var measures: [Measure] = []
    package private(set) var notes: [String] = []

    package init() {}

    package mutating func count(_ name: String, _ value: Int, because reason: String = "") {
        counts.append(Count(name: name, value: value, reason: reason))
    }

    package mutating func measure(_ name: String, _ value: Double, unit: String = "") {
        measures.append(Measure(name: name, value: value, unit: unit))
    }

    package mutating func note(_ text: String) {
        notes.append(text)
    }
}
