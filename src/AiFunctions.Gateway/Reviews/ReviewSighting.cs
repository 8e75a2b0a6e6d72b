
namespace AiFunctions.Gateway.Reviews;

/// <summary>That a suspicious text was seen, once or more, and all that may be kept about it: nothing of the text.</summary>
internal sealed record ReviewSighting
{
    public required ReviewSubject Subject { get; init; }

    public required DateTimeOffset FirstSeenAt { get; init; }

    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>How many times.</summary>
    public required int Count { get; init; }

    /// <summary>The key that the request came with; empty when it came with a token or a certificate.</summary>
    public required string KeyId { get; init; }

    public required string RequestId { get; init; }

    public required string Operation { get; init; }

    /// <summary>The model, if an operator has named it somewhere; what only the caller calls so is not kept.</summary>
    public string? Model { get; init; }

    /// <inheritdoc cref="ReviewFinding.Score"/>
    public required double Score { get; init; }

    /// <inheritdoc cref="ReviewFinding.Reasons"/>
    public required IReadOnlyList<string> Reasons { get; init; }

    public required ReviewVerdict Verdict { get; init; }

    /// <summary>The text's length in UTF-16 code units.</summary>
    public required int Characters { get; init; }

    /// <summary>This sighting and an earlier one of the same text as one.</summary>
    public ReviewSighting After(ReviewSighting earlier) => this with { FirstSeenAt = earlier.FirstSeenAt, Count = Count + earlier.Count };
}
