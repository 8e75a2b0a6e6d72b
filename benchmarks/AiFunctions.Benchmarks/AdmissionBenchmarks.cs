using System.Diagnostics.CodeAnalysis;
using AiFunctions.Gateway.RateLimits;
using AiFunctions.Gateway.Tiers;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AiFunctions.Benchmarks;

/// <summary>What a request pays for its limits while the lease lasts.</summary>
[MemoryDiagnoser]
[SuppressMessage("Design", "CA1001", Justification = "The benchmark's cleanup disposes of it.")]
public class AdmissionBenchmarks
{
    private static readonly EffectiveLimits Limits = new(long.MaxValue / 4, long.MaxValue / 4, long.MaxValue / 4, long.MaxValue / 4, 1000, 0, 16_000, 1_024);

    private readonly ClientLease _lease = new("client", "instance", new MemoryStore(), TimeProvider.System, StorageFailurePolicy.Deny);
    private readonly RateLimiter _limiter = new(
        new MemoryStore(), TimeProvider.System, Options.Create(new RateLimitsOptions()), NullLogger<RateLimiter>.Instance);

    /// <summary>Stops the limiter's timer.</summary>
    [GlobalCleanup]
    public void Stop() => _limiter.Dispose();

    /// <summary>The admission itself.</summary>
    [Benchmark]
    public async Task<bool> AdmitAndRelease()
    {
        var (live, _) = await _lease.AdmitAsync(Limits, CancellationToken.None);
        _lease.Release();
        return live;
    }

    /// <summary>With the look-up of the client's lease.</summary>
    [Benchmark]
    public async Task<bool> AdmitThroughTheLimiter()
    {
        var (lease, denial) = await _limiter.AdmitAsync("client", Limits, CancellationToken.None);
        lease.Release();
        return denial is null;
    }

    /// <summary>With the tokens set aside and settled.</summary>
    [Benchmark]
    public async Task<long> AdmitReserveSettleAndRelease()
    {
        _ = await _lease.AdmitAsync(Limits, CancellationToken.None);
        var (reservation, _) = await _lease.ReserveAsync(Limits, 1_200, CancellationToken.None);
        _lease.Settle(reservation, 150);
        _lease.Release();
        return reservation.Tokens;
    }

    private sealed class MemoryStore : ICounterStore
    {
        private CounterState _state = new();
        private int _version;

        public Task<(CounterState State, string? Version)> ReadAsync(string clientId, CancellationToken cancellationToken) =>
            Task.FromResult<(CounterState, string?)>((_state, $"{_version}"));

        public Task<string?> TryWriteAsync(string clientId, CounterState state, string? version, CancellationToken cancellationToken)
        {
            _state = state;
            return Task.FromResult<string?>($"{++_version}");
        }
    }
}
