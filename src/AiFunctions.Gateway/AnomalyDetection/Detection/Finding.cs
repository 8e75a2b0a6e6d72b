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

    public required DateTimeOffset WindowStart { get; init; }

    public required DateTimeOffset WindowEnd { get; init; }
}
