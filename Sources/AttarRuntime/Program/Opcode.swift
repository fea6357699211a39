/// What an instruction does. Below 0x1000: deployable, may stand in a model file. From 0x1000: training only.
public enum Opcode: UInt16, Sendable, CaseIterable {
    case embeddingBagFloat32 = 0x001
    case embeddingBagInt8 = 0x002
    case embeddingBagInt4 = 0x003
    case linearFloat32 = 0x010
    case linearInt8 = 0x011
    case relu = 0x020
    case add = 0x021
    case scale = 0x022
    case softmax = 0x030

    case dropout = 0x1000
    case reluGradient = 0x1001
    case linearInputGradient = 0x1002
    case linearWeightGradient = 0x1003
    case sumRows = 0x1004
    case sumAll = 0x1005
    case broadcast = 0x1006
    case softCrossEntropy = 0x1007
    case softCrossEntropyGradient = 0x1008

    /// Whether a model file may hold it.
    public var isDeployable: Bool { rawValue < 0x1000 }
}
