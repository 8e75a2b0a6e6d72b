using AiFunctions.Gateway.InputGuard.Scoring.Concepts;

namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>Says in the guard's terms what a stretch that was judged an attack is made of.</summary>
internal static class ReasonFinder
{
    /// <summary>The reasons.</summary>
    /// <param name="scan">What was found.</param>
    /// <param name="source">Who the text comes from.</param>
    public static InjectionReasons Find(in TextScan scan, TextSource source)
    {
        var concepts = scan.Concepts;
        var reasons = InjectionReasons.Classifier;
        Add(InjectionReasons.InstructionOverride, Has(concepts, Concept.Ignore) && (Has(concepts, Concept.Instructions) || Has(concepts, Concept.Previous)));
        Add(InjectionReasons.InstructionOverride, Has(concepts, Concept.NewTask) && Has(concepts, Concept.Instructions));
        Add(InjectionReasons.PromptExtraction, Has(concepts, Concept.Reveal) && (Has(concepts, Concept.SystemPrompt) || Has(concepts, Concept.Secret)));
        Add(InjectionReasons.RoleHijack, Has(concepts, Concept.YouAre) || (Has(concepts, Concept.ActAs) && Has(concepts, Concept.NowOn)));
        Add(InjectionReasons.Jailbreak, Has(concepts, Concept.Unrestricted) || Has(concepts, Concept.Jailbreak));
        Add(InjectionReasons.FakeTranscript, Has(concepts, Concept.Delimiter));
        Add(InjectionReasons.EmbeddedInstruction, source == TextSource.Document);
        Add(InjectionReasons.Obfuscation, scan.IsObfuscated);
        Add(InjectionReasons.Gibberish, scan.IsGibberish);
        return reasons;

        void Add(InjectionReasons reason, bool holds) => reasons |= holds ? reason : InjectionReasons.None;
    }

    private static bool Has(ulong concepts, Concept concept) => (concepts & (1UL << (int)concept)) != 0;
}
