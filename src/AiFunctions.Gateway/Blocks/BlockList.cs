using System.Collections.Concurrent;
using AiFunctions.Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace AiFunctions.Gateway.Blocks;

/// <summary>The blocks as this instance knows them: the table's as of a short while ago, and its own changes at once.</summary>
/// <remarks>
/// The table is read when requests come and the last reading is 15 s old; requests wait for it only when that is 25 s old, and then for 2 s
/// at most. So a block or its end is seen everywhere within 30 s, an idle instance reads nothing, and storage that is away delays
/// requests a little and fails none: blocks are a defence, and must not themselves take the service down. What storage
/// failures do to a client's allowance is for the limits to decide.
/// </remarks>
internal sealed partial class BlockList
{
    /// <summary>How many blocks are known at most. Past that, blocks of more addresses and end users are not made.</summary>
    public const int Most = 10_000;

    public static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(15);
    public static readonly TimeSpan ReadAgainAfterFailure = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan WaitFrom = RecordAge.Most;
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly Func<Task<List<Block>>> _read;
    private readonly ViolationCounter _violations;
    private readonly BlockSchedule _schedule;
    private readonly TimeProvider _time;
    private readonly ILogger<BlockList> _logger;
    private readonly ConcurrentDictionary<BlockSubject, Block> _blocks = new();
    private readonly Lock _lock = new();
    private readonly HashSet<BlockSubject> _changedWhileReading = [];
    private Task _settled = Task.CompletedTask;
    private long _readFrom = long.MinValue;
    private long _waitFrom = long.MinValue;
    private bool _failing;

    public BlockList(BlockStore store, ViolationCounter violations, BlockSchedule schedule, TimeProvider time, ILogger<BlockList> logger)
        : this(() => store.ListAsync(after: null, 2 * Most, CancellationToken.None), violations, schedule, time, logger)
    {
    }

    internal BlockList(
        Func<Task<List<Block>>> read, ViolationCounter violations, BlockSchedule schedule, TimeProvider time, ILogger<BlockList> logger)
    {
        _read = read;
        _violations = violations;
        _schedule = schedule;
        _time = time;
        _logger = logger;
    }

    /// <summary>Sees to it that the list is recent enough to be looked at. Never fails but by cancellation.</summary>
    public ValueTask EnsureRecentAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetTimestamp();
        if (now >= Volatile.Read(ref _readFrom))
        {
            StartReading(now);
        }

        if (now < Volatile.Read(ref _waitFrom))
        {
            return default;
        }

        var settled = Volatile.Read(ref _settled);
        return settled.IsCompleted ? default : new(settled.WaitAsync(cancellationToken));
    }

    /// <summary>The block in force; null when there is none.</summary>
    public Block? Find(BlockSubject subject) =>
        _blocks.TryGetValue(subject, out var block) && block.IsInForce(_time.GetUtcNow()) ? block : null;

    /// <summary>The last block that is known, in force or ended; null when there is none.</summary>
    public Block? FindLast(BlockSubject subject) => _blocks.GetValueOrDefault(subject);

    /// <summary>How many of a client's end users are blocked. Looks at every block.</summary>
    public int CountEndUsers(string clientId)
    {
        var now = _time.GetUtcNow();
        return _blocks.Count(pair => pair.Key.Kind == BlockSubjectKind.EndUser && pair.Key.ClientId == clientId && pair.Value.IsInForce(now));
    }

    /// <summary>Makes a block of this instance hold at once; false when there are too many already.</summary>
    public bool TryAdd(Block block)
    {
        lock (_lock)
        {
            if (_blocks.Count >= Most && block.Subject.Kind != BlockSubjectKind.Client)
            {
                RemoveEnded();
                if (_blocks.Count >= Most)
                {
                    return false;
                }
            }

            Put(block);
            return true;
        }
    }

    /// <summary>Makes an operator's block hold at once.</summary>
    public void Set(Block block)
    {
        lock (_lock)
        {
            Put(block);
        }
    }

    /// <summary>Puts what was stored in the place of what was made, unless that has been lifted or replaced meanwhile.</summary>
    public void Replace(Block made, Block stored)
    {
        lock (_lock)
        {
            if (IsCurrent(made))
            {
                Put(stored);
            }
        }
    }

    /// <summary>Whether a block has neither been lifted nor replaced.</summary>
    public bool IsCurrent(Block block) => ReferenceEquals(FindLast(block.Subject), block);

    /// <summary>Makes the end of a block hold at once, and forgets the subject's violations.</summary>
    /// <returns>Whether a block was in force.</returns>
    public bool Remove(BlockSubject subject)
    {
        lock (_lock)
        {
            _changedWhileReading.Add(subject);
            _violations.Reset(subject);
            return _blocks.TryRemove(subject, out var block) && block.IsInForce(_time.GetUtcNow());
        }
    }

    private void StartReading(long now)
    {
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (now < _readFrom)
            {
                return; // another request was first
            }

            // In this order: who sees that a reading is under way must also see what to wait for.
            Volatile.Write(ref _settled, settled.Task);
            Volatile.Write(ref _readFrom, long.MaxValue);
            _changedWhileReading.Clear();
        }

        _ = SettleAsync(ReadAsync(now), settled);
    }

    private async Task ReadAsync(long started)
    {
        try
        {
            Apply(await _read());
            Volatile.Write(ref _waitFrom, After(started, WaitFrom));
            Volatile.Write(ref _readFrom, After(started, ReadEvery));
            _failing = false;
        }
        catch (Exception e)
        {
            if (!_failing)
            {
                LogNotRead(_logger, e.GetType().FullName!);
            }

            _failing = true;
            Volatile.Write(ref _readFrom, After(_time.GetTimestamp(), ReadAgainAfterFailure));
        }
    }

    private async Task SettleAsync(Task reading, TaskCompletionSource settled)
    {
        try
        {
            await reading.WaitAsync(LongestWait, _time);
        }
        catch (TimeoutException)
        {
            // The requests go on with what is known.
        }
        finally
        {
            settled.SetResult();
        }
    }

    private void Apply(List<Block> rows)
    {
        lock (_lock)
        {
            var isWhole = rows.Count < 2 * Most;
            if (!isWhole)
            {
                LogTooMany(_logger, rows.Count);
            }

            var now = _time.GetUtcNow();
            var stored = new HashSet<BlockSubject>(rows.Count);
            foreach (var block in rows)
            {
                stored.Add(block.Subject);
                if (!_changedWhileReading.Contains(block.Subject) && !(FindLast(block.Subject) is { IsStored: false } own && own.ExpiresAt > block.ExpiresAt))
                {
                    _blocks[block.Subject] = block;
                }
            }

            foreach (var (subject, block) in _blocks)
            {
                if (!block.IsInForce(now))
                {
                    if (!_schedule.IsRemembered(block, now))
                    {
                        _blocks.TryRemove(subject, out _);
                    }
                }
                else if (isWhole && block.IsStored && !stored.Contains(subject) && !_changedWhileReading.Contains(subject))
                {
                    // Gone from the table before its end: lifted, by way of another instance.
                    _blocks.TryRemove(subject, out _);
                    _violations.Reset(subject);
                }
            }
        }
    }

    private void Put(Block block)
    {
        _changedWhileReading.Add(block.Subject);
        _blocks[block.Subject] = block;
    }

    private void RemoveEnded()
    {
        var now = _time.GetUtcNow();
        foreach (var (subject, block) in _blocks)
        {
            if (!block.IsInForce(now))
            {
                _blocks.TryRemove(subject, out _);
            }
        }
    }

    private long After(long timestamp, TimeSpan span) => timestamp + (long)(span.TotalSeconds * _time.TimestampFrequency);

    [LoggerMessage(LogLevel.Warning, "The list of blocks could not be read ({ExceptionType}); the last one is used, and blocks made elsewhere since are not seen")]
    private static partial void LogNotRead(ILogger logger, string exceptionType);

    [LoggerMessage(LogLevel.Warning, "There are more than {Count} blocks; not all of them hold on this instance")]
    private static partial void LogTooMany(ILogger logger, int count);
}
