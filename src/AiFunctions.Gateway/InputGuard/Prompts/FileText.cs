using System.Buffers;
using System.Text;

namespace AiFunctions.Gateway.InputGuard.Prompts;

/// <summary>Reads the bytes of a file as text, in the encoding that they seem to be in.</summary>
/// <remarks>
/// A reader down the line may pass over what is wrong or put a sign in its place, and goes by what it finds rather than by what was declared. So one
/// wrong byte makes no text unreadable, and what is declared only decides where the bytes do not.
/// </remarks>
internal static class FileText
{
    /// <summary>One control character in so many bytes is in no text, unless it is declared as one.</summary>
    private const int BytesPerControl = 20;

    private static readonly byte[][] Formats =
    [
        [.. "%PDF-"u8], [.. "PK"u8, 3, 4], [.. "PK"u8, 5, 6], [0x89, .. "PNG"u8], [0xFF, 0xD8, 0xFF], [.. "GIF8"u8], [.. "RIFF"u8], [0x1F, 0x8B], [.. "ID3"u8],
        [.. "OggS"u8], [.. "fLaC"u8], [0xD0, 0xCF, 0x11, 0xE0], [.. "7z"u8, 0xBC, 0xAF], [.. "Rar!"u8], [0x7F, .. "ELF"u8], [.. "BM"u8], [.. "II*"u8, 0], [.. "MM"u8, 0, .. "*"u8],
    ];

    private static readonly Encoding Utf8Only = Forgiving(Encoding.UTF8);
    private static readonly Encoding Utf16 = Forgiving(Encoding.Unicode);
    private static readonly Encoding Utf16BigEndian = Forgiving(Encoding.BigEndianUnicode);
    private static readonly Encoding Utf32 = Forgiving(Encoding.UTF32);
    private static readonly Encoding Utf32BigEndian = Forgiving(new UTF32Encoding(bigEndian: true, byteOrderMark: false));

    /// <summary>Whether the bytes are text beyond doubt, with some of them wrong perhaps; what words turn into when they are taken for base64 is not.</summary>
    public static bool LooksLikeText(scoped in FileTraits traits) =>
        traits.Printable >= traits.Length * 3 / 4 || traits.IsPlain || MarkedEncoding(traits.Head) is not null || WideEncoding(traits.Head).IsSure;

    /// <summary>Adds the text.</summary>
    /// <param name="file">The file.</param>
    /// <param name="traits">What it is like.</param>
    /// <param name="type">What was declared of it.</param>
    /// <param name="text">Where it goes.</param>
    /// <param name="most">How much of it is wanted, in UTF-16 code units.</param>
    /// <returns>Whether it is text.</returns>
    public static bool Append(scoped ref FileBytes file, scoped in FileTraits traits, FileType type, PooledText text, int most)
    {
        if (traits.Length == 0)
        {
            return true;
        }

        if (MarkedEncoding(traits.Head) is { } marked)
        {
            text.Append(ref file, marked, most);
            if (marked != Utf8Only && IsMostlyText(traits, traits.Head[2..]))
            {
                text.Append(ref file, Utf8Only, most); // a mark alone makes no wide characters
            }

            return true;
        }

        if (traits.IsPlain)
        {
            text.Append(ref file, Encoding.UTF8, most);
            if (type.IsUtf16)
            {
                text.Append(ref file, Utf16, most); // as it was declared
            }

            return true;
        }

        var (wide, isSure) = WideEncoding(traits.Head);
        isSure = isSure && traits.Controls >= traits.Length * 3 / 10; // what goes for its beginning goes for the whole
        wide ??= type.IsUtf16 ? Utf16 : null;
        var isNarrow = !isSure && (type.IsText || IsMostlyText(traits, traits.Head));
        if (isNarrow && HasLettersOfUtf8(traits.Head))
        {
            text.Append(ref file, Utf8Only, most);
        }
        else if (isNarrow)
        {
            text.AppendWindows1252(ref file, most);
        }

        if (wide is not null)
        {
            text.Append(ref file, wide, most);
        }

        return isNarrow || wide is not null;
    }

    private static Encoding? MarkedEncoding(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, ..] => Utf8Only,
        [0xFF, 0xFE, 0, 0, ..] => Utf32,
        [0, 0, 0xFE, 0xFF, ..] => Utf32BigEndian,
        [0xFF, 0xFE, ..] => Utf16,
        [0xFE, 0xFF, ..] => Utf16BigEndian,
        _ => null,
    };

    // Spaces, digits and Latin letters have a zero for their upper byte: some are in text of any script, and in the scripts of most languages all upper
    // bytes are small. In files that are no text zeros stand anywhere.
    private static (Encoding? Encoding, bool IsSure) WideEncoding(ReadOnlySpan<byte> bytes)
    {
        if (HasKnownFormat(bytes))
        {
            return default;
        }

        bytes = bytes[..(bytes.Length & ~3)];
        Span<int> zeros = stackalloc int[4];
        Span<int> small = stackalloc int[2];
        for (var i = 0; i < bytes.Length; i++)
        {
            zeros[i % 4] += bytes[i] == 0 ? 1 : 0;
            small[i % 2] += bytes[i] is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\v' or (byte)'\f' or (byte)'\r') ? 1 : 0;
        }

        var quarter = bytes.Length / 4;
        var most = quarter * 2 * 4 / 5;
        var some = Math.Max(1, quarter / 16);
        var few = some / 4;
        var (low, high) = (zeros[0] + zeros[2], zeros[1] + zeros[3]);
        return quarter > 0 && zeros[3] == quarter && zeros[2] >= quarter * 9 / 10 && zeros[0] <= few ? (Utf32, true)
            : quarter > 0 && zeros[0] == quarter && zeros[1] >= quarter * 9 / 10 && zeros[3] <= few ? (Utf32BigEndian, true)
            : high >= some && low <= few ? (Utf16, small[1] >= most)
            : low >= some && high <= few ? (Utf16BigEndian, small[0] >= most)
            : default;
    }

    private static bool IsMostlyText(scoped in FileTraits traits, ReadOnlySpan<byte> head) =>
        !HasKnownFormat(head) && traits.Controls <= Math.Max(1, traits.Length / BytesPerControl);

    private static bool HasKnownFormat(ReadOnlySpan<byte> bytes)
    {
        foreach (var format in Formats)
        {
            if (bytes.StartsWith(format))
            {
                return true;
            }
        }

        return false;
    }

    // Of bytes beyond ASCII, most are either parts of UTF-8's sequences or none are.
    private static bool HasLettersOfUtf8(ReadOnlySpan<byte> bytes)
    {
        var whole = 0;
        var broken = 0;
        while (bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF) is >= 0 and var next)
        {
            bytes = bytes[next..];
            var isWhole = Rune.DecodeFromUtf8(bytes, out _, out var length) == OperationStatus.Done;
            whole += isWhole ? 1 : 0;
            broken += isWhole ? 0 : 1;
            bytes = bytes[length..];
        }

        return whole >= broken;
    }

    // What is wrong is left out, so that it cannot stand between the letters of a word.
    private static Encoding Forgiving(Encoding encoding)
    {
        encoding = (Encoding)encoding.Clone();
        encoding.DecoderFallback = new DecoderReplacementFallback("");
        return encoding;
    }
}
