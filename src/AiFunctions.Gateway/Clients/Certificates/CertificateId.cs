using System.Buffers;

namespace AiFunctions.Gateway.Clients.Certificates;

/// <summary>The form of certificates' ids: their SHA-256 thumbprints in 64 small hexadecimal digits.</summary>
internal static class CertificateId
{
    private const int Length = 64;
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public static string Of(ReadOnlySpan<byte> thumbprint) => Convert.ToHexStringLower(thumbprint);

    public static bool IsWellFormed(string? id) => id is { Length: Length } && !id.AsSpan().ContainsAnyExcept(Digits);
}
