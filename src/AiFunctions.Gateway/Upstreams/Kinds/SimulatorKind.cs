using AiFunctions.Gateway.Upstreams.Simulator;
using Azure.Core;

namespace AiFunctions.Gateway.Upstreams.Kinds;

/// <summary>The model that is built in, for laptops and tests.</summary>
internal sealed class SimulatorKind : UpstreamKind
{
    /// <summary>What settings call it.</summary>
    public const string SettingName = "Simulator";

    /// <inheritdoc/>
    public override string Name => SettingName;

    /// <inheritdoc/>
    public override string ProviderName => "aifunctions.simulator";

    /// <inheritdoc/>
    public override Uri DefaultAddress { get; } = new("http://simulator.invalid/v1");

    /// <inheritdoc/>
    public override string OwnModel => "simulator";

    /// <inheritdoc/>
    public override ValueTask AuthorizeAsync(
        HttpRequestMessage request, UpstreamOptions options, Lazy<TokenCredential> credential, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    /// <inheritdoc/>
    public override HttpMessageHandler CreateHandler(SimulatorOptions simulator, TimeProvider time) => new SimulatorHandler(simulator, time);
}
