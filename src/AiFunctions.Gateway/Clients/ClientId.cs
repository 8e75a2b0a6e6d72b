using System.Buffers;
using System.Security.Cryptography;

namespace AiFunctions.Gateway.Clients;

/// <summary>The form of ids that the gateway gives out: 1 to 32 small letters and digits.</summary>
internal static class ClientId
{
    public const string Characters = "0123456789abcdefghijklmnopqrstuvwxyz";
    public const int LongestLength = 32;
    private const int Length = 12;

    public static readonly SearchValues<char> Allowed = SearchValues.Create(Characters);

    /// <summary>Makes a random id (62 bits); inserting it is conditional, so a clash cannot go unnoticed.</summary>
    public static string New() => RandomNumberGenerator.GetString(Characters, Length);

    /// <summary>Whether a text can be an id of ours at all, and so be safely used as a storage key.</summary>
    public static bool IsWellFormed(string? id) => id is { Length: > 0 and <= LongestLength } && !id.AsSpan().ContainsAnyExcept(Allowed);
}
