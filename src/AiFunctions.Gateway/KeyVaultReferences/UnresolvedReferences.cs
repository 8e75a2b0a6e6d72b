namespace AiFunctions.Gateway.KeyVaultReferences;

/// <summary>Settings that are Key Vault references still.</summary>
/// <remarks>
/// App Service and Functions put the secret in the reference's place. Where they cannot, the setting keeps the reference's own text, which
/// anyone can guess: as a key it would let anyone in.
/// </remarks>
internal sealed class UnresolvedReferences
{
    /// <summary>How a reference begins.</summary>
    public const string Prefix = "@Microsoft.KeyVault(";

    /// <summary>Their names, as app settings.</summary>
    public IReadOnlyList<string> Settings { get; set; } = [];
}
