using System.Collections.Frozen;
using System.Text.Json;
using AiFunctions.Gateway.Inference;

namespace AiFunctions.Gateway.Apis.ChatCompletions;

/// <summary>
/// Fields by which model servers let the length or the number of answers be set besides OpenAI's own, such as llama.cpp's <c>n_predict</c> and
/// Ollama's <c>options.num_predict</c>. A limit that holds for one name and not for the other would be none.
/// </summary>
internal sealed class OwnLimitFields
{
    private static readonly FrozenSet<string> MostNames = FrozenSet.ToFrozenSet(
        [
            "n_predict", "max_new_tokens", "num_predict", "max_output_tokens", "maxOutputTokens", "max_tokens_to_sample", "max_gen_len", "max_generation_length",
            "max_length", "maxTokens", "maxNewTokens", "max_generated_tokens",
        ],
        StringComparer.Ordinal);

    private static readonly FrozenSet<string> LeastNames = FrozenSet.ToFrozenSet(["min_tokens", "min_new_tokens", "min_length", "minTokens"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> CountNames = FrozenSet.ToFrozenSet(
        ["best_of", "num_return_sequences", "candidate_count", "candidateCount", "num_beams", "beam_width"], StringComparer.Ordinal);

    // Of OpenAI's own, and told apart where they stand at the top.
    private static readonly FrozenSet<string> InnerMostNames = FrozenSet.ToFrozenSet(["max_tokens", "max_completion_tokens"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> Containers = FrozenSet.ToFrozenSet(
        [
            "options", "parameters", "extra_body", "generation_config", "generationConfig", "sampling_params", "inference_params", "inferenceConfig", "model_kwargs",
            "config", "extra_params", "nvext", "reasoning", "provider_options",
        ],
        StringComparer.Ordinal);

    private List<(JsonSpot Spot, long Value)>? _limits;

    /// <summary>The longest answer that one of them asks for; 0 when none does.</summary>
    public long Most { get; private set; }

    /// <summary>The largest of all lengths among them.</summary>
    public long Largest { get; private set; }

    /// <summary>How many answers one of them asks for; 1 when none does.</summary>
    public long Choices { get; private set; } = 1;

    /// <summary>Takes the member of a request whose name the reader stands on, if it is one of them, and leaves the reader on its last token.</summary>
    /// <returns>Whether it is.</returns>
    public bool TryTake(ref Utf8JsonReader reader) => TryTake(ref reader, isInner: false);

    /// <summary>Lowers each to a cap.</summary>
    public void Lower(ref JsonSplices splices, long cap, byte[] capText)
    {
        foreach (var (spot, value) in _limits ?? [])
        {
            if (value > cap)
            {
                splices.Add(spot.Start, spot.Length, capText);
            }
        }
    }

    private bool TryTake(ref Utf8JsonReader reader, bool isInner)
    {
        var name = reader.GetString()!;
        var isMost = MostNames.Contains(name) || (isInner && InnerMostNames.Contains(name));
        if (isMost || LeastNames.Contains(name))
        {
            reader.Read();
            TakeLimit(ref reader, isMost);
            return true;
        }

        if (CountNames.Contains(name) || (isInner && name == "n"))
        {
            reader.Read();
            if (reader.TokenType is JsonTokenType.Number or JsonTokenType.String)
            {
                Choices = Math.Max(Choices, ValueOf(ref reader));
            }

            reader.Skip();
            return true;
        }

        if (!Containers.Contains(name))
        {
            return false;
        }

        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return true;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryTake(ref reader, isInner: true))
            {
                reader.Skip();
            }
        }

        return true;
    }

    private void TakeLimit(ref Utf8JsonReader reader, bool isMost)
    {
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String))
        {
            reader.Skip();
            return;
        }

        var value = ValueOf(ref reader);
        (_limits ??= []).Add((JsonSpot.Take(ref reader), value));
        Largest = Math.Max(Largest, value);
        Most = isMost ? Math.Max(Most, value) : Most;
    }

    // Less than one stands for no limit, and so does what cannot be read.
    private static long ValueOf(ref Utf8JsonReader reader) => ChatRequestOutline.Number(reader.ValueSpan) is > 0 and var value ? value : long.MaxValue;
}
