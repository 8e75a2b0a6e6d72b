using System.Collections.Concurrent;

namespace AiFunctions.Gateway.Storage;

/// <summary>
/// Keeps records in memory for a fixed time that counts from when their reading began, so that no record is ever served older
/// than that. Callers that want the same record at once share one read; nothing but found records is kept.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="lifetime">How old a record may become.</param>
/// <param name="capacity">How many records are kept; past that, expired ones and then any tenth are dropped.</param>
internal sealed class RecordCache<T>(TimeProvider time, TimeSpan lifetime, int capacity)
    where T : class
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Gets a record, reading it if need be. A failed read is not kept.</summary>
    /// <param name="key">What the record is found by.</param>
    /// <param name="read">Reads it. It is not cancelled when this caller is, because others may wait for it too, so it must end by itself.</param>
    /// <param name="cancellationToken">Ends this caller's wait.</param>
    public ValueTask<T?> GetAsync(string key, Func<string, Task<T?>> read, CancellationToken cancellationToken)
    {
        if (_entries.TryGetValue(key, out var entry) && !IsExpired(entry))
        {
            return entry.Record.Task.IsCompletedSuccessfully
                ? new(entry.Record.Task.Result)
                : new(entry.Record.Task.WaitAsync(cancellationToken));
        }

        return new(ReadAsync(key, entry, read, cancellationToken));
    }

    /// <summary>Whether there is a record of that key, be it too old to be served.</summary>
    public bool Contains(string key) => _entries.ContainsKey(key);

    /// <summary>Forgets the records that a change has made stale.</summary>
    public void RemoveWhere(Func<string, bool> isStale)
    {
        foreach (var entry in _entries)
        {
            if (isStale(entry.Key))
            {
                Remove(entry);
            }
        }
    }

    private async Task<T?> ReadAsync(string key, Entry? expired, Func<string, Task<T?>> read, CancellationToken cancellationToken)
    {
        if (expired is not null)
        {
            Remove(new(key, expired));
        }

        var entry = new Entry(time.GetTimestamp());
        var current = _entries.GetOrAdd(key, entry);
        if (current != entry)
        {
            return await current.Record.Task.WaitAsync(cancellationToken);
        }

        if (Interlocked.Increment(ref _count) > capacity)
        {
            MakeRoom(key);
        }

        _ = FillAsync(key, entry, read);
        return await entry.Record.Task.WaitAsync(cancellationToken);
    }

    private async Task FillAsync(string key, Entry entry, Func<string, Task<T?>> read)
    {
        try
        {
            var record = await read(key);
            if (record is null)
            {
                Remove(new(key, entry));
            }

            entry.Record.SetResult(record);
        }
        catch (Exception e)
        {
            Remove(new(key, entry));
            entry.Record.SetException(e);
        }
    }

    private void MakeRoom(string except)
    {
        foreach (var entry in _entries)
        {
            if (IsExpired(entry.Value))
            {
                Remove(entry);
            }
        }

        // A tenth at once, so that a full cache is not searched for each newcomer.
        foreach (var entry in _entries)
        {
            if (Volatile.Read(ref _count) <= capacity - (capacity / 10))
            {
                return;
            }

            if (entry.Key != except)
            {
                Remove(entry);
            }
        }
    }

    private bool IsExpired(Entry entry) => time.GetElapsedTime(entry.Since) >= lifetime;

    private void Remove(KeyValuePair<string, Entry> entry)
    {
        if (_entries.TryRemove(entry))
        {
            Interlocked.Decrement(ref _count);
        }
    }

    private sealed class Entry(long since)
    {
        public long Since { get; } = since;

        public TaskCompletionSource<T?> Record { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
