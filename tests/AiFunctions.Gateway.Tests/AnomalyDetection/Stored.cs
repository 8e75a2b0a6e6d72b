using AiFunctions.Gateway.AnomalyDetection;
using AiFunctions.Gateway.AnomalyDetection.Activity;
using AiFunctions.Gateway.Blocks;
using AiFunctions.Gateway.Storage;
using AiFunctions.TestHosts;
using Azure.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AiFunctions.Gateway.Tests.AnomalyDetection;

/// <summary>A deployment on real tables of its own; several instances of it, if need be.</summary>
internal sealed class Stored(AzuriteFixture azurite)
{
    private readonly StorageOptions _storage = new() { ConnectionString = azurite.ConnectionString, TablePrefix = AzuriteFixture.NewTablePrefix() };

    public FakeTimeProvider Time { get; } = new(Activities.Now);

    public AnomalyDetectionOptions Options { get; } = new();

    /// <summary>The tables, as one instance sees them.</summary>
    public TableStorage Tables() =>
        new(Microsoft.Extensions.Options.Options.Create(_storage), new Lazy<TokenCredential>(() => throw new InvalidOperationException("No identity is needed here.")));

    public AnomalyStore Anomalies() => new(Tables(), Time);

    /// <summary>One instance's recorder, and the source that reads what all have written.</summary>
    public (ActivityRecorder Recorder, ActivityWriter Writer, TableActivitySource Source) Instance()
    {
        var recorder = new ActivityRecorder(Microsoft.Extensions.Options.Options.Create(Options), NullLogger<ActivityRecorder>.Instance);
        var store = new ActivityStore(Tables());
        var writer = new ActivityWriter(recorder, store, Time, NullLogger<ActivityWriter>.Instance);
        return (recorder, writer, new TableActivitySource(store, writer));
    }

    public (BlockStore Store, BlockList List) Blocks()
    {
        var abuse = Microsoft.Extensions.Options.Options.Create(new AbuseBlockingOptions());
        var schedule = new BlockSchedule(abuse);
        var store = new BlockStore(Tables(), schedule, Time);
        return (store, new BlockList(store, new ViolationCounter(abuse, Time), schedule, Time, NullLogger<BlockList>.Instance));
    }

    public AnomalyScan Scan(IActivitySource source, (BlockStore Store, BlockList List) blocks, ILogger<AnomalyScan>? logger = null) => new(
        source,
        Anomalies(),
        new AnomalyBlocker(blocks.Store, blocks.List, Microsoft.Extensions.Options.Options.Create(Options), Time, NullLogger<AnomalyBlocker>.Instance),
        Microsoft.Extensions.Options.Options.Create(Options),
        Time,
        logger ?? NullLogger<AnomalyScan>.Instance);
}
