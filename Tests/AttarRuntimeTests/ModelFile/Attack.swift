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

    func change(_ model: inout SmallModel) throws {
        func buffer(_ name: String) throws -> Int {
            try #require(model.program.buffers.firstIndex { $0.name == name })
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
