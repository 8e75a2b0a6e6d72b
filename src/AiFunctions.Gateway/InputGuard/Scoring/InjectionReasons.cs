namespace AiFunctions.Gateway.InputGuard.Scoring;

/// <summary>What speaks for a text being an attack.</summary>
[Flags]
internal enum InjectionReasons
{
    None = 0,
    InstructionOverride = 1,
    PromptExtraction = 2,
    RoleHijack = 4,
    Jailbreak = 8,
    EmbeddedInstruction = 16,
    FakeTranscript = 32,
    Obfuscation = 64,
    Gibberish = 128,
    Classifier = 256,
}
