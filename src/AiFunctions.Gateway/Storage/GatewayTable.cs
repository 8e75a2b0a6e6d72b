using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Azure.Identity;

namespace AiFunctions.Gateway.Storage;

/// <summary>One table, with the answers that the gateway acts on: there or not there, written or overtaken, or storage is down.</summary>
/// <remarks>
/// The table is created on the first write to it, so that a start costs no storage call and an emptied storage heals by itself.
/// Every method throws <see cref="StorageUnavailableException"/> when storage cannot be reached or has not answered within 3 seconds:
/// a caller waits for it, and had better be told to come again.
/// </remarks>
internal sealed class GatewayTable(TableClient client)
{
    /// <summary>How many entities one transaction holds at most.</summary>
    public const int MostInTransaction = 100;

    private const int DeletedAtOnce = 100;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);
    private static readonly IEnumerable<string> KeysOnly = ["PartitionKey", "RowKey"];

    /// <summary>Reads one entity; null when there is none.</summary>
    public Task<T?> FindAsync<T>(string partitionKey, string rowKey, CancellationToken cancellationToken)
        where T : class, ITableEntity, new() =>
        RunAsync(
            async token =>
            {
                var found = await client.GetEntityIfExistsAsync<TableEntity>(partitionKey, rowKey, cancellationToken: token);
                return found.HasValue ? EntityMapping<T>.Read(found.Value!) : null;
            },
            withoutTable: null,
            cancellationToken);

    /// <summary>Writes a new entity.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="isSame">
    /// Tells whether an entity that exists already is this very one: a write whose answer got lost is tried again, and then finds itself.
    /// </param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>Its version; null when another one with its keys exists.</returns>
    public async Task<ETag?> TryInsertAsync<T>(T entity, Func<T, bool>? isSame, CancellationToken cancellationToken)
        where T : class, ITableEntity, new()
    {
        var inserted = await RunAsync<ETag?>(
            async token =>
            {
                try
                {
                    return (await AddAsync(entity, token)).Headers.ETag;
                }
                catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.EntityAlreadyExists)
                {
                    return null;
                }
            },
            withoutTable: null,
            cancellationToken);
        return inserted is null && isSame is not null
            && await FindAsync<T>(entity.PartitionKey, entity.RowKey, cancellationToken) is { } existing && isSame(existing)
            ? existing.ETag
            : inserted;
    }

    /// <summary>Writes an entity that has one writer only, whether it is there or not.</summary>
    public Task UpsertAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, ITableEntity, new() =>
        RunAsync(
            token => WithTableAsync(() => client.UpsertEntityAsync(EntityMapping<T>.Write(entity), TableUpdateMode.Replace, token), token),
            withoutTable: null!, cancellationToken);

    /// <summary>Writes entities of one partition at once, whether they are there or not: all of them, or none.</summary>
    /// <param name="entities">1 to 100 entities with one partition key and different row keys.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public Task UpsertAsync<T>(IReadOnlyList<T> entities, CancellationToken cancellationToken)
        where T : class, ITableEntity, new() =>
        RunAsync(
            token => WithTableAsync(
                async () => (await client.SubmitTransactionAsync(
                    entities.Select(entity => new TableTransactionAction(TableTransactionActionType.UpsertReplace, EntityMapping<T>.Write(entity))), token)).GetRawResponse(),
                token),
            withoutTable: null!,
            cancellationToken);

    /// <summary>Replaces an entity that was read before.</summary>
    /// <returns>Its new version; null when it has changed or gone since.</returns>
    public Task<ETag?> TryReplaceAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, ITableEntity, new() =>
        RunAsync<ETag?>(
            async token =>
            {
                try
                {
                    return (await client.UpdateEntityAsync(EntityMapping<T>.Write(entity), entity.ETag, TableUpdateMode.Replace, token)).Headers.ETag;
                }
                catch (RequestFailedException e) when (e.Status is 404 or 412)
                {
                    return null;
                }
            },
            withoutTable: null,
            cancellationToken);

    /// <summary>Reads an entity and writes what it is to become, as often as another writer is first.</summary>
    /// <param name="partitionKey">The entity's partition key.</param>
    /// <param name="rowKey">Its row key.</param>
    /// <param name="next">
    /// Makes the next state, under the same keys, of the stored one or, given null, of none; null leaves it as it is. May be asked several times.
    /// </param>
    /// <param name="isSame">As for <see cref="TryInsertAsync"/>.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The entity as it is stored in the end; null when there is none.</returns>
    public Task<T?> ChangeAsync<T>(string partitionKey, string rowKey, Func<T?, T?> next, Func<T, bool>? isSame, CancellationToken cancellationToken)
        where T : class, ITableEntity, new() =>
        ChangeAsync(partitionKey, rowKey, stored => Task.FromResult(next(stored)), isSame, cancellationToken);

    /// <inheritdoc cref="ChangeAsync{T}(string, string, Func{T, T}, Func{T, bool}, CancellationToken)"/>
    public async Task<T?> ChangeAsync<T>(string partitionKey, string rowKey, Func<T?, Task<T?>> next, Func<T, bool>? isSame, CancellationToken cancellationToken)
        where T : class, ITableEntity, new()
    {
        while (true)
        {
            var stored = await FindAsync<T>(partitionKey, rowKey, cancellationToken);
            var changed = await next(stored);
            if (changed is null)
            {
                return stored;
            }

            changed.ETag = stored?.ETag ?? default;
            var written = stored is null
                ? await TryInsertAsync(changed, isSame, cancellationToken)
                : await TryReplaceAsync(changed, cancellationToken);
            if (written is { } version)
            {
                changed.ETag = version;
                return changed;
            }
        }
    }

    /// <summary>Adds entities of one partition and replaces others of it that were read before: all of them, or none.</summary>
    /// <returns>False when one to be replaced has changed or gone since, or one to be added exists.</returns>
    public Task<bool> TrySubmitAsync<T>(IEnumerable<T> added, IEnumerable<T> replaced, CancellationToken cancellationToken)
        where T : class, ITableEntity, new() =>
        RunAsync(
            async token =>
            {
                try
                {
                    await client.SubmitTransactionAsync(
                        [
                            .. added.Select(entity => new TableTransactionAction(TableTransactionActionType.Add, EntityMapping<T>.Write(entity))),
                            .. replaced.Select(entity => new TableTransactionAction(TableTransactionActionType.UpdateReplace, EntityMapping<T>.Write(entity), entity.ETag)),
                        ],
                        token);
                    return true;
                }
                catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
                {
                    return false;
                }
            },
            withoutTable: false,
            cancellationToken);

    /// <summary>Deletes an entity, whatever its state; false when there was none.</summary>
    public Task<bool> DeleteAsync(string partitionKey, string rowKey, CancellationToken cancellationToken) =>
        RunAsync(
            async token =>
            {
                // The SDK answers 404 without an exception.
                return (await client.DeleteEntityAsync(partitionKey, rowKey, ETag.All, token)).Status != 404;
            },
            withoutTable: false,
            cancellationToken);

    /// <summary>Deletes an entity that was read before; false when it has changed or gone since.</summary>
    public Task<bool> TryDeleteAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, ITableEntity, new() =>
        RunAsync(
            async token =>
            {
                try
                {
                    return (await client.DeleteEntityAsync(entity.PartitionKey, entity.RowKey, entity.ETag, token)).Status != 404;
                }
                catch (RequestFailedException e) when (e.Status is 404 or 412)
                {
                    return false;
                }
            },
            withoutTable: false,
            cancellationToken);

    /// <summary>Deletes the entities that a filter finds, but for those that are written meanwhile. Never on a client's request path.</summary>
    /// <param name="filter">An OData filter, made with <see cref="TableClient.CreateQueryFilter(FormattableString)"/>.</param>
    /// <param name="deleted">Does what is to be done after an entity is deleted; null when that is nothing.</param>
    /// <param name="cancellationToken">Ends the deleting.</param>
    public async Task DeleteAllAsync<T>(string filter, Func<T, Task>? deleted, CancellationToken cancellationToken)
        where T : class, ITableEntity, new()
    {
        List<T> found;
        do
        {
            found = await QueryAsync<T>(filter, DeletedAtOnce, cancellationToken);
            foreach (var entity in found)
            {
                if (await TryDeleteAsync(entity, cancellationToken) && deleted is not null)
                {
                    await deleted(entity);
                }
            }
        }
        while (found.Count == DeletedAtOnce);
    }

    /// <summary>Reads at most <paramref name="count"/> entities in the order of their keys. Never on a client's request path.</summary>
    /// <param name="filter">An OData filter, made with <see cref="TableClient.CreateQueryFilter(FormattableString)"/>.</param>
    /// <param name="count">How many to read, 1 or more.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public Task<List<T>> QueryAsync<T>(string? filter, int count, CancellationToken cancellationToken)
        where T : class, ITableEntity, new() =>
        RunAsync(
            async token =>
            {
                var entities = new List<T>();
                await foreach (var entity in client.QueryAsync<TableEntity>(filter, Math.Min(count, 1000), cancellationToken: token))
                {
                    entities.Add(EntityMapping<T>.Read(entity));
                    if (entities.Count == count)
                    {
                        break;
                    }
                }

                return entities;
            },
            withoutTable: [],
            cancellationToken);

    /// <summary>Returns when storage has answered a read of this table, even one that it does not have.</summary>
    public Task ProbeAsync(CancellationToken cancellationToken) =>
        RunAsync(
            async token => (await client.GetEntityIfExistsAsync<TableEntity>("probe", "probe", KeysOnly, token)).HasValue,
            withoutTable: false,
            cancellationToken);

    private Task<Response> AddAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, ITableEntity, new() =>
        WithTableAsync(() => client.AddEntityAsync(EntityMapping<T>.Write(entity), cancellationToken), cancellationToken);

    private async Task<Response> WithTableAsync(Func<Task<Response>> write, CancellationToken cancellationToken)
    {
        try
        {
            return await write();
        }
        catch (RequestFailedException e) when (IsMissingTable(e))
        {
            await client.CreateIfNotExistsAsync(cancellationToken);
            return await write();
        }
    }

    private static async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> operation, T withoutTable, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        try
        {
            return await operation(deadline.Token);
        }
        catch (RequestFailedException e) when (IsMissingTable(e))
        {
            return withoutTable;
        }
        catch (Exception e) when (IsUnavailable(e, cancellationToken))
        {
            throw new StorageUnavailableException(e);
        }
    }

    private static bool IsMissingTable(RequestFailedException e) => e.ErrorCode == TableErrorCode.TableNotFound;

    // No answer, a refusal of us as such, throttling, or a fault of the service. The SDK wraps the last tries' faults in an
    // AggregateException; a time-out, its own or ours, is a cancellation that the caller did not ask for.
    private static bool IsUnavailable(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        RequestFailedException e => e.Status is 0 or 401 or 403 or 408 or 429 or >= 500,
        AggregateException e => e.InnerExceptions.All(inner => IsUnavailable(inner, cancellationToken)),
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        AuthenticationFailedException or IOException or HttpRequestException => true,
        _ => false,
    };
}
