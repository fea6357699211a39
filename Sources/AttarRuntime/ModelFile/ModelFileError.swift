/// Why a model file is refused: one case for each way to fail. Numbers are those that the file holds.
///
/// Axes, buffers, instructions and operands are counted from 0, in the order of the file.
public enum ModelFileError: Error, Equatable, Sendable {
    // The file as a whole.
    case cannotOpen(path: String, code: Int32)
    case notAFile(path: String)
    /// Kernels read weights in place, so the file must stand at a multiple of 64 in memory.
    case notAligned
    case tooShort(bytes: Int)
    case badMagic
    case unsupportedVersion(major: Int, minor: Int)
    case sizeMismatch(expected: Int, found: Int)
    case headerDamaged

    // The section table.
    case sectionCount(Int)
    case tableBeyondEnd(sections: Int)
    case gapNotZero
    case sectionMisplaced(kind: UInt32)
    case sectionTooLarge(kind: UInt32, bytes: Int)
    case sectionDamaged(kind: UInt32)
    case paddingNotZero(kind: UInt32)
    case sectionTwice(kind: UInt32)
    case bytesAfterSections(count: Int)
    case missingSection(ModelFile.Section)

    // What any section may hold.
    case endsInNumber(ModelFile.Section)
    case textBeyondEnd(ModelFile.Section, bytes: Int)
    case textNotUTF8(ModelFile.Section)
    case bytesLeftOver(ModelFile.Section, count: Int)
    case tooMany(Quantity, found: Int, limit: Int)
    case noSuch(Reference, index: Int, count: Int)

    // Programs.
    case unknownRegion(buffer: Int, region: Int)
    case unknownType(buffer: Int, type: Int)
    case unknownOpcode(instruction: Int, opcode: Int)
    case trainingInstruction(index: Int)
    case parameterOfBatch(buffer: Int)
    case badParent(axis: Int)
    case sameAxisName(axis: Int)
    case operandCount(instruction: Int, Opcode, found: Int)
    case resultCount(instruction: Int, Opcode, found: Int)
    case operandMissing(instruction: Int, Opcode, operand: Int)
    case operandUnfit(instruction: Int, Opcode, operand: Int)
    case scalarOutOfRange(instruction: Int, Opcode)
    case readBeforeWritten(instruction: Int, operand: Int)
    case readsWorkingMemory(instruction: Int, operand: Int)
    case writtenTwice(instruction: Int, operand: Int)
    case writesOutsideArena(instruction: Int, operand: Int)
    case outputNotWritten(buffer: Int)

    // Parameters.
    case parametersEnd(buffer: Int)
    case parametersLeftOver(bytes: Int)
    case wrongCodeSums(buffer: Int)

    // Featurizers.
    case unknownFeaturizer(kind: Int)
    case settingIsZero(Quantity)
    case noFeatures
    case reversedLengths(shortest: Int, longest: Int)
    case scaleNotFinite
    case bucketsNotWhole(count: Int)

    // Classifiers.
    case notTwoAxes
    case unknownInput(buffer: Int)
    case inputTwice(buffer: Int)
    case unfitInput(buffer: Int)
    case missingInput(Input)
    case tableRows(instruction: Int, expected: Int, found: Int)
    case noProbabilities
    case unfitProbabilities(buffer: Int)
    case labelCount(expected: Int, found: Int)
    case tooMuchMemory(bytes: Int, limit: Int)
    case tooMuchWork
    case unusable(RuntimeError)

    // Decisions.
    case unknownDecision(flags: UInt32)
    case thresholdOutOfRange
    case unknownScore(kind: UInt32)
    case unknownStandard(kind: UInt32)
    case shareOutOfRange(Share)
    case thresholdCount(expected: Int, found: Int)
    case cascadeThresholdOutOfRange(index: Int)

    // Certificates.
    case noCases
    case certifiedInstructions(expected: Int, found: Int)
    case certifiedLabels(expected: Int, found: Int)
    case certifiedText(case: Int)

    /// What there may be only so many of.
    public enum Quantity: UInt8, Sendable {
        case axes, buffers, rows, columns, instructions, results, operands, outputs, labels, buckets, wordTokens
        case shortestCharacters, longestCharacters, crossingFlag, textBytes, vocabulary, tokens, cases, patternBytes
        case fittedRows, cascadeThresholds, familiarBuckets
    }

    /// What a cascade has a number of 0…1 for.
    public enum Share: UInt8, Sendable { case target, confidence, coverage, familiarity }

    /// What a number of the program section refers to.
    public enum Reference: UInt8, Sendable { case axis, parent, operand, output }

    /// What a classifier writes before it runs its program.
    public enum Input: UInt8, Sendable { case ids, weights, offsets }
}
