using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Blocks;

/// <summary>How many prompts each client has sent within the window, and how many of them were refused, to a tenth of the window.</summary>
internal sealed class PromptTally(IOptions<AbuseBlockingOptions> options, TimeProvider time)
{
    /// <summary>How many clients are counted at most. Beyond that those who are quiet are forgotten, or all are if none is.</summary>
    public const int MostClients = 10_000;

    private const int Parts = 10;
    private readonly long _part = Math.Max(1, options.Value.WindowSeconds * time.TimestampFrequency / Parts);
    private readonly ConcurrentDictionary<string, Counts> _clients = new(StringComparer.Ordinal);

    /// <summary>Notes a prompt.</summary>
    public void Sent(string clientId)
    {
        var part = Now();
        if (_clients.TryGetValue(clientId, out var known))
        {
            known.Add(part, sent: 1, refused: 0);
            return;
        }

        if (_clients.Count >= MostClients)
        {
            Forget(part);
        }

        _clients.GetOrAdd(clientId, static _ => new Counts()).Add(part, sent: 1, refused: 0);
    }

    /// <summary>Notes that a prompt which has been noted as sent is refused.</summary>
    public void Refused(string clientId) => _clients.GetValueOrDefault(clientId)?.Add(Now(), sent: 0, refused: 1);

    /// <summary>Whether at least half of what a client has sent was refused.</summary>
    public bool IsHalfRefused(string clientId) => _clients.GetValueOrDefault(clientId)?.IsHalfRefused(Now()) ?? false;

    private long Now() => time.GetTimestamp() / _part;

    private void Forget(long part)
    {
        foreach (var pair in _clients)
        {
            if (pair.Value.IsQuiet(part))
            {
                _clients.TryRemove(pair);
            }
        }

        if (_clients.Count >= MostClients)
        {
            _clients.Clear();
        }
    }

    private sealed class Counts
    {
        private readonly Lock _lock = new();
        private readonly (long Part, long Sent, long Refused)[] _ring = new (long, long, long)[Parts];
        private long _newest;

        public void Add(long part, int sent, int refused)
        {
            lock (_lock)
            {
                ref var slot = ref _ring[part % Parts];
                slot = slot.Part == part ? (part, slot.Sent + sent, slot.Refused + refused) : (part, sent, refused);
                _newest = part;
            }
        }

        public bool IsHalfRefused(long part)
        {
            lock (_lock)
            {
                var (sent, refused) = (0L, 0L);
                foreach (var slot in _ring)
                {
                    if (part - slot.Part < Parts)
                    {
                        sent += slot.Sent;
                        refused += slot.Refused;
                    }
                }

                return refused * 2 >= sent && refused > 0;
            }
        }

        public bool IsQuiet(long part)
        {
            lock (_lock)
            {
                return part - _newest >= Parts;
            }
        }
    }
}
