using Azure;

namespace AiFunctions.Gateway.Clients;

/// <summary>Someone who calls the gateway with credentials and limits of their own.</summary>
internal sealed record Client
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Tier { get; init; }

    public ClientLimits Limits { get; init; } = ClientLimits.None;

    /// <summary>The operations it may call; empty for all.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The models it may use; empty for all that are served.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>The application of the token authority that it is; null when it is none.</summary>
    public string? Application { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed: ever later, so that of two states the later is known.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The stored state that this was read from.</summary>
    public ETag ETag { get; init; }

    public bool MayUse(string model) => Models.Count == 0 || Models.Contains(model, StringComparer.Ordinal);
}
