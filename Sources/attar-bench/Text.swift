import Foundation

extension Double {
    /// With so many digits behind the point, right-aligned.
    func text(_ digits: Int, width: Int = 0) -> String { String(format: "%\(width).\(digits)f", self) }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: Swift.max(0, width - count)) }
}

extension Int {
    func text(width: Int) -> String { String(format: "%\(width)d", self) }
}
