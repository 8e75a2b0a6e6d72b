using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;

namespace AiFunctions.Gateway.Clients;

/// <summary>The form of an API key: <c>aif_&lt;key id&gt;_&lt;secret&gt;&lt;checksum&gt;</c>.</summary>
/// <remarks>
/// The key id is the client's id and 8 characters more, so that both records are found by point reads. The secret is 43 random
/// base-62 characters (256.03 bits). The checksum, a CRC-32 in 6 base-62 characters over all before it, lets a mistyped or
/// made-up key be refused without a storage look-up, and lets secret scanners tell a key from look-alikes.
/// </remarks>
internal static class ApiKey
{
    public const string Prefix = "aif_";
    public const int SecretLength = 43;
    public const int ChecksumLength = 6;
    public const int KeyIdSuffixLength = 8;
    private const int LongestKeyId = Clients.ClientId.LongestLength;
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>Makes a key id for a client.</summary>
    public static string NewKeyId(string clientId) => clientId + RandomNumberGenerator.GetString(Clients.ClientId.Characters, KeyIdSuffixLength);

    /// <summary>How long the key of an id is.</summary>
    public static int LengthOf(string keyId) => Prefix.Length + keyId.Length + 1 + SecretLength + ChecksumLength;

    /// <summary>Makes a key with a new secret.</summary>
    public static string Create(string keyId) => string.Create(LengthOf(keyId), keyId, static (key, id) => Create(id, key));

    /// <summary>Makes a key with a new secret, of which nothing is left elsewhere in memory.</summary>
    /// <param name="keyId">Its id.</param>
    /// <param name="key">Takes it: <see cref="LengthOf"/> characters.</param>
    public static void Create(string keyId, Span<char> key)
    {
        Prefix.CopyTo(key);
        keyId.CopyTo(key[Prefix.Length..]);
        key[Prefix.Length + keyId.Length] = '_';
        RandomNumberGenerator.GetItems<char>(Base62, key.Slice(Prefix.Length + keyId.Length + 1, SecretLength));
        Checksum(key[..^ChecksumLength]).CopyTo(key[^ChecksumLength..]);
    }

    /// <summary>Reads a key's id if the key is well formed and its checksum is right; else null. Touches no storage.</summary>
    public static string? TryReadKeyId(ReadOnlySpan<char> key)
    {
        var idLength = key.Length - Prefix.Length - 1 - SecretLength - ChecksumLength;
        if (idLength <= KeyIdSuffixLength || idLength > LongestKeyId || !key.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var id = key.Slice(Prefix.Length, idLength);
        var secret = key[(Prefix.Length + idLength + 1)..];
        if (key[Prefix.Length + idLength] != '_'
            || id.ContainsAnyExcept(Clients.ClientId.Allowed)
            || secret.ContainsAnyExceptInRange('0', 'z')
            || !key[^ChecksumLength..].SequenceEqual(Checksum(key[..^ChecksumLength])))
        {
            return null;
        }

        return id.ToString();
    }

    /// <summary>The id of the client that a key id belongs to.</summary>
    public static string ClientIdOf(string keyId) => keyId[..^KeyIdSuffixLength];

    private static string Checksum(ReadOnlySpan<char> text)
    {
        Span<byte> ascii = stackalloc byte[text.Length];
        Encoding.ASCII.GetBytes(text, ascii);
        var crc = Crc32.HashToUInt32(ascii);
        return string.Create(ChecksumLength, crc, static (characters, value) =>
        {
            for (var i = characters.Length - 1; i >= 0; i--)
            {
                characters[i] = Base62[(int)(value % 62)];
                value /= 62;
            }
        });
    }
}
