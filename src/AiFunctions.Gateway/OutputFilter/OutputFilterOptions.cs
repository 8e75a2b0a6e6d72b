using AiFunctions.Gateway.OutputFilter.SecondOpinion;

namespace AiFunctions.Gateway.OutputFilter;

/// <summary>What is done about each category of output. Section <c>OutputFilter</c>.</summary>
internal sealed class OutputFilterOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "OutputFilter";

    internal const int MostTerms = 10_000;
    internal const int LongestTerm = 128;
    internal const int MostRules = 500;

    /// <summary>
    /// Action by category: <c>Redact</c>, <c>Block</c>, <c>Flag</c> or <c>Off</c>. Kept as text, so that a bad value is told by
    /// its setting's name. Categories without a span of text (<c>system_prompt</c>, <c>training_data</c>, <c>malicious_code</c>,
    /// <c>dangerous_instructions</c>) take no <c>Redact</c>.
    /// </summary>
    public IDictionary<string, string> Actions { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Policy terms, 2 to 128 characters each, up to 10 000. Found as whole words, in any case and width.</summary>
    public IList<string> Blocklist { get; } = [];

    /// <summary>Rules for secrets besides those of the gateway itself, up to 500: <c>issuer: shape conditions</c>.</summary>
    public IList<string> SecretRules { get; } = [];

    /// <summary>Who is asked about passages that may be dangerous instructions; nobody by default.</summary>
    public OutputContentSafetyOptions ContentSafety { get; set; } = new();
}
