import AttarRuntime
import AttarTestSupport

extension Attack {
    /// On single instructions.
    static let onInstructions: [Attack] = [
        .init("training instruction") { model in
            let last = model.program.instructions.count - 1
            model.program.instructions[last].opcode = .sumRows
            return .trainingInstruction(index: last)
        },
        .init("an operand too many") { model in
            let layer = try model.residualLayer()
            model.program.instructions[layer].operands.append(model.program.instructions[layer].operands[5])
            return .operandCount(instruction: layer, .linearInt8, found: 7)
        },
        .init("attention without scratch") { model in
            let attention = try model.instruction(.segmentAttention)
            model.program.instructions[attention].operands.remove(at: 1)
            model.program.instructions[attention].outputs = 1
            return .operandCount(instruction: attention, .segmentAttention, found: 3)
        },
        .init("scratch that is read") { model in
            let attention = try model.instruction(.segmentAttention)
            model.program.instructions[attention].outputs = 1
            return .resultCount(instruction: attention, .segmentAttention, found: 1)
        },
        .init("two results of a softmax") { model in
            model.program.instructions[try model.instruction(.softmax)].outputs = 2
            return .resultCount(instruction: try model.instruction(.softmax), .softmax, found: 2)
        },
        .init("lacking operand") { model in
            let softmax = try model.instruction(.softmax)
            model.program.instructions[softmax].operands[1] = nil
            return .operandMissing(instruction: softmax, .softmax, operand: 1)
        },
        // Shapes.
        .init("table in the arena") { try $0.spoil(1, of: .embeddingBagInt8) { $0.region = .arena } },
        .init("table of another form") { try $0.spoil(1, of: .embeddingBagInt8) { $0.type = .int4Rows } },
        .init("wide table") { try $0.spoil(1, of: .embeddingBagInt8) { $0.columns += 1 } },
        .init("ids of floats") { try $0.spoil(2, of: .embeddingBagInt8) { $0.type = .float32 } },
        .init("ids of no name") { try $0.spoil(2, of: .embeddingBagInt8) { $0.name = "numbers" } },
        .init("wide ids") { try $0.spoil(2, of: .embeddingBagInt8) { $0.columns = 1 << 30 } },
        .init("no ids") { try $0.spoil(2, of: .embeddingBagInt8) { $0.columns = 0 } },
        .init("weights in the arena") { try $0.spoil(3, of: .embeddingBagInt8) { $0.region = .arena } },
        .init("weights of examples") { try $0.spoil(3, of: .embeddingBagInt8) { $0.rows.axis = 0 } },
        .init("short offsets") { try $0.spoil(4, of: .embeddingBagInt8) { $0.rows.fixed = 0 } },
        .init("offsets of another name") { try $0.spoil(4, of: .embeddingBagInt8) { $0.name = "offsets" } },
        .init("bag of features") { try $0.spoil(0, of: .embeddingBagInt8) { $0.rows.axis = 1 } },
        .init("lookup of weights") {
            $0.put(try $0.buffer("weights"), at: 2, of: try $0.instruction(.embeddingInt8))
        },
        .init("lookup in the arena") {
            $0.put(try $0.operand(0, of: .addPositions), at: 1, of: try $0.instruction(.embeddingInt8))
        },
        .init("lookup of examples") { try $0.spoil(0, of: .embeddingInt8) { $0.rows.axis = 0 } },
        .init("no positions") { try $0.spoil(2, of: .addPositions) { $0.rows.fixed = 0 } },
        .init("narrow positions") { try $0.spoil(2, of: .addPositions) { $0.columns -= 1 } },
        .init("positions in the arena") { try $0.spoil(2, of: .addPositions) { $0.region = .arena } },
        .init("offsets of nothing") {
            $0.put(try $0.buffer("ids"), at: 3, of: try $0.instruction(.addPositions))
        },
        .init("positions of whole numbers") { try $0.spoil(0, of: .addPositions) { $0.type = .uint32 } },
        .init("positions for weights") {
            $0.put(try $0.buffer("weights"), at: 1, of: try $0.instruction(.addPositions))
        },
        .init("norm of no columns") { try $0.spoil(0, of: .layerNorm) { $0.columns = 0 } },
        .init("norm of narrow rows") {
            $0.put(try $0.buffer("weights"), at: 1, of: try $0.instruction(.layerNorm))
        },
        .init("narrow gain") { try $0.spoil(2, of: .layerNorm) { $0.columns -= 1 } },
        .init("two rows of bias") { try $0.spoil(3, of: .layerNorm) { $0.rows.fixed = 2 } },
        .init("linear of whole numbers") { try $0.spoil(0, of: .linearInt8) { $0.type = .uint32 } },
        .init("narrow scratch of a layer") { try $0.spoil(1, of: .linearInt8) { $0.columns -= 1 } },
        .init("linear of other rows") {
            $0.put(try $0.operand(0, of: .embeddingBagInt8), at: 2, of: try $0.instruction(.linearInt8))
        },
        .init("weights of fewer outputs") { try $0.spoil(3, of: .linearInt8) { $0.rows.fixed -= 1 } },
        .init("weights of floats") { try $0.spoil(3, of: .linearInt8) { $0.type = .float32Panels } },
        .init("weights that are computed") { try $0.spoil(3, of: .linearInt8) { $0.region = .arena } },
        .init("narrow bias") { try $0.spoil(4, of: .linearInt8) { $0.columns -= 1 } },
        .init("more steps than sums hold") { model in
            let wide = Int8Panels.mostInner + 4
            model.program.buffers[try model.operand(2, of: .linearInt8)].columns = wide
            model.program.buffers[try model.operand(3, of: .linearInt8)].columns = wide
            // It is the norm that would make them.
            model.program.instructions.removeSubrange(0..<(try model.instruction(.linearInt8)))
            return .operandUnfit(instruction: 0, .linearInt8, operand: 3)
        },
        .init("narrow residual") { model in
            let narrow = model.addParameter("narrow", .float32, rows: 1, columns: 1)
            return model.put(narrow, at: 5, of: try model.residualLayer())
        },
        .init("residual of examples") {
            $0.put(try $0.operand(0, of: .embeddingBagInt8), at: 5, of: try $0.residualLayer())
        },
        .init("attention of no columns") { try $0.spoil(0, of: .segmentAttention) { $0.columns = 0 } },
        .init("narrow scratch of attention") { try $0.spoil(1, of: .segmentAttention) { $0.columns -= 1 } },
        .init("few rows of scratch") { try $0.spoil(1, of: .segmentAttention) { $0.rows.fixed -= 1 } },
        .init("narrow queries") {
            $0.put(try $0.operand(0, of: .layerNorm), at: 2, of: try $0.instruction(.segmentAttention))
        },
        .init("attention of whole numbers") { try $0.spoil(0, of: .segmentAttention) { $0.type = .uint32 } },
        .init("attention over ids") {
            $0.put(try $0.buffer("ids"), at: 3, of: try $0.instruction(.segmentAttention))
        },
        .init("pool of ids") { $0.put(try $0.buffer("ids"), at: 1, of: try $0.instruction(.meanPool)) },
        .init("pool of examples") { model in
            let bag = try model.operand(0, of: .embeddingBagInt8)
            model.program.instructions[try model.instruction(.meanPool)].operands[1] = bag
            // Examples have no parent, so these are no offsets of theirs.
            return .operandUnfit(instruction: try model.instruction(.meanPool), .meanPool, operand: 2)
        },
        .init("wide pool") { try $0.spoil(0, of: .firstPool) { $0.columns += 1 } },
        .init("sum of other rows") {
            $0.put(try $0.operand(0, of: .addPositions), at: 2, of: try $0.instruction(.add))
        },
        .init("sum of whole numbers") { try $0.spoil(0, of: .add) { $0.type = .uint32 } },
        .init("softmax of no columns") { try $0.spoil(0, of: .softmax) { $0.columns = 0 } },
        .init("softmax of another shape") {
            $0.put(try $0.operand(0, of: .gelu), at: 1, of: try $0.instruction(.softmax))
        },
        // Scalars.
        .init("temperature of zero") { $0.setScalar(0, of: try $0.instruction(.softmax)) },
        .init("temperature below zero") { $0.setScalar(-1, of: try $0.instruction(.softmax)) },
        .init("temperature not a number") { $0.setScalar(.nan, of: try $0.instruction(.softmax)) },
        .init("epsilon of zero") { $0.setScalar(0, of: try $0.instruction(.layerNorm)) },
        .init("epsilon not a number") { $0.setScalar(.nan, of: try $0.instruction(.layerNorm)) },
        .init("unknown activation") { $0.setScalar(3, of: try $0.residualLayer()) },
        .init("half an activation") { $0.setScalar(0.5, of: try $0.residualLayer()) },
        .init("no heads") { $0.setScalar(0, of: try $0.instruction(.segmentAttention)) },
        .init("heads that do not divide") { $0.setScalar(4, of: try $0.instruction(.segmentAttention)) },
        .init("half a head") { $0.setScalar(1.5, of: try $0.instruction(.segmentAttention)) },
    ]
}
