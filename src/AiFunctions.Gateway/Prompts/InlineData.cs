using System.Buffers;
using System.Text;

namespace AiFunctions.Gateway.Prompts;

/// <summary>Tells data in base64 from text by its looks.</summary>
internal static class InlineData
{
    /// <summary>What stands before the comma of a data address and is longer than this is no media type, but a text that looks like one.</summary>
    public const int LongestMediaType = 128;

    private const int ShortestBase64 = 1024;

    // What JSON and MIME put between is among them.
    private static readonly SearchValues<byte> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=\\\r\n\t"u8);

    private static ReadOnlySpan<byte> Scheme => "data:"u8;

    /// <summary>Where the data of a data address begins; 0 for what is none.</summary>
    public static int StartOf(ReadOnlySpan<byte> address)
    {
        if (address.Length < Scheme.Length || !Ascii.EqualsIgnoreCase(address[..Scheme.Length], Scheme))
        {
            return 0;
        }

        var comma = address[..Math.Min(address.Length, LongestMediaType + 1)].IndexOf((byte)',');
        return comma + 1;
    }

    /// <summary>Whether the string, long as it is, holds base64 and nothing else.</summary>
    /// <param name="escaped">What stands between a JSON string's quotation marks.</param>
    public static bool IsLongBase64(ReadOnlySpan<byte> escaped) =>
        escaped.Length >= ShortestBase64 && !escaped[StartOf(escaped)..].ContainsAnyExcept(Base64);
}
