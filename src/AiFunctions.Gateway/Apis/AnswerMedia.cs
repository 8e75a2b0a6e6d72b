using System.Buffers;

namespace AiFunctions.Gateway.Apis;

/// <summary>Images, sound and encrypted data in an answer, which no pattern may touch: long runs of base64, bare or in a <c>data:</c> address.</summary>
internal static class AnswerMedia
{
    private const int Shortest = 64; // shorter ones may be keys
    private const int LongestType = 100;

    private static readonly SearchValues<byte> Base64Bytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="u8);

    /// <summary>Whether a string is one.</summary>
    /// <param name="raw">What stands between its quotes.</param>
    public static bool Is(ReadOnlySpan<byte> raw)
    {
        if (raw.StartsWith("data:image/"u8) || raw.StartsWith("data:audio/"u8) || raw.StartsWith("data:video/"u8))
        {
            var comma = raw[..Math.Min(raw.Length, LongestType)].IndexOf(";base64,"u8);
            return comma >= 0 && !raw[(comma + ";base64,".Length)..].ContainsAnyExcept(Base64Bytes);
        }

        return raw.Length >= Shortest && !raw.ContainsAnyExcept(Base64Bytes);
    }
}
