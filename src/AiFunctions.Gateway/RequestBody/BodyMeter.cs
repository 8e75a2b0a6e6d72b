using System.Buffers;

namespace AiFunctions.Gateway.RequestBody;

/// <summary>Measures a body while it arrives, so that one that is too large is refused before it is kept or parsed.</summary>
/// <remarks>
/// Bytes and values count; of a long run of base64 within a string only its beginning does, since it may be an image, sound or a file, and costs no
/// more than its length. Whether it stands where such may stand is told later, when the request is read. What is no JSON is measured too, somehow.
/// </remarks>
internal struct BodyMeter
{
    /// <summary>How much of a run of base64 counts.</summary>
    public const int ShortestMedia = 1024;

    // Some writers escape what base64 has beside letters and digits; more of them than one in 16 characters none has cause to.
    private const int PlainPerEscapedByte = 3;
    private const int LongestEscape = 6;

    private static readonly SearchValues<byte> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="u8);
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{[,:"u8);

    private bool _inString;
    private int _escape;
    private long _run;
    private long _credit;
    private long _uncounted;

    /// <summary>Bytes so far, but for media.</summary>
    public long Bytes { get; private set; }

    /// <summary>Values and names so far.</summary>
    public long Values { get; private set; }

    /// <summary>Whether there is no more than there may be.</summary>
    public readonly bool IsWithin(BodyAllowance allowance) => Bytes <= allowance.MostBytes && Values <= allowance.MostValues;

    /// <summary>Measures what has arrived.</summary>
    public void Add(ReadOnlySequence<byte> bytes)
    {
        foreach (var piece in bytes)
        {
            Add(piece.Span);
        }
    }

    /// <summary>Measures what has arrived.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[(_inString ? AddOfString(bytes) : AddOfStructure(bytes))..];
        }
    }

    private int AddOfStructure(ReadOnlySpan<byte> bytes)
    {
        var next = bytes.IndexOfAny(Structure);
        if (next < 0)
        {
            Bytes += bytes.Length;
            return bytes.Length;
        }

        Bytes += next + 1;
        if (bytes[next] == '"')
        {
            _inString = true;
            _run = 0;
            _credit = 0;
            _uncounted = 0;
        }
        else
        {
            Values++;
            Bytes += bytes[next] == ':' ? _uncounted : 0; // no name is media
        }

        return next + 1;
    }

    private int AddOfString(ReadOnlySpan<byte> bytes)
    {
        if (_escape > 0)
        {
            return AddOfEscape(bytes);
        }

        var plain = bytes.IndexOfAnyExcept(Base64);
        plain = plain < 0 ? bytes.Length : plain;
        if (plain > 0)
        {
            var counted = Math.Clamp(ShortestMedia - _run, 0, plain);
            Bytes += counted;
            _run += plain;
            _credit += plain - counted;
            _uncounted += plain - counted;
            return plain;
        }

        switch (bytes[0])
        {
            case (byte)'\\':
                _escape = 1;
                break;
            case (byte)'"':
                _inString = false;
                Bytes++;
                break;
            default:
                _run = 0;
                _credit = 0;
                Bytes++;
                break;
        }

        return 1;
    }

    // The backslash is counted here as well.
    private int AddOfEscape(ReadOnlySpan<byte> bytes)
    {
        if (_escape == 1 && bytes[0] != 'u')
        {
            Pay(2, bytes[0] is (byte)'/' or (byte)'n' or (byte)'r');
            return 1;
        }

        var taken = Math.Min(LongestEscape - _escape, bytes.Length);
        _escape += taken;
        if (_escape == LongestEscape)
        {
            Pay(LongestEscape, isOfBase64: true);
        }

        return taken;
    }

    private void Pay(int length, bool isOfBase64)
    {
        _escape = 0;
        if (isOfBase64 && _credit >= length * PlainPerEscapedByte)
        {
            _credit -= length * PlainPerEscapedByte;
            _uncounted += length;
            return;
        }

        Bytes += length;
        if (!isOfBase64)
        {
            _run = 0;
            _credit = 0;
        }
    }
}
