using AiFunctions.Gateway.Blocks;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AiFunctions.Benchmarks;

/// <summary>What a request pays to be looked up among the blocks.</summary>
[MemoryDiagnoser]
public class BlockBenchmarks
{
    private readonly BlockList _list;

    /// <summary>An empty list that has been read.</summary>
    public BlockBenchmarks()
    {
        var options = Options.Create(new AbuseBlockingOptions());
        _list = new BlockList(
            () => Task.FromResult(new List<Block>()),
            new ViolationCounter(options, TimeProvider.System),
            new BlockSchedule(options),
            TimeProvider.System,
            NullLogger<BlockList>.Instance);
    }

    /// <summary>The list's age and one look-up.</summary>
    [Benchmark]
    public async Task<bool> FindAsync()
    {
        await _list.EnsureRecentAsync(CancellationToken.None);
        return _list.Find(BlockSubject.OfClient("alice")) is not null;
    }
}
