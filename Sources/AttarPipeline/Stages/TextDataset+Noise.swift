import AttarData
import AttarEvaluation
import AttarStatistics

extension TextDataset {
    /// With damaged copies of generated training texts behind all rows, and how many they are. A copy has the labels of its text.
    ///
    /// Which texts, and which damage, is decided by hashes of text and seed.
    func addingNoise(_ noise: NoiseSection, seed: UInt64) -> (dataset: TextDataset, added: Int) {
        var copies: [(row: Int, text: String, noise: String)] = []
        for (name, share) in [("typos", noise.typos), ("casing", noise.casing), ("fragment", noise.fragments)] {
            for (row, original) in rows.enumerated() where original.source == .generated && original.split == .train {
                var hash = StableHash(seed: seed)
                hash.combine(name)
                hash.combine(original.text)
                var random = SplitMix64(seed: hash.value)
                guard random.uniform() < share else { continue }
                let damage: Perturbation =
                    switch name {
                    case "typos": .typos
                    case "casing": random.below(4) == 0 ? .capitals : .lowerCase
                    default: .cut
                    }
                let text = damage.applied(to: original.text, seed: random.next())
                if text != original.text { copies.append((row, text, name)) }
            }
        }
        var noisy = selecting(Array(rows.indices) + copies.map(\.row))
        for (index, copy) in copies.enumerated() {
            noisy.rows[rows.count + index].text = copy.text
            noisy.rows[rows.count + index].attributes[TextRow.Mark.noise] = copy.noise
        }
        return (noisy, copies.count)
    }
}
