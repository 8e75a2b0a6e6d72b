namespace AiFunctions.Gateway.Relay;

/// <summary>
/// Finds where server-sent events end in a growing run of bytes: after a blank line, with lines ended by LF, CR LF or CR
/// (WHATWG HTML, 9.2.6). Each byte is looked at once, however the bytes arrive.
/// </summary>
internal struct SseEventSplitter
{
    private int _scanned;
    private bool _lineIsEmpty;
    private bool _afterCr;

    public SseEventSplitter() => _lineIsEmpty = true;

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

            if (_lineIsEmpty)
            {
                length = _scanned;
                _scanned = 0;
                return true;
            }

            _lineIsEmpty = true;
        }

        length = 0;
        return false;
    }
}
