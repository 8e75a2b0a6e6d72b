using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Azure.Identity;

namespace AiFunctions.Gateway.Storage;

/// <summary>One table, with the answers that the gateway acts on: there or not there, written or overtaken, or storage is down.</summary>
/// <remarks>The table is created on the first write to it, so that a start costs no storage call and an emptied storage heals by itself.</remarks>
internal sealed class GatewayTable(TableClient client)
{
    private static readonly IEnumerable<string> KeysOnly = ["PartitionKey", "RowKey"];

    /// <summary>Reads one entity; null when there is none.</summary>
    /// <exception cref="StorageUnavailableException">Storage cannot be reached.</exception>
    public async Task<T?> FindAsync<T>(string partitionKey, string rowKey, CancellationToken cancellationToken)
        where T : class, ITableEntity
    {
        try
        {
            var found = await client.GetEntityIfExistsAsync<T>(partitionKey, rowKey, cancellationToken: cancellationToken);
            return found.HasValue ? found.Value : null;
        }
        catch (RequestFailedException e) when (IsMissingTable(e))
        {
            return null;
        }
        catch (Exception e) when (IsUnavailable(e, cancellationToken))
        {
            throw new StorageUnavailableException(e);
        }
    }

    /// <summary>Writes a new entity; false when one with its keys exists.</summary>
    /// <exception cref="StorageUnavailableException">Storage cannot be reached.</exception>
    public async Task<bool> TryInsertAsync<T>(T entity, CancellationToken cancellationToken)
        where T : ITableEntity
    {
        try
        {
            try
            {
                await client.AddEntityAsync(entity, cancellationToken);
            }
            catch (RequestFailedException e) when (IsMissingTable(e))
            {
                await client.CreateIfNotExistsAsync(cancellationToken);
                await client.AddEntityAsync(entity, cancellationToken);
            }

            return true;
        }
        catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.EntityAlreadyExists)
        {
            return false;
        }
        catch (Exception e) when (IsUnavailable(e, cancellationToken))
        {
            throw new StorageUnavailableException(e);
        }
    }

    /// <summary>Replaces an entity that was read before; false when it has changed or gone since.</summary>
    /// <exception cref="StorageUnavailableException">Storage cannot be reached.</exception>
    public async Task<bool> TryReplaceAsync<T>(T entity, CancellationToken cancellationToken)
        where T : ITableEntity
    {
        try
        {
            await client.UpdateEntityAsync(entity, entity.ETag, TableUpdateMode.Replace, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            return false;
        }
        catch (Exception e) when (IsUnavailable(e, cancellationToken))
        {
            throw new StorageUnavailableException(e);
        }
    }

    /// <summary>Deletes an entity, whatever its state; false when there was none.</summary>
    /// <exception cref="StorageUnavailableException">Storage cannot be reached.</exception>
    public async Task<bool> DeleteAsync(string partitionKey, string rowKey, CancellationToken cancellationToken)
    {
        try
        {
            // The service's delete answers 404 without an exception.
            return (await client.DeleteEntityAsync(partitionKey, rowKey, ETag.All, cancellationToken)).Status != 404;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return false;
        }
        catch (Exception e) when (IsUnavailable(e, cancellationToken))
        {
            throw new StorageUnavailableException(e);
        }
    }

    /// <summary>Reads at most <paramref name="count"/> entities in the order of their keys. Never on a client's request path.</summary>
    /// <param name="filter">An OData filter, made with <see cref="TableClient.CreateQueryFilter(FormattableString)"/>.</param>
    /// <param name="count">How many to read, 1 or more.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="StorageUnavailableException">Storage cannot be reached.</exception>
    public async Task<List<T>> QueryAsync<T>(string? filter, int count, CancellationToken cancellationToken)
        where T : class, ITableEntity
    {
        var entities = new List<T>();
        try
        {
            await foreach (var entity in client.QueryAsync<T>(filter, Math.Min(count, 1000), cancellationToken: cancellationToken))
            {
                entities.Add(entity);
                if (entities.Count == count)
                {
                    break;
                }
            }
        }
        catch (RequestFailedException e) when (IsMissingTable(e))
        {
            entities.Clear();
        }
        catch (Exception e) when (IsUnavailable(e, cancellationToken))
        {
            throw new StorageUnavailableException(e);
        }

        return entities;
    }

    /// <summary>Returns when storage has answered a read of this table, even one that it does not have.</summary>
    /// <exception cref="StorageUnavailableException">Storage cannot be reached.</exception>
    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await client.GetEntityIfExistsAsync<TableEntity>("probe", "probe", KeysOnly, cancellationToken);
        }
        catch (RequestFailedException e) when (IsMissingTable(e))
        {
        }
        catch (Exception e) when (IsUnavailable(e, cancellationToken))
        {
            throw new StorageUnavailableException(e);
        }
    }

    private static bool IsMissingTable(RequestFailedException e) => e.ErrorCode == TableErrorCode.TableNotFound;

    // No answer, a refusal of us as such, throttling, or a fault of the service. The SDK wraps the last tries' faults in an
    // AggregateException, and its own time-out is a TaskCanceledException that nobody asked for.
    private static bool IsUnavailable(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        RequestFailedException e => e.Status is 0 or 401 or 403 or 408 or 429 or >= 500,
        AggregateException e => e.InnerExceptions.All(inner => IsUnavailable(inner, cancellationToken)),
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        AuthenticationFailedException or IOException or HttpRequestException => true,
        _ => false,
    };
}
