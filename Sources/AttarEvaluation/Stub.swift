extension EvaluationReport { func markdown() -> String { "" } }
