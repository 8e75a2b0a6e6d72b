using System.Text.Json;

namespace AiFunctions.Gateway.Apis;

/// <summary>The object <c>usage</c> of OpenAI's API: <c>prompt_tokens</c>, <c>completion_tokens</c>, <c>total_tokens</c>.</summary>
internal static class OpenAIUsage
{
    /// <summary>Reads it.</summary>
    /// <param name="usage">A JSON object.</param>
    /// <returns>The tokens used, and those of the prompt among them; zeros where it reports none.</returns>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    public static (long Used, long Prompt) Read(ReadOnlySpan<byte> usage)
    {
        var (total, prompt, completion) = (0L, 0L, 0L);
        var reader = new Utf8JsonReader(usage);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("total_tokens"u8))
            {
                total = Number(ref reader);
            }
            else if (reader.ValueTextEquals("prompt_tokens"u8))
            {
                prompt = Number(ref reader);
            }
            else if (reader.ValueTextEquals("completion_tokens"u8))
            {
                completion = Number(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        // Some servers count reasoning in the total only. A report of nothing is no report: a prompt is at least a token.
        return (Math.Max(total, prompt + completion), prompt);
    }

    private static long Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        var number = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value) ? Math.Max(value, 0) : 0;
        reader.Skip();
        return number;
    }
}
