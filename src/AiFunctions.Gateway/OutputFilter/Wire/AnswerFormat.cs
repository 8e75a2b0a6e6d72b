namespace AiFunctions.Gateway.OutputFilter.Wire;

/// <summary>
/// Where the text is in a wire format. Every string of a choice is text, also in members that are not known here, unless it is named
/// among those that hold none: a new member of a model server is filtered, not forgotten.
/// </summary>
internal sealed class AnswerFormat
{
    /// <summary>OpenAI's chat completions and legacy completions, whole and streamed.</summary>
    public static readonly AnswerFormat OpenAIChoices = new()
    {
        Choices = "choices",
        FinishReason = "finish_reason",
        Blocked = "content_filter",
        Probabilities = "logprobs",
        Json = ["arguments"],
        WithoutText =
        [
            "role", "id", "type", "name", "object", "status", "format", "data", "signature", "encrypted_content", "index", "stop_reason", "matched_stop",
            "annotations", "content_filter_results", "content_filter_offsets", "expires_at", "recipient", "mime_type",
        ],
    };

    /// <summary>The array of alternative answers, each with its <c>index</c>.</summary>
    public required string Choices { get; init; }

    /// <summary>A choice's member that ends it.</summary>
    public required string FinishReason { get; init; }

    /// <summary>What it says when text was withheld.</summary>
    public required string Blocked { get; init; }

    /// <summary>A choice's member that spells the text a second time, by token; null takes its place.</summary>
    public required string Probabilities { get; init; }

    /// <summary>Members whose text is JSON itself.</summary>
    public required string[] Json { get; init; }

    /// <summary>Members that hold no text of the model; they pass byte for byte.</summary>
    public required string[] WithoutText { get; init; }
}
