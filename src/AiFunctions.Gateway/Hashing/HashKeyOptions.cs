namespace AiFunctions.Gateway.Hashing;

/// <summary>How credentials are checked. Section <c>Authentication</c>.</summary>
internal sealed class HashKeyOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Authentication";

    /// <summary>
    /// The secret that keys every stored hash: 32 characters or more, the same for all instances, kept for as long as issued keys
    /// shall work. Without it, it is derived from the storage account's key; needed where storage is used by managed identity.
    /// </summary>
    public string? HashKey { get; set; }
}
