/// For which labels texts are still asked for.
///
/// A label's texts are asked for in blocks, in the order of their indices, each block twice as long as the one before it.
/// Where nothing of a block is kept, no further text of the label is asked for. Which these are depends on the texts before
/// them alone, never on how many are in flight.
struct LabelPatience {
    private struct Block {
        var size = GenerationTask.patience
        /// How many of it were not asked for so far.
        var left = GenerationTask.patience
        var isKept = false
    }

    /// Nil for labels that no text is asked for any more.
    private var blocks: [Block?]

    init(labels: Int, hopeless: Set<Int>) {
        blocks = (0..<labels).map { hopeless.contains($0) ? nil : Block() }
    }

    /// Takes the requests that can be sent before anything is known of their answers, in their order; those of hopeless
    /// labels are left out.
    mutating func take(from open: inout [GenerationRequest]) -> [GenerationRequest] {
        var taken: [GenerationRequest] = []
        var rest: [GenerationRequest] = []
        for request in open {
            guard let block = blocks[request.label] else { continue }
            if block.left > 0 {
                blocks[request.label]?.left -= 1
                taken.append(request)
            } else {
                rest.append(request)
            }
        }
        open = rest
        return taken
    }

    /// - Parameter kept: labels of the texts that were taken last and are kept.
    mutating func note(kept: Set<Int>) {
        for (label, block) in blocks.enumerated() {
            guard var block else { continue }
            block.isKept = block.isKept || kept.contains(label)
            if block.left > 0 {
                blocks[label] = block
            } else {
                blocks[label] = block.isKept ? Block(size: 2 * block.size, left: 2 * block.size) : nil
            }
        }
    }
}

extension GenerationTask {
    /// After so many texts of a label of which none is kept no others are asked for. One text in six is kept of a weak
    /// teacher that still is worth its price; 30 in a row are lost to it with a chance of (5/6)³⁰ = 0.4 %. Where all are
    /// lost, fewer than one in ten are likely to be kept (95 %: 1 − 0.05^(1/30)).
    package static let patience = 30
}
