using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Blocks;

/// <summary>Which refused texts have been counted for whom within the window, so that each counts once. Bounded: the oldest is forgotten first.</summary>
internal sealed class RefusedTexts(IOptions<AbuseBlockingOptions> options, TimeProvider time)
{
    /// <summary>How many are remembered at most; about 3 MB.</summary>
    public const int Most = 16_384;

    private readonly TimeSpan _window = TimeSpan.FromSeconds(options.Value.WindowSeconds);
    private readonly Lock _lock = new();
    private readonly HashSet<(BlockSubject Subject, UInt128 Text)> _texts = [];
    private readonly Queue<(BlockSubject Subject, UInt128 Text, long At)> _oldestFirst = new();

    /// <summary>How many are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _texts.Count;
            }
        }
    }

    /// <summary>Notes a text; false when it has been noted for this subject within the window.</summary>
    /// <param name="subject">Whom it counts for.</param>
    /// <param name="text">Its keyed hash.</param>
    public bool TryAdd(BlockSubject subject, UInt128 text)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            while (_oldestFirst.TryPeek(out var oldest) && (_texts.Count >= Most || time.GetElapsedTime(oldest.At, now) >= _window))
            {
                _oldestFirst.Dequeue();
                _texts.Remove((oldest.Subject, oldest.Text));
            }

            if (!_texts.Add((subject, text)))
            {
                return false;
            }

            _oldestFirst.Enqueue((subject, text, now));
            return true;
        }
    }
}
