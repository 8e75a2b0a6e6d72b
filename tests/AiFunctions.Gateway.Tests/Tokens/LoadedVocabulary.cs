using AiFunctions.Gateway.Tokens;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tests.Tokens;

/// <summary>The vocabulary, loaded once for all tests.</summary>
public sealed class LoadedVocabulary : IAsyncLifetime
{
    internal static O200kVocabulary Shared { get; } = new();

    internal static TokenEstimator Estimator(int bytesPerToken = 1, int imageTokens = 4096) =>
        new(Shared, Options.Create(new TokenOptions { BytesPerToken = bytesPerToken, ImageTokens = imageTokens }));

    /// <summary>Waits for it.</summary>
    public async ValueTask InitializeAsync() => await Shared.Loaded;

    /// <summary>Nothing.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
