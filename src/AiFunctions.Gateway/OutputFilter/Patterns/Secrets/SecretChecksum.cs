namespace AiFunctions.Gateway.OutputFilter.Patterns.Secrets;

/// <summary>How an issuer makes its secrets verifiable by themselves.</summary>
internal enum SecretChecksum
{
    None,

    /// <summary>The last six characters are the CRC-32 of those between the prefix and them, in base 62: GitHub and npm.</summary>
    Crc32,

    /// <summary>That of this gateway's own keys: over the prefix, too.</summary>
    OwnKey,
}
