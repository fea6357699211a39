import AttarRuntime
import AttarTestSupport

extension Attack {
    /// On programs as a whole, and on what a classifier needs of them.
    static let onPrograms: [Attack] = [
        // The order of reading and writing.
        .init("read before it is written") { model in
            let last = model.program.instructions.count - 1
            model.program.instructions.swapAt(0, last)
            return .readBeforeWritten(instruction: 0, operand: 1)
        },
        .init("reads what it writes") { model in
            let gelu = try model.instruction(.gelu)
            model.program.instructions[gelu].operands[1] = model.program.instructions[gelu].operands[0]
            return .readBeforeWritten(instruction: gelu, operand: 1)
        },
        .init("two instructions in a circle") { model in
            let (first, second) = (try model.instruction(.add), try model.instruction(.gelu))
            model.program.instructions[first].operands[1] = model.program.instructions[second].operands[0]
            return .readBeforeWritten(instruction: first, operand: 1)
        },
        .init("written twice") { model in
            model.program.instructions.append(model.program.instructions[try model.instruction(.softmax)])
            return .writtenTwice(instruction: model.program.instructions.count - 1, operand: 0)
        },
        .init("writes a parameter") { model in
            let add = try model.instruction(.add)
            let columns = model.program.buffers[try model.operand(0, of: .add)].columns
            let other = model.addParameter("other", .float32, rows: 1, columns: columns)
            model.program.instructions[add].operands = [other, other, other]
            return .writesOutsideArena(instruction: add, operand: 0)
        },
        .init("writes an input") { model in
            let last = model.program.instructions.count
            let weights = try model.buffer("weights")
            model.program.instructions.append(.init(opcode: .relu, operands: [weights, weights], outputs: 1))
            return .writesOutsideArena(instruction: last, operand: 0)
        },
        .init("output that nothing writes") { model in
            model.program.outputs.append(try model.buffer("ids"))
            return .outputNotWritten(buffer: try model.buffer("ids"))
        },
        // Axes and sizes.
        .init("axis of itself") { model in
            model.program.axes[1].parent = 1
            return .badParent(axis: 1)
        },
        .init("axes in a circle") { model in
            model.program.axes[0].parent = 1
            return .badParent(axis: 0)
        },
        .init("axes of one name") { model in
            model.program.axes[1].name = model.program.axes[0].name
            return .sameAxisName(axis: 1)
        },
        .init("third axis") { model in
            model.program.axes.append(.init(name: "more", parent: nil))
            return .notTwoAxes
        },
        .init("parameter of a batch") { model in
            model.program.buffers[try model.buffer("head.bias")].rows.axis = 0
            return .parameterOfBatch(buffer: try model.buffer("head.bias"))
        },
        .init("parameter that no file holds") { model in
            let bias = model.addParameter("bias", .float32, rows: 1, columns: 0)
            model.program.buffers[bias].rows.fixed = 1 << 30
            model.program.buffers[bias].columns = 1 << 30
            return .parametersEnd(buffer: bias)
        },
        // Inputs.
        .init("foreign input") { model in
            model.program.buffers.append(
                .init(name: "x", region: .input, type: .float32, rows: .init(axis: nil, fixed: 1), columns: 1))
            return .unknownInput(buffer: model.program.buffers.count - 1)
        },
        .init("second ids") { model in
            model.program.buffers.append(model.program.buffers[try model.buffer("ids")])
            return .inputTwice(buffer: model.program.buffers.count - 1)
        },
        .init("input of another shape") { model in
            model.empty()
            model.addInput("ids", .uint32, .init(axis: 1, fixed: 1))
            return .unfitInput(buffer: 0)
        },
        .init("no inputs") { model in
            model.empty()
            return .missingInput(.ids)
        },
        .init("no weights") { model in
            model.empty()
            model.addInput("ids", .uint32, .init(axis: 1, fixed: 0))
            return .missingInput(.weights)
        },
        .init("no offsets") { model in
            model.empty()
            model.addInput("ids", .uint32, .init(axis: 1, fixed: 0))
            model.addInput("weights", .float32, .init(axis: 1, fixed: 0))
            return .missingInput(.offsets)
        },
        .init("table of other rows") { model in
            model.featurizer.buckets += 1
            return .tableRows(instruction: 0, expected: 24, found: 23)
        },
        // Outputs.
        .init("no probabilities") { model in
            model.program.outputs = []
            return .noProbabilities
        },
        .init("two probabilities") { model in
            model.program.outputs.append(model.program.outputs[0])
            return .noProbabilities
        },
        .init("probabilities of one row") { model in
            let inputs = model.program.buffers.filter { $0.region == .input }
            model.empty()
            model.program.buffers = inputs
            let constant = model.addParameter("constant", .float32, rows: 1, columns: 3)
            model.program.buffers.append(model.program.buffers[constant])
            model.program.buffers[constant + 1].name = "probabilities"
            model.program.buffers[constant + 1].region = .arena
            model.program.instructions = [
                .init(opcode: .softmax, operands: [constant + 1, constant], outputs: 1, scalar: 1)
            ]
            model.program.outputs = [constant + 1]
            return .unfitProbabilities(buffer: constant + 1)
        },
        .init("a label more") { model in
            model.labels.append("more")
            return .labelCount(expected: 3, found: 4)
        },
        .init("a label less") { model in
            model.labels.removeLast()
            return .labelCount(expected: 3, found: 2)
        },
        // What it would cost.
        .init("much memory") { model in
            model.featurizer.maximumBytes = 1 << 20
            let features = model.featurizer.mostFeatures(bytes: 1 << 20)
            let bytes = try Executor.ownedBytes(model.program, capacities: [1, features])
            return .tooMuchMemory(bytes: bytes, limit: 1 << 28)
        },
        .init("much work") { model in
            model.featurizer.maximumBytes = 1 << 16
            let weights = try model.buffer("weights")
            let rows = model.program.buffers[weights].rows
            var narrow = weights
            // From a column to many and back, again and again.
            for layer in 0..<64 {
                for (columns, name) in [(100, "wide"), (1, "narrow")] {
                    let inner = model.program.buffers[narrow].columns
                    let panels = model.addParameter("\(name).\(layer)", .float32Panels, rows: columns, columns: inner)
                    let bias = model.addParameter("\(name).\(layer).bias", .float32, rows: 1, columns: columns)
                    model.program.buffers.append(
                        .init(name: "", region: .arena, type: .float32, rows: rows, columns: columns))
                    let out = model.program.buffers.count - 1
                    model.program.instructions.append(
                        .init(opcode: .linearFloat32, operands: [out, narrow, panels, bias], outputs: 1))
                    narrow = out
                }
            }
            return .tooMuchWork
        },
    ]
}

extension SmallModel {
    /// Leaves nothing of the program but its axes.
    fileprivate mutating func empty() {
        program.buffers = []
        program.instructions = []
        program.outputs = []
        parameters = []
    }

    fileprivate mutating func addInput(_ name: String, _ type: ElementType, _ rows: Program.Rows) {
        program.buffers.append(.init(name: name, region: .input, type: type, rows: rows, columns: 1))
    }
}
