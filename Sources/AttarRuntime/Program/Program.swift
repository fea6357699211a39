/// A lowered graph: instructions over typed buffers whose row counts follow batch axes.
///
/// The only form that runs, in training as in deployment. A buffer has rows and columns; its rows are a fixed number
/// or the count of a batch axis (plus one, for offsets). Operands name buffers, outputs first.
public struct Program: Sendable, Equatable {
    /// An axis whose count is known only at run time; `parent` is the axis whose elements its offsets divide it among.
    public struct Axis: Sendable, Equatable {
        public var name: String
        public var parent: Int?

        public init(name: String, parent: Int?) {
            self.name = name
            self.parent = parent
        }
    }

    /// Rows of a buffer: `fixed`, or the count of `axis` plus `fixed`.
    public struct Rows: Sendable, Equatable {
        public var axis: Int?
        public var fixed: Int

        public init(axis: Int?, fixed: Int) {
            self.axis = axis
            self.fixed = fixed
        }
    }

    /// Where a buffer lives.
    public enum Region: UInt8, Sendable {
        case parameter = 0
        case input = 1
        case arena = 2
    }

    public struct Buffer: Sendable, Equatable {
        public var name: String
        public var region: Region
        public var type: ElementType
        public var rows: Rows
        public var columns: Int

        public init(name: String, region: Region, type: ElementType, rows: Rows, columns: Int) {
            self.name = name
            self.region = region
            self.type = type
            self.rows = rows
            self.columns = columns
        }
    }

    public struct Instruction: Sendable, Equatable {
        public var opcode: Opcode
        /// Buffers, outputs first; nil where an optional operand is absent.
        public var operands: [Int?]
        /// How many of the operands are written.
        public var outputs: Int
        public var scalar: Float
        public var salt: UInt32

        public init(opcode: Opcode, operands: [Int?], outputs: Int, scalar: Float = 0, salt: UInt32 = 0) {
            self.opcode = opcode
            self.operands = operands
            self.outputs = outputs
            self.scalar = scalar
            self.salt = salt
        }
    }

    public var axes: [Axis]
    public var buffers: [Buffer]
    public var instructions: [Instruction]
    /// Buffers that the caller reads after a run; they stay alive to the end.
    public var outputs: [Int]

    public init(axes: [Axis], buffers: [Buffer], instructions: [Instruction], outputs: [Int]) {
        self.axes = axes
        self.buffers = buffers
        self.instructions = instructions
        self.outputs = outputs
    }

    /// Indices of the parameter buffers, in the order in which an executor wants their memory.
    public var parameters: [Int] { buffers.indices.filter { buffers[$0].region == .parameter } }

    /// The buffer of that name among inputs and outputs.
    public func buffer(named name: String) -> Int? {
        buffers.firstIndex { $0.region == .input && $0.name.hasBytes(of: name) }
            ?? outputs.first { buffers[$0].name.hasBytes(of: name) }
    }

    /// Bytes of a buffer when its axis has `counts[axis]` elements.
    func bytes(of buffer: Int, counts: [Int]) -> Int? {
        let b = buffers[buffer]
        let (rows, overflow) = (b.rows.axis.map { counts[$0] } ?? 0).addingReportingOverflow(b.rows.fixed)
        return overflow ? nil : b.type.bytes(rows: rows, columns: b.columns)
    }
}
