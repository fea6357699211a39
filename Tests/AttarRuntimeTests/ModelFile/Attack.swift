import AttarRuntime
import AttarTestSupport
import Testing

/// Ways to ask for more than a file may.
enum Attack: String, CaseIterable, Sendable {
    case trainingInstruction, foreignInput, narrowIds, secondIds, wideIds, idsOfFloats, shortOffsets
    case noProbabilityRows, probabilitiesOfFeatures, moreLabels, fewerLabels, noLabels
    case tableOfOtherRows, tableInArena, weightsInArena, batchOfParameters
    case readBeforeWrite, writeTwice, writeParameter, writeInput, lackingOperand
    case axisOfItself, axesInACircle, thirdAxis, muchMemory, muchText
    case zeroTemperature, negativeTemperature, notANumberTemperature
    case noFeatures, reversedCharacters, notFiniteScale
    case unknownActivation, halfAnActivation, narrowResidual, residualOfExamples, sixOperands
    case noHeads, headsThatDoNotDivide, halfAHead, narrowQueries, narrowScratch, lackingScratch, scratchThatIsRead
    case noPositions, narrowPositions, positionsInArena, offsetsOfNothing, foreignOffsets
    case narrowGain, zeroEpsilon, notANumberEpsilon, poolOfExamples, lookupOfWeights, lookupInArena
    case axesOfOneName

    func change(_ model: inout SmallModel) throws {
        func buffer(_ name: String) throws -> Int {
            try #require(model.program.buffers.firstIndex { $0.name == name })
        }
        func instruction(_ opcode: Opcode) throws -> Int {
            try #require(model.program.instructions.firstIndex { $0.opcode == opcode })
        }
        func operand(_ slot: Int, of opcode: Opcode) throws -> Int {
            try #require(model.program.instructions[instruction(opcode)].operands[slot])
        }
        func residualLayer() throws -> Int {
            try #require(model.program.instructions.firstIndex { $0.operands.count == 5 && $0.opcode == .linearInt8 })
        }
        let last = model.program.instructions.count - 1
        switch self {
        case .trainingInstruction: model.program.instructions[last].opcode = .sumRows
        case .foreignInput:
            model.program.buffers.append(
                .init(name: "x", region: .input, type: .float32, rows: .init(axis: nil, fixed: 1), columns: 1))
        case .narrowIds: model.program.buffers[try buffer("ids")].columns = 0
        case .secondIds: model.program.buffers.insert(model.program.buffers[try buffer("ids")], at: 0)
        case .wideIds: model.program.buffers[try buffer("ids")].columns = 1 << 30
        case .idsOfFloats: model.program.buffers[try buffer("ids")].type = .float32
        case .shortOffsets: model.program.buffers[try buffer("features.offsets")].rows.fixed = 0
        case .noProbabilityRows:
            model.program.buffers[try buffer("probabilities")].rows = .init(axis: nil, fixed: 0)
            model.program.buffers[try #require(model.program.instructions[last].operands[1])].rows = .init(
                axis: nil, fixed: 0)
        case .probabilitiesOfFeatures:
            model.program.buffers[try buffer("probabilities")].rows.axis = model.program.axes.firstIndex {
                $0.parent != nil
            }
        case .moreLabels: model.labels.append("more")
        case .fewerLabels: model.labels.removeLast()
        case .noLabels: model.labels = []
        case .tableOfOtherRows: model.featurizer.buckets += 1
        case .tableInArena: model.program.buffers[try buffer("table")].region = .arena
        case .weightsInArena: model.program.buffers[try buffer("head.weight")].region = .arena
        case .batchOfParameters: model.program.buffers[try buffer("head.bias")].rows.axis = 0
        case .readBeforeWrite: model.program.instructions.swapAt(0, last)
        case .writeTwice: model.program.instructions.append(model.program.instructions[last])
        case .writeParameter: model.program.instructions[last].operands[0] = try buffer("head.bias")
        case .writeInput: model.program.instructions[last].operands[0] = try buffer("weights")
        case .lackingOperand: model.program.instructions[last].operands[1] = nil
        case .axisOfItself: model.program.axes[1].parent = 1
        case .axesInACircle:
            model.program.axes[0].parent = 1
            model.program.axes[1].parent = 0
        case .thirdAxis: model.program.axes.append(.init(name: "more", parent: nil))
        case .muchMemory:
            // A row of a thousand columns for each of millions of features.
            model.featurizer.maximumBytes = 1 << 20
        case .muchText: model.featurizer.maximumBytes = 1 << 21
        case .zeroTemperature: model.program.instructions[last].scalar = 0
        case .negativeTemperature: model.program.instructions[last].scalar = -1
        case .notANumberTemperature: model.program.instructions[last].scalar = .nan
        case .noFeatures:
            model.featurizer.wordLength = 0
            model.featurizer.shortestCharacters = 0
            model.featurizer.longestCharacters = 0
        case .reversedCharacters: (model.featurizer.shortestCharacters, model.featurizer.longestCharacters) = (5, 3)
        case .notFiniteScale: model.featurizer.wordScale = .infinity
        case .unknownActivation: model.program.instructions[try residualLayer()].scalar = 3
        case .halfAnActivation: model.program.instructions[try residualLayer()].scalar = 0.5
        case .narrowResidual:
            model.program.buffers.append(
                .init(
                    name: "narrow", region: .parameter, type: .float32, rows: .init(axis: nil, fixed: 1), columns: 1))
            model.parameters.append([UInt8](repeating: 0, count: 4))
            model.program.instructions[try residualLayer()].operands[4] = model.program.buffers.count - 1
        case .residualOfExamples:
            model.program.instructions[try residualLayer()].operands[4] = try operand(0, of: .embeddingBagInt8)
        case .sixOperands:
            let layer = try residualLayer()
            model.program.instructions[layer].operands.append(model.program.instructions[layer].operands[4])
        case .noHeads: model.program.instructions[try instruction(.segmentAttention)].scalar = 0
        case .headsThatDoNotDivide: model.program.instructions[try instruction(.segmentAttention)].scalar = 4
        case .halfAHead: model.program.instructions[try instruction(.segmentAttention)].scalar = 1.5
        case .narrowQueries:
            model.program.instructions[try instruction(.segmentAttention)].operands[2] = try operand(0, of: .layerNorm)
        case .narrowScratch: model.program.buffers[try operand(1, of: .segmentAttention)].columns -= 1
        case .lackingScratch:
            let attention = try instruction(.segmentAttention)
            model.program.instructions[attention].operands.remove(at: 1)
            model.program.instructions[attention].outputs = 1
        case .scratchThatIsRead: model.program.instructions[try instruction(.segmentAttention)].outputs = 1
        case .noPositions: model.program.buffers[try buffer("positions")].rows.fixed = 0
        case .narrowPositions: model.program.buffers[try buffer("positions")].columns -= 1
        case .positionsInArena: model.program.buffers[try buffer("positions")].region = .arena
        case .offsetsOfNothing:
            model.program.instructions[try instruction(.addPositions)].operands[3] = try buffer("ids")
        case .foreignOffsets: model.program.buffers[try buffer("features.offsets")].name = "offsets"
        case .narrowGain: model.program.buffers[try buffer("norm.gain")].columns -= 1
        case .zeroEpsilon: model.program.instructions[try instruction(.layerNorm)].scalar = 0
        case .notANumberEpsilon: model.program.instructions[try instruction(.layerNorm)].scalar = .nan
        case .poolOfExamples:
            model.program.instructions[try instruction(.meanPool)].operands[1] = try operand(0, of: .embeddingBagInt8)
        case .lookupOfWeights:
            model.program.instructions[try instruction(.embeddingInt8)].operands[2] = try buffer("weights")
        case .lookupInArena:
            model.program.instructions[try instruction(.embeddingInt8)].operands[1] = try operand(0, of: .addPositions)
        case .axesOfOneName: model.program.axes[1].name = model.program.axes[0].name
        }
        if self == .muchMemory {
            let wide = 1000
            let weights = try buffer("weights")
            model.program.buffers += [
                .init(
                    name: "wide", region: .parameter, type: .float32Panels, rows: .init(axis: nil, fixed: wide),
                    columns: 1),
                .init(
                    name: "wide.bias", region: .parameter, type: .float32, rows: .init(axis: nil, fixed: 1),
                    columns: wide),
                .init(
                    name: "huge", region: .arena, type: .float32, rows: model.program.buffers[weights].rows,
                    columns: wide),
            ]
            let count = model.program.buffers.count
            model.program.instructions.insert(
                .init(opcode: .linearFloat32, operands: [count - 1, weights, count - 3, count - 2], outputs: 1), at: 0)
            model.parameters += [[UInt8](repeating: 0, count: 1008 * 4), [UInt8](repeating: 0, count: wide * 4)]
        }
    }
}
