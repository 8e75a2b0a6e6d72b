using AiFunctions.Gateway.Errors;

namespace AiFunctions.Gateway.Blocks;

/// <summary>A block, under way or ended. Nothing of it changes; a newer one takes its place.</summary>
internal sealed record Block
{
    public required BlockSubject Subject { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>An operator's note, or what led to the block.</summary>
    public string? Reason { get; init; }

    /// <summary>How many blocks for violations there have been in a row, this one included; an operator's adds none.</summary>
    public required int Count { get; init; }

    /// <summary>Whether the table has it, and so whether its absence from the table means that it was lifted.</summary>
    public required bool IsStored { get; init; }

    /// <summary>What this instance may still spend on strangers from the address.</summary>
    public LookUpAllowance LookUps { get; } = new();

    public bool IsInForce(DateTimeOffset now) => now < ExpiresAt;

    /// <summary>What the blocked caller is told: 403, and the seconds until the end.</summary>
    public GatewayError ToError(DateTimeOffset now) => GatewayErrors.TemporarilyBlocked with { RetryAfterSeconds = SecondsLeft(now) };

    /// <summary>Whole seconds, rounded up, so that whoever waits exactly that long finds it ended.</summary>
    public int SecondsLeft(DateTimeOffset now) => Math.Max(1, (int)Math.Ceiling((ExpiresAt - now).TotalSeconds));
}
