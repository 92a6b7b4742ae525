"""The vocabulary: credential types, queries, contexts, skills data, sentences. The lowest floor."""
