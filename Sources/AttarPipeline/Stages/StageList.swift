extension Pipeline {
    /// The stages that a recipe asks for, in the order in which data moves.
    package static func stages(for recipe: LoadedRecipe) -> [Stage] {
        let sections = recipe.recipe
        var stages: [Stage] = [.data(recipe)]
        if sections.synthesis != nil { stages.append(.generate(recipe)) }
        if sections.teacherLabels { stages.append(.label(recipe)) }
        stages.append(.dataset(recipe))
        stages += [.train(recipe), .quantize(), .calibrate(recipe)]
        if sections.cascade != nil { stages.append(.cascade()) }
        stages.append(.export(recipe))
        if sections.data.heldOut != nil { stages.append(.evaluate(recipe)) }
        return stages
    }

    package init(_ recipe: LoadedRecipe) {
        self.init(recipe, stages: Pipeline.stages(for: recipe))
    }
}

extension Recipe {
    /// Whether there are texts for the teacher to label.
    var teacherLabels: Bool {
        teacher != nil && (synthesis != nil || data.unlabelled != nil || labelling.includeLabelled)
    }
}
