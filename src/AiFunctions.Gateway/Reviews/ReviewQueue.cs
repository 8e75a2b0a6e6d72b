using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Gateway.Reviews;

/// <summary>Sightings that are still to be stored. Those of one text become one; when there are too many texts, further ones are dropped.</summary>
internal sealed partial class ReviewQueue(ILogger<ReviewQueue> logger)
{
    /// <summary>How many texts may wait.</summary>
    public const int Capacity = 1_000;

    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _lock = new();
    private Dictionary<ReviewSubject, ReviewSighting> _waiting = [];
    private bool _isDropping;

    /// <summary>Adds a sighting; false when it is dropped.</summary>
    public bool TryAdd(ReviewSighting sighting)
    {
        lock (_lock)
        {
            if (_waiting.TryGetValue(sighting.Subject, out var known))
            {
                _waiting[sighting.Subject] = sighting.After(known);
            }
            else if (_waiting.Count < Capacity)
            {
                _waiting.Add(sighting.Subject, sighting);
            }
            else
            {
                if (!_isDropping)
                {
                    _isDropping = true;
                    LogDropped(logger, Capacity);
                }

                return false;
            }
        }

        _signal.Writer.TryWrite(true);
        return true;
    }

    /// <summary>Returns when there is something to store; false when there never will be again.</summary>
    public async Task<bool> WaitAsync() => await _signal.Reader.WaitToReadAsync() && _signal.Reader.TryRead(out _);

    /// <summary>Takes everything out.</summary>
    public IReadOnlyCollection<ReviewSighting> TakeAll()
    {
        lock (_lock)
        {
            var taken = _waiting.Values;
            _waiting = [];
            _isDropping = false;
            return taken;
        }
    }

    /// <summary>Signals no more.</summary>
    public void Complete() => _signal.Writer.TryComplete();

    [LoggerMessage(LogLevel.Warning, "{Waiting} reviews wait to be stored; until they are, further ones are dropped")]
    private static partial void LogDropped(ILogger logger, int waiting);
}
