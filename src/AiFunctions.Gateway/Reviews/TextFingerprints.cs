using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using AiFunctions.Gateway.Hashing;
using AiFunctions.Gateway.Text;

namespace AiFunctions.Gateway.Reviews;

/// <summary>Makes the fingerprints that reviews go by: the same on every instance, and the same for texts that differ only in what nobody sees.</summary>
internal sealed class TextFingerprints(KeyedHash hash)
{
    /// <summary>The fingerprint of a text, of which white space, invisible characters and case do not count.</summary>
    public TextFingerprint Of(ReadOnlySpan<char> text)
    {
        var buffer = ArrayPool<char>.Shared.Rent(text.Length);
        var length = 0;
        try
        {
            length = Canonicalize(text, buffer);
            return new TextFingerprint(hash.OfText(MemoryMarshal.AsBytes(buffer.AsSpan(0, length))));
        }
        finally
        {
            buffer.AsSpan(0, length).Clear(); // a client's text
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    /// <summary>Begins the hash of a text that comes in pieces. It is not the one that <see cref="Of"/> makes.</summary>
    public StreamedTextHash Begin() => new(hash.BeginAnswer());

    /// <summary>The fingerprint that stands for several texts, given their hashes.</summary>
    public TextFingerprint OfParts(ReadOnlySpan<byte> hashes) => new(hash.OfText(hashes));

    /// <summary>Writes the canonical form.</summary>
    /// <param name="text">The text.</param>
    /// <param name="canonical">Gets it; no shorter than the text.</param>
    /// <returns>Its length.</returns>
    internal static int Canonicalize(ReadOnlySpan<char> text, Span<char> canonical)
    {
        var length = 0;
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (char.IsAscii(c))
            {
                i++;
                if (c > ' ' && c != '\x7f')
                {
                    canonical[length++] = char.ToLowerInvariant(c);
                }

                continue;
            }

            Rune.DecodeFromUtf16(text[i..], out var rune, out var consumed);
            i += consumed;
            if (Counts(rune))
            {
                // Of a letter in another plane the other case is there too, so the length stays.
                length += Rune.ToLowerInvariant(rune).EncodeToUtf16(canonical[length..]);
            }
        }

        return length;
    }

    /// <summary>Whether a character is part of the canonical form.</summary>
    internal static bool Counts(Rune rune) => !Rune.IsWhiteSpace(rune) && !Rune.IsControl(rune) && !InvisibleCharacters.Contains(rune);
}
