namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>What spoke for an attack. Only a text that reaches <see cref="GuardThresholds.Flag"/> carries any.</summary>
[Flags]
internal enum InjectionReasons
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Earlier instructions are to be dropped or replaced.</summary>
    InstructionOverride = 1,

    /// <summary>The system prompt, or a secret in it, is asked for.</summary>
    PromptExtraction = 2,

    /// <summary>The model is to become someone else.</summary>
    RoleHijack = 4,

    /// <summary>Limits, filters or policies are to be laid off.</summary>
    Jailbreak = 8,

    /// <summary>A document speaks to the model that reads it.</summary>
    EmbeddedInstruction = 16,

    /// <summary>The text imitates the turns or markers of a conversation.</summary>
    FakeTranscript = 32,

    /// <summary>The attack showed only in a decoded, unmasked or turned-round view of the text, or between invisible characters.</summary>
    Obfuscation = 64,

    /// <summary>Part of the text is no language, as the suffixes are that optimisers find.</summary>
    Gibberish = 128,

    /// <summary>The trained classifier.</summary>
    Classifier = 256,
}
