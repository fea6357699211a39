import AttarRuntime

/// A model file that is not what was evaluated, or does not compute what was.
package struct VerificationFailure: Error, CustomStringConvertible {
    let model, kernels, text: String

    package init(model: String, kernels: String, text: String) {
        (self.model, self.kernels, self.text) = (model, kernels, text)
    }

    package var description: String { "\(model), kernels \(kernels): \(text)" }
}

extension Verification {
    package var hasPassed: Bool {
        if case .passed = self { true } else { false }
    }

    package func text(of file: ModelFile) -> String {
        switch self {
        case .passed(let cases):
            "passed: \(cases) texts, \(file.program.instructions.count) instructions each, all bits as certified"
        case .altered:
            "the SHA-256 of the file is not the one that it names: it was changed after its export; copy it again"
        case .noCertificate:
            "the file has no certificate: it cannot be told whether it computes what was evaluated; export it again"
        case .featuresDiffer(let text):
            "text \(text) of the certificate has other features here than at the export"
        case .instructionDiffers(let text, let instruction, let opcode):
            "text \(text): instruction \(instruction) (\(opcode)) is the first whose result has other bits than at the export"
        case .probabilityDiffers(let text, let label, let expected, let found):
            "text \(text): the probability of “\(file.labels[label])” should be \(Float(bitPattern: expected)) and is "
                + "\(Float(bitPattern: found))"
        }
    }
}
