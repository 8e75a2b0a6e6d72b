using AiFunctions.Gateway.Upstreams;
using AiFunctions.Gateway.Upstreams.Kinds;

namespace AiFunctions.Gateway.Tokens;

/// <summary>Knows models by their names.</summary>
internal static class ModelTokenizers
{
    private const string FineTuned = "ft:";

    // By tiktoken's own table (openai/tiktoken, tiktoken/model.py). Older ones use cl100k_base, which makes up to four times as many tokens of some scripts.
    private static readonly string[] O200kNames = ["gpt-4o", "chatgpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "o1", "o3", "o4-mini"];

    /// <summary>How a model counts, on the least known of the upstreams that serve it.</summary>
    public static TokenizerFamily For(string model, IEnumerable<Upstream> upstreams) =>
        IsO200k(model) || upstreams.Where(upstream => upstream.Serves(model)).All(upstream => upstream.Kind is SimulatorKind)
            ? TokenizerFamily.O200k
            : TokenizerFamily.Unknown;

    /// <summary>Tokens of the largest image: figures of OpenAI's vision guide for a 768 × 2048 picture, eight tiles.</summary>
    /// <returns>Null for a model with nothing special about it.</returns>
    public static int? ImageTokens(string model) => Without(model).StartsWith("gpt-4o-mini", StringComparison.Ordinal) ? 2833 + (8 * 5667) : null;

    private static bool IsO200k(string model)
    {
        var name = Without(model);
        foreach (var known in O200kNames)
        {
            // The name itself or a version of it: gpt-4o-2024-08-06, gpt-5.2; but o1x is some other model.
            if (name.StartsWith(known, StringComparison.Ordinal) && (name.Length == known.Length || name[known.Length] is '-' or '.' or ':'))
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<char> Without(string model) => model.StartsWith(FineTuned, StringComparison.Ordinal) ? model.AsSpan(FineTuned.Length) : model;
}
