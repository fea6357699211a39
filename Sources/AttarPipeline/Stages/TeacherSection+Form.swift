import AttarTeacher

// `prompt-form: automatic`.
extension TeacherSection {
    /// The section with a form of prompts: the recipe's, else by what is known of the endpoint, else by a probe of it, which is
    /// kept with the run. Offline and without a probe it is completion.
    func settled(in context: StageContext) async throws -> TeacherSection {
        let known = settled(in: context.directory)
        guard known.promptForm == .automatic, !offline else { return known }
        let (probe, _) = try await TeacherSession(context, self).connected { teacher in
            try await teacher.probe(measuresSpeed: false)
        }
        if let probe { try ProbeFile(context.directory).save(probe) }
        return settled(by: probe)
    }

    /// By what a run knows of the endpoint.
    func settled(in directory: RunDirectory) -> TeacherSection {
        settled(by: ProbeFile(directory).probe(of: endpoint, model: model))
    }

    /// Unchanged where the probe does not tell which forms there are.
    func settled(by probe: TeacherProbe?) -> TeacherSection {
        guard promptForm == .automatic, let probe, let form = probe.bestForm else { return self }
        var section = self
        section.promptForm = form == .chat ? .chat : .completion
        return section
    }
}

extension TeacherProbe {
    /// Completion, as small models do better by it, unless only chat is offered, or only chat has log-probabilities. Nil where
    /// neither is.
    package var bestForm: PromptForm? {
        guard let completion else { return chat == nil ? nil : .chat }
        return completion.logprobs == nil && chat?.logprobs != nil ? .chat : .completion
    }
}
