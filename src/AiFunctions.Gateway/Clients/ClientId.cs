using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;

namespace AiFunctions.Gateway.Clients;

/// <summary>The form of ids that the gateway gives out: 1 to 32 small letters and digits.</summary>
internal static class ClientId
{
    public const string Characters = "0123456789abcdefghijklmnopqrstuvwxyz";
    public const int LongestLength = 32;
    private const int Length = 12;
    private const string ApplicationPrefix = "jwta";
    private const string UserPrefix = "jwtu";
    private const int HashDigits = 28;

    public static readonly SearchValues<char> Allowed = SearchValues.Create(Characters);

    /// <summary>Makes a random id (62 bits); inserting it is conditional, so a clash cannot go unnoticed.</summary>
    public static string New() => RandomNumberGenerator.GetString(Characters, Length);

    /// <summary>The id of an application of the token authority, made from its hash (112 bits). Random ids are shorter.</summary>
    public static string OfApplication(UInt128 hash) => ApplicationPrefix + Hex(hash);

    /// <summary>The id of a user within a client, made from the hash of both.</summary>
    public static string OfUser(UInt128 hash) => UserPrefix + Hex(hash);

    /// <summary>Whether an id is one that no client record need exist for: an application's, or a user's.</summary>
    public static bool IsOfToken(string id) =>
        id.Length == LongestLength
        && (id.StartsWith(ApplicationPrefix, StringComparison.Ordinal) || id.StartsWith(UserPrefix, StringComparison.Ordinal))
        && IsWellFormed(id);

    /// <summary>Whether a text can be an id of ours at all, and so be safely used as a storage key.</summary>
    public static bool IsWellFormed(string? id) => id is { Length: > 0 and <= LongestLength } && !id.AsSpan().ContainsAnyExcept(Allowed);

    private static string Hex(UInt128 hash) => hash.ToString("x32", CultureInfo.InvariantCulture)[..HashDigits];
}
