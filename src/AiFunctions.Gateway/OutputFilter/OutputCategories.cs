using System.Collections.Frozen;

namespace AiFunctions.Gateway.OutputFilter;

/// <summary>The contract's names, placeholders and default actions of the categories.</summary>
internal static class OutputCategories
{
    /// <summary>How many there are.</summary>
    public const int Count = 13;

    private static readonly (string Name, FilterAction Default)[] Table =
    [
        ("blocklist", FilterAction.Block),
        ("secret", FilterAction.Redact),
        ("email", FilterAction.Redact),
        ("credit_card", FilterAction.Redact),
        ("iban", FilterAction.Redact),
        ("ssn", FilterAction.Redact),
        ("phone", FilterAction.Redact),
        ("ip_address", FilterAction.Redact),
        ("internal", FilterAction.Redact),
        ("system_prompt", FilterAction.Block),
        ("training_data", FilterAction.Flag),
        ("malicious_code", FilterAction.Flag),
        ("dangerous_instructions", FilterAction.Block),
    ];

    private static readonly string[] Placeholders = [.. Table.Select(each => $"[REDACTED_{each.Name.ToUpperInvariant()}]")];

    private static readonly FrozenDictionary<string, OutputCategory> ByName =
        Table.Select((each, i) => (each.Name, Category: (OutputCategory)i)).ToFrozenDictionary(each => each.Name, each => each.Category, StringComparer.OrdinalIgnoreCase);

    /// <summary>The name in settings and headers.</summary>
    public static string Name(this OutputCategory category) => Table[(int)category].Name;

    /// <summary>What comes in a match's place: letters, underscores and brackets only, so that it is the same in JSON.</summary>
    public static string Placeholder(this OutputCategory category) => Placeholders[(int)category];

    /// <summary>What is done when no setting says otherwise.</summary>
    public static FilterAction DefaultAction(this OutputCategory category) => Table[(int)category].Default;

    /// <summary>Whether a match is a span of text. Without one there is nothing to put a placeholder for.</summary>
    public static bool HasSpan(this OutputCategory category) => category < OutputCategory.SystemPrompt;

    /// <summary>Reads a name as settings write it.</summary>
    public static bool TryParse(string name, out OutputCategory category) => ByName.TryGetValue(name, out category);
}
