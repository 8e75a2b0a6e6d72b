namespace AiFunctions.Gateway.AnomalyDetection.Detection;

/// <summary>One thing that is unusual about a client in one slice, in numbers.</summary>
internal sealed record Finding
{
    public required string ClientId { get; init; }

    public required AnomalyKind Kind { get; init; }

    public required AnomalySeverity Severity { get; init; }

    /// <summary>What the numbers count; for example <c>requests</c>.</summary>
    public required string Measure { get; init; }

    public required double Seen { get; init; }

    /// <summary>What the client's past lets expect.</summary>
    public required double Expected { get; init; }

    /// <summary>From where on it counts as unusual.</summary>
    public required double Threshold { get; init; }

    /// <summary>How many times the threshold was seen; for what is unusually little, how many times what was seen fits in it.</summary>
    public double Excess => Seen == 0 || Threshold == 0 ? 0 : Math.Max(Seen / Threshold, Threshold / Seen);

    public required DateTimeOffset WindowStart { get; init; }

    public required DateTimeOffset WindowEnd { get; init; }
}
