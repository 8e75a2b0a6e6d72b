using System.IO.Hashing;
using System.Text;
using AiFunctions.Gateway.Clients;

namespace AiFunctions.Gateway.OutputFilter.Patterns.Secrets;

/// <summary>Tells what was drawn at random from what was written by hand.</summary>
internal static class SecretProof
{
    private const int ChecksumLength = 6;
    private const int Ascii = 128;
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly string[] StandIns =
    [
        "your", "YOUR", "xxxx", "XXXX", "here", "HERE", "example", "EXAMPLE",
        "token", "TOKEN", "secret", "SECRET", "placeholder", "replace", "insert",
    ];

    /// <summary>Whether a secret's checksum is right.</summary>
    /// <param name="checksum">How it is made.</param>
    /// <param name="secret">The whole secret.</param>
    /// <param name="prefix">How long the issuer's prefix is.</param>
    public static bool IsRight(SecretChecksum checksum, ReadOnlySpan<char> secret, int prefix) => checksum switch
    {
        SecretChecksum.Crc32 => secret.Length > prefix + ChecksumLength && EndsInCrc(secret[prefix..]),
        SecretChecksum.OwnKey => ApiKey.TryReadKeyId(secret) is not null,
        _ => false,
    };

    /// <summary>Shannon's entropy of the characters, in bits for each.</summary>
    public static double Entropy(ReadOnlySpan<char> text)
    {
        Span<ushort> counts = stackalloc ushort[Ascii];
        counts.Clear();
        foreach (var c in text)
        {
            counts[c & (Ascii - 1)]++;
        }

        var sum = 0.0;
        foreach (var count in counts)
        {
            sum += count > 1 ? count * Math.Log2(count) : 0;
        }

        return text.IsEmpty ? 0 : Math.Log2(text.Length) - (sum / text.Length);
    }

    /// <summary>Whether the text says that something is to be put in its place. What has a digit is not taken for words.</summary>
    public static bool IsStandIn(ReadOnlySpan<char> text)
    {
        if (text.ContainsAnyInRange('0', '9'))
        {
            return false;
        }

        foreach (var each in StandIns)
        {
            if (text.Contains(each, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static bool EndsInCrc(ReadOnlySpan<char> text)
    {
        var body = text[..^ChecksumLength];
        Span<byte> bytes = stackalloc byte[ShapePart.Longest];
        if (body.Length > bytes.Length)
        {
            return false;
        }

        var crc = Crc32.HashToUInt32(bytes[..Encoding.ASCII.GetBytes(body, bytes)]);
        for (var i = text.Length - 1; i >= body.Length; i--)
        {
            if (text[i] != Base62[(int)(crc % Base62.Length)])
            {
                return false;
            }

            crc /= (uint)Base62.Length;
        }

        return true;
    }
}
