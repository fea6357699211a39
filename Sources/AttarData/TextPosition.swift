/// A place in a text file; line and column count from 1, columns in characters (Unicode scalars).
package struct TextPosition: Equatable, Sendable {
    package let path: String
    package let line: Int
    package let column: Int

    package init(path: String, line: Int, column: Int) {
        self.path = path
        self.line = line
        self.column = column
    }
}

extension TextPosition: CustomStringConvertible {
    package var description: String { "\(path):\(line):\(column)" }
}
