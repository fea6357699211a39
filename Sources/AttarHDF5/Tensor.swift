/// A named block of numbers, row-major.
package struct Tensor: Equatable, Sendable {
    package var name: String
    package var shape: [Int]
    package var values: [Float]

    package init(name: String, shape: [Int], values: [Float]) {
        precondition(shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == values.count, "shape and values disagree")
        self.name = name
        self.shape = shape
        self.values = values
    }
}
