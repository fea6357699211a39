import AttarHDF5
import Foundation
import Testing

@Suite struct HDF5FileTests {
    private func roundTrip<Element: HDF5Element & Equatable>(_ values: [Element], shape: [Int]) throws {
        let bytes = try HDF5File.bytes(path: "memory") { root throws(HDF5Error) in
            try root.writeNumbers(values, shape: shape, named: "numbers")
        }
        let array = try HDF5File.read(bytes: bytes, path: "memory") { root throws(HDF5Error) in
            try root.numbers(Element.self, named: "numbers")
        }
        #expect(array.shape == shape)
        #expect(array.values == values)
    }

    @Test(arguments: [[], [0], [1], [7], [3, 0], [2, 3, 4], [70_000, 2], [1, 300_000], [5, 1, 70_000]])
    func numbersOfEveryShapeComeBack(shape: [Int]) throws {
        var generator = SeededGenerator(seed: 1)
        let count = shape.reduce(1, *)
        try roundTrip((0..<count).map { _ in Float.random(in: -1...1, using: &generator) }, shape: shape)
    }

    @Test func numbersOfEveryTypeComeBack() throws {
        try roundTrip([0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, .pi] as [Float], shape: [6])
        try roundTrip([0, -0.0, .infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude] as [Double], shape: [5])
        try roundTrip([.min, -1, 0, .max] as [Int32], shape: [2, 2])
        try roundTrip([.min, -1, 0, .max] as [Int64], shape: [4])
        try roundTrip(Array(UInt8.min...UInt8.max), shape: [16, 16])
        try roundTrip([0, .max] as [UInt64], shape: [2])
    }

    @Test func textsAndAttributesComeBack() throws {
        let texts = Samples.hostileTexts
        let bytes = try HDF5File.bytes(path: "memory") { root throws(HDF5Error) in
            try root.writeTexts(texts, named: "texts")
            try root.writeTexts([], named: "none")
            let group = try root.createGroup("group ü")
            for (index, text) in texts.enumerated() { try group.setAttribute("é \(index)", to: text) }
            try root.setAttribute("number", to: Int64.min, on: "texts")
            try root.setAttribute("fraction", to: 0.1)
        }
        try HDF5File.read(bytes: bytes, path: "memory") { root throws(HDF5Error) in
            #expect(try root.names() == ["group ü", "none", "texts"])
            #expect(try root.texts(named: "texts") == texts)
            #expect(try root.texts(named: "none") == [])
            let expected = Dictionary(uniqueKeysWithValues: texts.enumerated().map { ("é \($0)", $1) })
            #expect(try root.group("group ü").textAttributes() == expected)
            #expect(try root.numberAttribute("number", as: Int64.self, on: "texts") == Int64.min)
            #expect(try root.numberAttribute("fraction", as: Double.self) == 0.1)
        }
    }

    @Test func longTextsAndManyAttributesComeBack() throws {
        let long = String(repeating: "é", count: 1_000_000)
        let attributes = Dictionary(uniqueKeysWithValues: (0..<300).map { ("name \($0)", "value \($0)") })
        let bytes = try HDF5File.bytes(path: "memory") { root throws(HDF5Error) in
            try root.writeTexts(["", long, "x"], named: "texts")
            let group = try root.createGroup("group")
            try group.setAttribute("long", to: long)
            for (name, value) in attributes { try group.setAttribute(name, to: value) }
        }
        try HDF5File.read(bytes: bytes, path: "memory") { root throws(HDF5Error) in
            #expect(try root.texts(named: "texts") == ["", long, "x"])
            #expect(try root.group("group").textAttributes() == attributes.merging(["long": long]) { $1 })
        }
    }

    @Test func errorsNameFileObjectAndBothSides() throws {
        let bytes = try HDF5File.bytes(path: "memory") { root throws(HDF5Error) in
            try root.writeNumbers([1, 2] as [Float], shape: [2], named: "numbers")
            try root.writeTexts(["a"], named: "texts")
            try root.setAttribute("note", to: "x")
        }
        func failure(_ body: (borrowing HDF5Group) throws(HDF5Error) -> Void) -> HDF5Error? {
            do throws(HDF5Error) {
                try HDF5File.read(bytes: bytes, path: "p.h5", body)
                return nil
            } catch {
                return error
            }
        }
        #expect(
            failure { root throws(HDF5Error) in _ = try root.numbers(Float.self, named: "number") }
                == .missing(path: "p.h5", object: "/number", present: ["numbers", "texts"]))
        #expect(
            failure { root throws(HDF5Error) in _ = try root.numbers(Double.self, named: "numbers") }
                == .wrongType(path: "p.h5", object: "/numbers", expected: "float64", found: "float32"))
        #expect(
            failure { root throws(HDF5Error) in _ = try root.texts(named: "numbers") }
                == .wrongType(path: "p.h5", object: "/numbers", expected: "text", found: "float32"))
        #expect(
            failure { root throws(HDF5Error) in _ = try root.numbers(Float.self, named: "texts") }
                == .wrongType(path: "p.h5", object: "/texts", expected: "float32", found: "text"))
        #expect(
            failure { root throws(HDF5Error) in _ = try root.column(Float.self, named: "numbers", count: 3) }
                == .wrongShape(path: "p.h5", object: "/numbers", expected: "[3]", found: [2]))
        #expect(
            failure { root throws(HDF5Error) in _ = try root.numberAttribute("note", as: Int64.self) }
                == .wrongType(path: "p.h5", object: "/, attribute “note”", expected: "int64", found: "text"))
        #expect(
            failure { root throws(HDF5Error) in _ = try root.textAttribute("nota") }
                == .missing(path: "p.h5", object: "/, attribute “nota”", present: ["note"]))
        let wrongKind = failure { root throws(HDF5Error) in _ = try root.group("texts") }
        guard case .library(_, "/texts", _, let reason) = wrongKind else {
            Issue.record("a dataset opened as a group: \(String(describing: wrongKind))")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test(arguments: ["", ".", "a/b", "a\0b"])
    func namesThatHDF5CannotHoldAreRefused(name: String) {
        #expect(throws: HDF5Error.badName(path: "p", name: name)) {
            try HDF5File.bytes(path: "p") { root throws(HDF5Error) in try root.writeTexts([], named: name) }
        }
        #expect(throws: HDF5Error.badName(path: "p", name: name)) {
            try HDF5File.bytes(path: "p") { root throws(HDF5Error) in _ = try root.createGroup(name) }
        }
    }

    @Test func aTextWithNULIsRefusedRatherThanCut() {
        #expect(throws: HDF5Error.badText(path: "p", object: "/t", index: 1)) {
            try HDF5File.bytes(path: "p") { root throws(HDF5Error) in try root.writeTexts(["a", "b\0c"], named: "t") }
        }
    }

    @Test func aNameTwiceIsAnError() {
        #expect(throws: HDF5Error.self) {
            try HDF5File.bytes(path: "p") { root throws(HDF5Error) in
                try root.writeTexts(["a"], named: "t")
                try root.writeTexts(["b"], named: "t")
            }
        }
    }

    /// libhdf5 itself is not thread safe.
    @Test func filesAreMadeAndReadOnManyThreads() {
        let failures = Counter()
        DispatchQueue.concurrentPerform(iterations: 32) { iteration in
            do {
                let values = (0..<1000).map { Int64($0 * iteration) }
                let bytes = try HDF5File.bytes(path: "p") { root throws(HDF5Error) in
                    try root.writeNumbers(values, shape: [1000], named: "n")
                }
                let back = try HDF5File.read(bytes: bytes, path: "p") { root throws(HDF5Error) in
                    try root.column(Int64.self, named: "n", count: 1000)
                }
                if back != values { failures.increment() }
            } catch {
                failures.increment()
            }
        }
        #expect(failures.value == 0)
    }
}

private final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    func increment() { lock.withLock { count += 1 } }
    var value: Int { lock.withLock { count } }
}
