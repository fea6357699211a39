/// The set of runs of three characters in a text, each as one number: what “nearly the same text” is measured on.
package enum Shingles {
    /// Unicode scalars a run.
    package static let length = 3

    /// Runs of a normalised text with a space before and after it, each once, in ascending order.
    ///
    /// Three scalars of 21 bits fit in a number exactly, so that two runs are equal if and only if their numbers are.
    package static func of(_ normalized: String) -> [UInt64] {
        let mask: UInt64 = 1 << 63 - 1
        var shingles: [UInt64] = []
        shingles.reserveCapacity(normalized.utf8.count)
        var window = UInt64(UInt8(ascii: " "))
        var seen = 1
        func take(_ scalar: UInt32, _ window: inout UInt64, _ shingles: inout [UInt64]) {
            window = (window << 21 | UInt64(scalar)) & mask
            seen += 1
            if seen >= length { shingles.append(window) }
        }
        for scalar in normalized.unicodeScalars { take(scalar.value, &window, &shingles) }
        take(0x20, &window, &shingles)
        if shingles.isEmpty { shingles.append(window) }
        shingles.sort()
        var last: UInt64?
        shingles.removeAll { shingle in
            defer { last = shingle }
            return shingle == last
        }
        return shingles
    }

    /// Whether the Jaccard similarity of two ascending sets reaches `threshold`; of most that do not, a part is enough to see.
    static func areSimilar(_ left: [UInt64], _ right: [UInt64], threshold: Double) -> Bool {
        let total = left.count + right.count
        var required = max(0, Int(threshold * Double(total) / (1 + threshold)) - 1)
        while Double(required) / Double(total - required) < threshold { required += 1 }
        var shared = 0
        var (leftIndex, rightIndex) = (0, 0)
        while shared + min(left.count - leftIndex, right.count - rightIndex) >= required {
            if leftIndex == left.count || rightIndex == right.count { return true }
            if left[leftIndex] == right[rightIndex] {
                shared += 1
                leftIndex += 1
                rightIndex += 1
            } else if left[leftIndex] < right[rightIndex] {
                leftIndex += 1
            } else {
                rightIndex += 1
            }
        }
        return false
    }

    /// Size of the intersection over size of the union of two ascending sets.
    package static func jaccard<Element: Comparable>(_ left: [Element], _ right: [Element]) -> Double {
        var shared = 0
        var (leftIndex, rightIndex) = (0, 0)
        while leftIndex < left.count, rightIndex < right.count {
            if left[leftIndex] == right[rightIndex] {
                shared += 1
                leftIndex += 1
                rightIndex += 1
            } else if left[leftIndex] < right[rightIndex] {
                leftIndex += 1
            } else {
                rightIndex += 1
            }
        }
        let union = left.count + right.count - shared
        return union == 0 ? 1 : Double(shared) / Double(union)
    }
}
