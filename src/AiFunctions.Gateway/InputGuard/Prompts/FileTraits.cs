using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace AiFunctions.Gateway.InputGuard.Prompts;

/// <summary>What the bytes of a file are like.</summary>
internal readonly ref struct FileTraits
{
    /// <summary>How much is kept to tell the encoding.</summary>
    public const int SampleLength = 4096;

    /// <summary>The least that may be base64.</summary>
    private const int ShortestBase64 = 16;

    private const int LongestSequence = 4;

    // Tab, line feed, form feed, carriage return, escape.
    private const uint ControlsOfText = (1u << '\t') | (1u << '\n') | (1u << '\f') | (1u << '\r') | (1u << 0x1B);

    private static readonly SearchValues<byte> Base64OfAnyForm = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_= \t\r\n"u8);

    private readonly bool _isInBase64;

    private FileTraits(ReadOnlySpan<byte> head, long length, long printable, long controls, bool isUtf8, bool isInBase64, bool hasSpace)
    {
        Head = head;
        Length = length;
        Printable = printable;
        Controls = controls;
        IsPlain = isUtf8 && controls == 0;
        _isInBase64 = isInBase64;
        HasSpace = hasSpace;
    }

    /// <summary>The first bytes.</summary>
    public ReadOnlySpan<byte> Head { get; }

    /// <summary>How many bytes there are.</summary>
    public long Length { get; }

    /// <summary>How many are printable ASCII.</summary>
    public long Printable { get; }

    /// <summary>How many are control characters that are in no text.</summary>
    public long Controls { get; }

    /// <summary>Whether they are UTF-8 without such characters.</summary>
    public bool IsPlain { get; }

    /// <summary>Whether they may be base64.</summary>
    public bool IsBase64 => _isInBase64 && Length >= ShortestBase64;

    /// <summary>Whether there is a space among them.</summary>
    public bool HasSpace { get; }

    /// <summary>Looks at a file.</summary>
    /// <param name="file">The file; is read to its end.</param>
    /// <param name="head">Where its first bytes are kept.</param>
    public static FileTraits Of(scoped ref FileBytes file, Span<byte> head)
    {
        var (length, printable, controls) = (0L, 0L, 0L);
        var (isUtf8, isInBase64, hasSpace) = (true, true, false);
        var open = 0;
        file.Rewind();
        while (file.Read(open) is > 0 and var read)
        {
            var piece = file.Window.Slice(open, read);
            if (length < head.Length)
            {
                piece[..(int)Math.Min(head.Length - length, read)].CopyTo(head[(int)length..]);
            }

            length += read;
            foreach (var b in piece)
            {
                printable += b is >= 0x20 and < 0x7F ? 1 : 0;
                controls += b == 0x7F || (b < 0x20 && (ControlsOfText >> b & 1) == 0) ? 1 : 0;
            }

            isInBase64 = isInBase64 && !piece.ContainsAnyExcept(Base64OfAnyForm);
            hasSpace = hasSpace || piece.Contains((byte)' ');
            if (isUtf8)
            {
                var all = file.Window[..(open + read)];
                open = OpenLength(all);
                isUtf8 = Utf8.IsValid(all[..^open]);
                all[^open..].CopyTo(all);
            }

            open = isUtf8 ? open : 0;
        }

        return new FileTraits(head[..(int)Math.Min(head.Length, length)], length, printable, controls, isUtf8 && open == 0, isInBase64, hasSpace);
    }

    // How much of a character that goes on behind them stands at the bytes' end.
    private static int OpenLength(ReadOnlySpan<byte> bytes)
    {
        for (var length = 1; length < LongestSequence && length <= bytes.Length; length++)
        {
            if (bytes[^length] >= 0xC0)
            {
                return Rune.DecodeFromUtf8(bytes[^length..], out _, out _) == OperationStatus.NeedMoreData ? length : 0;
            }
        }

        return 0;
    }
}
