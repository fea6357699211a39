extension ModelFileError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cannotOpen(let path, let code):
            "cannot open the model “\(path)” (system error \(code)): does it exist, and may you read it?"
        case .notAFile(let path): "“\(path)” is not a regular file; a model is one file, usually named model.attar"
        case .notAligned: "the model file must stand at a multiple of \(ModelFile.alignment) in memory"
        case .tooShort(let bytes):
            "the model file has \(bytes) bytes, fewer than its header: it was cut off or is not a model"
        case .badMagic:
            "this is not an Attar model file: its first bytes differ (a copy in text mode changes them, too)"
        case .unsupportedVersion(let major, let minor):
            "the model file has version \(major).\(minor); this build reads version \(ModelFile.majorVersion)"
        case .sizeMismatch(let expected, let found):
            "the model file should have \(expected) bytes and has \(found): it was cut off or added to; copy it again"
        case .headerDamaged: "the model file's header fails its checksum: the file is damaged; copy it again"
        case .sectionDamaged(let kind):
            "section \(kind) of the model file fails its checksum: the file is damaged; copy it again"
        case .missingSection(let section): "the model file has no \(section) section"
        case .tooMuchMemory(let bytes, let limit):
            "one prediction of the model would need \(bytes) bytes of memory, at most \(limit) are allowed"
        case .tooMuchWork: "one prediction of the model could take longer than anybody would wait"
        case .unusable(let error): "the model file cannot run here: \(error)"
        default: "the model file is not valid: \(fault)"
        }
    }

    /// What the writer of the file did wrong; checksums are right, so copying it again does not help.
    private var fault: String {
        switch self {
        case .cannotOpen, .notAFile, .notAligned, .tooShort, .badMagic, .unsupportedVersion, .sizeMismatch,
            .headerDamaged, .sectionDamaged, .missingSection, .tooMuchMemory, .tooMuchWork, .unusable:
            ""
        case .sectionCount(let count): "it has \(count) sections, 1 to \(SectionTable.mostSections) are allowed"
        case .tableBeyondEnd(let sections): "a table of \(sections) sections goes past its end"
        case .gapNotZero: "the bytes behind its section table are not zero"
        case .sectionMisplaced(let kind): "section \(kind) is not where it must be"
        case .sectionTooLarge(let kind, let bytes):
            "section \(kind) has \(bytes) bytes, at most \(SectionTable.mostBytes) are allowed"
        case .paddingNotZero(let kind): "the padding of section \(kind) is not zero"
        case .sectionTwice(let kind): "section \(kind) appears twice"
        case .bytesAfterSections(let count): "\(count) bytes follow the last section"

        case .endsInNumber(let section): "the \(section) section ends in the middle of a number"
        case .textBeyondEnd(let section, let bytes):
            "a text of \(bytes) bytes goes past the end of the \(section) section"
        case .textNotUTF8(let section): "a text of the \(section) section is not UTF-8"
        case .bytesLeftOver(let section, let count): "\(count) bytes of the \(section) section are left over"
        case .tooMany(let quantity, let found, let limit): "\(found) \(quantity.name), at most \(limit) are allowed"
        case .noSuch(let reference, let index, let count): "\(reference) \(index) does not exist, there are \(count)"

        case .unknownRegion(let buffer, let region): "the region \(region) of buffer \(buffer) is not known"
        case .unknownType(let buffer, let type): "the element type \(type) of buffer \(buffer) is not known"
        case .unknownOpcode(let instruction, let opcode):
            "the opcode \(opcode) of instruction \(instruction) is not known; a newer build may know it"
        case .trainingInstruction(let index): "instruction \(index) is for training only"
        case .parameterOfBatch(let buffer): "the parameter in buffer \(buffer) depends on the batch"
        case .badParent(let axis): "the parent of axis \(axis) has a parent itself"
        case .sameAxisName(let axis): "axis \(axis) has the name of an earlier one"
        case .operandCount(let instruction, let opcode, let found):
            "instruction \(instruction) (\(opcode)) does not take \(found) operands"
        case .resultCount(let instruction, let opcode, let found):
            "instruction \(instruction) (\(opcode)) does not write \(found) operands"
        case .operandMissing(let instruction, let opcode, let operand):
            "instruction \(instruction) (\(opcode)) lacks its operand \(operand)"
        case .operandUnfit(let instruction, let opcode, let operand):
            "operand \(operand) of instruction \(instruction) (\(opcode)) has not the form or shape that it must have"
        case .scalarOutOfRange(let instruction, let opcode):
            "the scalar of instruction \(instruction) (\(opcode)) is out of range"
        case .readBeforeWritten(let instruction, let operand):
            "operand \(operand) of instruction \(instruction) is read before anything is written to it"
        case .readsWorkingMemory(let instruction, let operand):
            "operand \(operand) of instruction \(instruction) is working memory of an earlier one"
        case .writtenTwice(let instruction, let operand):
            "operand \(operand) of instruction \(instruction) was written before"
        case .writesOutsideArena(let instruction, let operand):
            "operand \(operand) of instruction \(instruction) may not be written"
        case .outputNotWritten(let buffer): "the output in buffer \(buffer) is never written"

        case .parametersEnd(let buffer): "the parameters section ends before the parameter in buffer \(buffer) does"
        case .parametersLeftOver(let bytes): "\(bytes) bytes of the parameters section are left over"
        case .wrongCodeSums(let buffer):
            "the sums that the integers in buffer \(buffer) come with are not their sums"

        case .unknownFeaturizer(let kind):
            "featurizer \(kind) is not known; 1 is hashed n-grams, 2 the known ones of them, 3 hashed tokens"
        case .settingIsZero(let quantity): "the featurizer allows no \(quantity.name)"
        case .noFeatures: "the featurizer makes neither word nor character n-grams"
        case .reversedLengths(let shortest, let longest): "character n-grams of \(shortest) to \(longest) characters"
        case .scaleNotFinite: "a scale of the featurizer is not finite"
        case .bucketsNotWhole(let count): "\(count) known buckets are not whole words of 64"

        case .notTwoAxes: "a classifier has one axis of examples and, below it, one of features"
        case .unknownInput(let buffer): "a classifier cannot fill the input in buffer \(buffer)"
        case .inputTwice(let buffer): "the input in buffer \(buffer) has the name of an earlier one"
        case .unfitInput(let buffer): "the input in buffer \(buffer) is not as a classifier fills it"
        case .missingInput(let input): "the classifier has no input for its \(input)"
        case .tableRows(let instruction, let expected, let found):
            "the table of instruction \(instruction) has \(found) rows, the featurizer gives ids below \(expected)"
        case .noProbabilities: "a classifier has one output “probabilities”"
        case .unfitProbabilities(let buffer):
            "the output “probabilities” in buffer \(buffer) must be of floats, with a row an example"
        case .labelCount(let expected, let found): "\(found) labels for \(expected) probabilities"

        case .unknownDecision(let flags): "the decision section has flags \(flags) that are not known"
        case .thresholdOutOfRange: "the threshold of abstention is not between 0 and 1"

        case .unknownScore(let kind): "the cascade has a score of kind \(kind), which is not known"
        case .unknownStandard(let kind): "the cascade holds for a standard of kind \(kind), which is not known"
        case .shareOutOfRange(let share): "the \(share.name) of the cascade is not between 0 and 1"
        case .thresholdCount(let expected, let found):
            "the cascade has \(found) thresholds, expected one, or \(expected), one a label"
        case .cascadeThresholdOutOfRange(let index): "threshold \(index) of the cascade is not between 0 and 2"

        case .noCases: "the certificate has no case"
        case .certifiedInstructions(let expected, let found):
            "the certificate is for \(found) instructions, the program has \(expected)"
        case .certifiedLabels(let expected, let found): "the certificate is for \(found) labels, there are \(expected)"
        case .certifiedText(let index): "the text of case \(index) of the certificate is not as long as it must be"
        }
    }
}

extension ModelFileError.Quantity {
    var name: String {
        switch self {
        case .axes: "axes"
        case .buffers: "buffers"
        case .rows: "rows of a buffer"
        case .columns: "columns of a buffer"
        case .instructions: "instructions"
        case .results: "results of an instruction"
        case .operands: "operands of an instruction"
        case .outputs: "outputs"
        case .labels: "labels"
        case .buckets: "buckets"
        case .wordTokens: "tokens in a word n-gram"
        case .shortestCharacters: "characters in the shortest n-gram"
        case .longestCharacters: "characters in the longest n-gram"
        case .crossingFlag: "as the flag of n-grams across words"
        case .textBytes: "bytes of text"
        case .vocabulary: "rows of the vocabulary"
        case .tokens: "tokens of a text"
        case .cases: "cases of the certificate"
        case .patternBytes: "bytes of a certified text"
        case .fittedRows: "texts that a cascade was fitted on"
        case .cascadeThresholds: "thresholds of a cascade"
        case .familiarBuckets: "buckets of familiar tokens"
        }
    }
}

extension ModelFileError.Share {
    var name: String {
        switch self {
        case .target: "target"
        case .confidence: "confidence"
        case .coverage: "coverage"
        case .familiarity: "least familiarity"
        }
    }
}
