namespace AiFunctions.Local.Startup;

/// <summary>What only the Local host does. Section <c>Local</c>.</summary>
internal sealed class LocalOptions
{
    public const string Section = "Local";

    /// <summary>Whether the first start makes a client to try the gateway with.</summary>
    public bool DemoClient { get; set; } = true;

    /// <summary>Whether this start has made the secret that keys the stored hashes, so that no key of before works. No setting.</summary>
    internal bool HashKeyIsNew { get; set; }
}
