using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Upstreams.Simulator;

/// <summary>The model that is built in: all operations that it has, and its manner.</summary>
internal sealed class SimulatedModel(IEnumerable<ISimulatedApi> apis, IOptions<SimulatorOptions> options, TimeProvider time)
{
    private readonly ISimulatedApi[] _apis = [.. apis];

    /// <summary>The time.</summary>
    public TimeProvider Time => time;

    /// <summary>The time between two words of a streamed answer.</summary>
    public TimeSpan WordDelay { get; } = TimeSpan.FromMilliseconds(options.Value.WordDelayMilliseconds);

    /// <summary>The operation at an address; null when there is none.</summary>
    public ISimulatedApi? At(Uri address) => Array.Find(_apis, api => address.AbsolutePath.EndsWith("/" + api.Path, StringComparison.Ordinal));
}
