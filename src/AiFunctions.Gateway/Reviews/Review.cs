namespace AiFunctions.Gateway.Reviews;

/// <summary>A suspicious text for an operator to decide on, as it is stored: what was last seen of it, and what was decided.</summary>
internal sealed record Review
{
    public required string Id { get; init; }

    public required ReviewSighting Sighting { get; init; }

    public required ReviewStatus Status { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>The operator's note.</summary>
    public string? Note { get; init; }
}
