/// What an instruction does. Below 0x1000: deployable, may stand in a model file. From 0x1000: training only.
public enum Opcode: UInt16, Sendable, CaseIterable {
    case embeddingBagFloat32 = 0x001
    case embeddingBagInt8 = 0x002
    case embeddingBagInt4 = 0x003
    case embeddingFloat32 = 0x004
    case embeddingInt8 = 0x005
    case embeddingInt4 = 0x006
    case addPositions = 0x007
    case linearFloat32 = 0x010
    case linearInt8 = 0x011
    case relu = 0x020
    case add = 0x021
    case scale = 0x022
    case gelu = 0x023
    case softmax = 0x030
    case layerNorm = 0x031
    case segmentAttention = 0x040
    case meanPool = 0x041
    case firstPool = 0x042

    case dropout = 0x1000
    case reluGradient = 0x1001
    case linearInputGradient = 0x1002
    case linearWeightGradient = 0x1003
    case sumRows = 0x1004
    case sumAll = 0x1005
    case broadcast = 0x1006
    case softCrossEntropy = 0x1007
    case softCrossEntropyGradient = 0x1008
    case geluGradient = 0x1009
    case layerNormInputGradient = 0x100A
    case layerNormGainGradient = 0x100B
    case segmentAttentionGradient = 0x100C
    case meanPoolGradient = 0x100D
    case firstPoolGradient = 0x100E
    case positionGradient = 0x100F
    case sparseCrossEntropy = 0x1010
    case sparseCrossEntropyGradient = 0x1011
    case geluWithSlope = 0x1012
    case multiply = 0x1013

    /// Whether a model file may hold it.
    public var isDeployable: Bool { rawValue < 0x1000 }
}
