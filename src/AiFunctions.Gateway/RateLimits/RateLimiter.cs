using System.Collections.Concurrent;
using System.Security.Cryptography;
using AiFunctions.Gateway.Storage;
using AiFunctions.Gateway.Tiers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.RateLimits;

/// <summary>This instance's leases. While there are any, it looks after them once a second; when the process stops, it gives all back.</summary>
internal sealed partial class RateLimiter : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan TickTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(2);

    private readonly string _instance = RandomNumberGenerator.GetHexString(12, lowercase: true);
    private readonly ConcurrentDictionary<string, ClientLease> _leases = new(StringComparer.Ordinal);
    private readonly ICounterStore _store;
    private readonly TimeProvider _time;
    private readonly StorageFailurePolicy _policy;
    private readonly ILogger<RateLimiter> _logger;
    private readonly ITimer _timer;

    public RateLimiter(ICounterStore store, TimeProvider time, IOptions<RateLimitsOptions> options, ILogger<RateLimiter> logger)
    {
        _store = store;
        _time = time;
        _policy = options.Value.OnStorageFailure;
        _logger = logger;
        _timer = time.CreateTimer(_ => _ = TickAsync(stopping: false), null, TickTime, TickTime);
    }

    /// <summary>Lets one request of a client in.</summary>
    /// <returns>The lease that it came in by, to be released once; or why it may not.</returns>
    /// <exception cref="StorageUnavailableException">Storage cannot be reached, and the policy is to deny.</exception>
    public async ValueTask<(ClientLease Lease, Denial? Denial)> AdmitAsync(string clientId, EffectiveLimits limits, CancellationToken cancellationToken)
    {
        while (true)
        {
            var lease = Get(clientId);
            var (live, denial) = await lease.AdmitAsync(limits, cancellationToken);
            if (live)
            {
                return (lease, denial);
            }

            _leases.TryRemove(new(clientId, lease));
        }
    }

    /// <summary>Sees to it that a client's counters have been read at least once. Storage that is away does no harm: then the limits are all that is known.</summary>
    public async ValueTask EnsureKnownAsync(string clientId, CancellationToken cancellationToken)
    {
        try
        {
            await Get(clientId).RefreshAsync(onlyIfNever: true, cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            // Looking at models needs no counters.
        }
    }

    /// <summary>A client's lease, new if it has none.</summary>
    public ClientLease Get(string clientId) =>
        _leases.TryGetValue(clientId, out var lease)
            ? lease
            : _leases.GetOrAdd(clientId, static (id, limiter) => new ClientLease(id, limiter._instance, limiter._store, limiter._time, limiter._policy), this);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Once all else has stopped: until then the last requests may still spend, whichever host brings them.
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await _timer.DisposeAsync();
        try
        {
            // Not with the host's token: open streams may have used up its time, and the leases are to go back all the same.
            await TickAsync(stopping: true).WaitAsync(StopTime, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            // What was not given back in time expires with its windows.
        }
    }

    public void Dispose() => _timer.Dispose();

    private async Task TickAsync(bool stopping)
    {
        // A tick that storage holds up does not hold up the next: each lease keeps to one call at a time itself.
        await Parallel.ForEachAsync(
            _leases,
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (entry, cancellationToken) =>
            {
                try
                {
                    if (await entry.Value.TickAsync(stopping, cancellationToken))
                    {
                        _leases.TryRemove(entry);
                    }
                }
                catch (Exception e)
                {
                    // One client's fault must not keep the others' claims from being renewed.
                    LogNotRenewed(_logger, entry.Key, (e.InnerException ?? e).GetType().Name);
                }
            });
    }

    [LoggerMessage(LogLevel.Warning, "The lease of client {ClientId} could be neither renewed nor given back ({Fault})")]
    private static partial void LogNotRenewed(ILogger logger, string clientId, string? fault);
}
