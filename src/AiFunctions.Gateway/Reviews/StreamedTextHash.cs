using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace AiFunctions.Gateway.Reviews;

/// <summary>
/// Hashes a text as it comes, in its canonical form (see <see cref="TextFingerprints"/>) in UTF-8. However the text is cut, the hash is the
/// same; of the text itself no more is kept than the buffer that is hashed next.
/// </summary>
internal sealed class StreamedTextHash : IDisposable
{
    private const int LongestRune = 4;

    // One byte for each ASCII character, 0 for those that do not count.
    private static readonly byte[] Ascii =
        [.. Enumerable.Range(0, 128).Select(c => c is <= ' ' or 0x7F ? (byte)0 : (byte)char.ToLowerInvariant((char)c))];

    private readonly IncrementalHash _hash;
    private readonly byte[] _buffer = new byte[512];
    private int _count;
    private char _highSurrogate;

    /// <param name="hash">A keyed hash, which is disposed with this.</param>
    public StreamedTextHash(IncrementalHash hash) => _hash = hash;

    /// <summary>The text's length in UTF-16 code units.</summary>
    public long Characters { get; private set; }

    /// <summary>Whether nothing came that counts.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>Takes the next chunk.</summary>
    public void Append(ReadOnlySpan<char> chunk)
    {
        Characters += chunk.Length;
        for (var i = 0; i < chunk.Length;)
        {
            if (_highSurrogate != '\0')
            {
                i += Join(chunk[i]);
                continue;
            }

            var room = _buffer.Length - _count;
            if (room < LongestRune)
            {
                Flush();
                room = _buffer.Length;
            }

            i += AppendAscii(chunk.Slice(i, Math.Min(room, chunk.Length - i)));
            if (i < chunk.Length && !char.IsAscii(chunk[i]) && _count <= _buffer.Length - LongestRune)
            {
                i += AppendRune(chunk[i..]);
            }
        }
    }

    /// <summary>Says that the text has ended.</summary>
    /// <param name="destination">Gets the hash, 32 bytes.</param>
    public void Complete(Span<byte> destination)
    {
        if (_highSurrogate != '\0')
        {
            _highSurrogate = '\0';
            Add(Rune.ReplacementChar);
        }

        Flush();
        _hash.GetHashAndReset(destination);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffer.AsSpan().Clear(); // a model's text
        _hash.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int AppendAscii(ReadOnlySpan<char> text)
    {
        var ascii = Ascii.AsSpan();
        var buffer = _buffer.AsSpan(_count, Math.Min(text.Length, _buffer.Length - _count));
        var written = 0;
        var i = 0;
        for (; i < text.Length; i++)
        {
            var c = text[i];
            if (c >= ascii.Length)
            {
                break;
            }

            var b = ascii[c];
            buffer[written] = b; // overwritten by the next one when it does not count
            written += b != 0 ? 1 : 0;
        }

        _count += written;
        IsEmpty &= written == 0;
        return i;
    }

    private int AppendRune(ReadOnlySpan<char> text)
    {
        if (Rune.DecodeFromUtf16(text, out var rune, out var consumed) == OperationStatus.NeedMoreData)
        {
            _highSurrogate = text[0]; // its other half may come with the next chunk
            return 1;
        }

        Add(rune);
        return consumed;
    }

    private int Join(char next)
    {
        var high = _highSurrogate;
        _highSurrogate = '\0';
        var isPair = char.IsLowSurrogate(next);
        Add(isPair ? new Rune(high, next) : Rune.ReplacementChar);
        return isPair ? 1 : 0;
    }

    private void Add(Rune rune)
    {
        if (!TextFingerprints.Counts(rune))
        {
            return;
        }

        if (_buffer.Length - _count < LongestRune)
        {
            Flush();
        }

        _count += Rune.ToLowerInvariant(rune).EncodeToUtf8(_buffer.AsSpan(_count));
        IsEmpty = false;
    }

    private void Flush()
    {
        _hash.AppendData(_buffer, 0, _count);
        _count = 0;
    }
}
