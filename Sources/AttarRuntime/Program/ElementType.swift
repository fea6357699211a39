/// How the numbers of a buffer are stored.
///
/// "Rows" are rows of a table; "panels" hold a linear layer's weights `[outputs, inner]` as panels of 16 outputs,
/// each `[inner, 16]`, which every kernel reads in place. Quantized forms start with one float scale a row (padded to 64
/// bytes), then the codes; for int8 panels see `Int8Panels`.
public enum ElementType: UInt8, Sendable, CaseIterable {
    case float32 = 1
    case uint32 = 2
    case float32Panels = 3
    case int8Rows = 4
    case int4Rows = 5
    case int8Panels = 6

    /// Bytes of a buffer of this shape, or nil where the product overflows.
    public func bytes(rows: Int, columns: Int) -> Int? {
        guard rows >= 0, columns >= 0 else { return nil }
        return switch self {
        case .float32, .uint32: product(rows, columns, 4)
        case .float32Panels: product(paddedToPanels(rows), columns, 4)
        case .int8Rows: sum(scales(rows), product(rows, columns))
        case .int4Rows: sum(scales(rows), product(rows, roundedUp(columns, to: 32), 1).map { $0 / 2 })
        case .int8Panels:
            sum(product(paddedToPanels(rows), 8), product(paddedToPanels(rows), roundedUp(columns, to: 4)))
        }
    }

    /// Bytes that stand before the codes: scales, and sums of int8 panels; 0 for unquantized forms.
    public func codesOffset(rows: Int) -> Int? {
        switch self {
        case .float32, .uint32, .float32Panels: 0
        case .int8Rows, .int4Rows: scales(rows)
        case .int8Panels: product(paddedToPanels(rows), 8)
        }
    }
}

/// Outputs a panel holds: the lanes of a kernel.
public let panelOutputs = 16

private func paddedToPanels(_ rows: Int) -> Int? { roundedUp(rows, to: panelOutputs) }

private func scales(_ rows: Int?) -> Int? {
    product(rows, 4).flatMap { roundedUp($0, to: 64) }
}

/// `count` rounded up to a multiple of `step`, or nil where that overflows.
func roundedUp(_ count: Int, to step: Int) -> Int? {
    let (padded, overflow) = count.addingReportingOverflow(step - 1)
    return overflow ? nil : padded / step * step
}

private func product(_ a: Int?, _ b: Int?, _ c: Int = 1) -> Int? {
    guard let a, let b else { return nil }
    let (ab, first) = a.multipliedReportingOverflow(by: b)
    let (abc, second) = ab.multipliedReportingOverflow(by: c)
    return first || second ? nil : abc
}

private func sum(_ a: Int?, _ b: Int?) -> Int? {
    guard let a, let b else { return nil }
    let (total, overflow) = a.addingReportingOverflow(b)
    return overflow ? nil : total
}
