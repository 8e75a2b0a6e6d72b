using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AiFunctions.Gateway.InputGuard.Prompts;

/// <summary>A text that grows in a pooled buffer, which is wiped before anyone else gets it.</summary>
internal sealed class PooledText : IDisposable
{
    private const int FirstCapacity = 1024;
    private const int Block = 4096;

    // Its characters where ISO 8859-1 has controls.
    private const string Windows1252 =
        "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f"
        + "\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";

    private char[] _buffer = [];
    private int _length;

    public ReadOnlySpan<char> Span => _buffer.AsSpan(0, _length);

    public ReadOnlyMemory<char> Memory => _buffer.AsMemory(0, _length);

    public int Length => _length;

    public void Append(ReadOnlySpan<char> text)
    {
        text.CopyTo(Reserve(text.Length));
        _length += text.Length;
    }

    /// <summary>Appends a JSON string, unescaped.</summary>
    /// <param name="value">A string whose escapes are valid, as <see cref="RequestBody.JsonStructure"/> has made sure.</param>
    public void Append(JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        var reader = new Utf8JsonReader(raw);
        reader.Read();
        _length += reader.CopyString(Reserve(raw.Length));
    }

    /// <summary>Appends a file's text in an encoding, and no more of it than is wanted.</summary>
    /// <param name="file">The file.</param>
    /// <param name="encoding">What it is in.</param>
    /// <param name="most">How much of it is wanted, in UTF-16 code units. A few more may come.</param>
    public void Append(scoped ref FileBytes file, Encoding encoding, int most)
    {
        var decoder = encoding.GetDecoder();
        var taken = 0;
        file.Rewind();
        while (taken < most && file.Read() is > 0 and var read)
        {
            for (var bytes = file.Window[..read]; !bytes.IsEmpty && taken < most;)
            {
                var length = Math.Min(bytes.Length, Block) + 2;
                decoder.Convert(bytes, Reserve(length)[..length], flush: false, out var used, out var written, out _);
                bytes = bytes[used..];
                taken += written;
                _length += written;
            }
        }
    }

    /// <summary>Appends a file's text in Windows-1252, of which ISO 8859-1 is a part.</summary>
    /// <param name="file">The file.</param>
    /// <param name="most">How much of it is wanted.</param>
    public void AppendWindows1252(scoped ref FileBytes file, int most)
    {
        var taken = 0;
        file.Rewind();
        while (taken < most && file.Read() is > 0 and var read)
        {
            var bytes = file.Window[..Math.Min(read, most - taken)];
            var characters = Reserve(bytes.Length);
            for (var i = 0; i < bytes.Length; i++)
            {
                characters[i] = bytes[i] is >= 0x80 and < 0xA0 ? Windows1252[bytes[i] - 0x80] : (char)bytes[i];
            }

            taken += bytes.Length;
            _length += bytes.Length;
        }
    }

    public void Dispose()
    {
        Return(_buffer, _length);
        _buffer = [];
        _length = 0;
    }

    private Span<char> Reserve(int more)
    {
        if (_buffer.Length - _length < more)
        {
            var larger = ArrayPool<char>.Shared.Rent(Math.Max(FirstCapacity, Math.Max(_length + more, checked(_buffer.Length * 2))));
            Span.CopyTo(larger);
            Return(_buffer, _length);
            _buffer = larger;
        }

        return _buffer.AsSpan(_length);
    }

    // Only what was used is wiped: the pool's buffers can be far larger than the text.
    private static void Return(char[] buffer, int used)
    {
        if (buffer.Length > 0)
        {
            buffer.AsSpan(0, used).Clear();
            ArrayPool<char>.Shared.Return(buffer);
        }
    }
}
