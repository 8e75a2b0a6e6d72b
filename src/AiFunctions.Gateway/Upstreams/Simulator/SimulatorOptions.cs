namespace AiFunctions.Gateway.Upstreams.Simulator;

/// <summary>The built-in model's manner. Section <c>Simulator</c>.</summary>
public sealed class SimulatorOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Simulator";

    /// <summary>The slowest manner of streaming.</summary>
    public const int LongestWordDelayMilliseconds = 60_000;

    /// <summary>Milliseconds between two words of a streamed answer, 0 to 60 000.</summary>
    public int WordDelayMilliseconds { get; set; } = 20;
}
