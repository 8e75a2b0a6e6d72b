namespace AiFunctions.Gateway.Relay;

/// <summary>
/// Finds where server-sent events end in a growing run of bytes: after a blank line, with lines ended by LF, CR LF or CR
/// (WHATWG HTML, 9.2.6). Each byte is looked at once, however the bytes arrive.
/// </summary>
/// <remarks>A comment before an event is a unit of its own, with its line's end: a sign of life is to be passed on at once, and it may be all that comes.</remarks>
internal struct SseEventSplitter
{
    private int _scanned;
    private bool _lineIsEmpty;
    private bool _isFirstLine;
    private bool _afterCr;

    public SseEventSplitter()
    {
        _lineIsEmpty = true;
        _isFirstLine = true;
    }

    /// <summary>Looks for the end of the first event.</summary>
    /// <param name="bytes">All bytes since the last event's end; between calls it only grows.</param>
    /// <param name="length">The event's length with the blank line that ends it.</param>
    /// <returns>Whether the event is complete.</returns>
    public bool TryFindEnd(ReadOnlySpan<byte> bytes, out int length)
    {
        while (_scanned < bytes.Length)
        {
            // A CR ends its line at once, lest the last event of a stream waits for a byte that never comes. An LF after it is part of it.
            if (_afterCr)
            {
                _afterCr = false;
                if (bytes[_scanned] == '\n')
                {
                    _scanned++;
                    continue;
                }
            }

            var rest = bytes[_scanned..];
            var end = rest.IndexOfAny((byte)'\n', (byte)'\r');
            if (end < 0)
            {
                _lineIsEmpty = false;
                _scanned = bytes.Length;
                break;
            }

            _lineIsEmpty &= end == 0;
            _scanned += end + 1;
            if (rest[end] == '\r')
            {
                var known = _scanned < bytes.Length;
                _scanned += known && bytes[_scanned] == '\n' ? 1 : 0;
                _afterCr = !known;
            }

            if (_lineIsEmpty || (_isFirstLine && bytes.TrimStart("\r\n"u8) is [(byte)':', ..]))
            {
                length = _scanned;
                _scanned = 0;
                _lineIsEmpty = true;
                _isFirstLine = true;
                return true;
            }

            _lineIsEmpty = true;
            _isFirstLine = false;
        }

        length = 0;
        return false;
    }
}
