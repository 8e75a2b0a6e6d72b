using System.Globalization;
using System.Text.RegularExpressions;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace AiFunctions.Gateway.Tests.Storage;

/// <summary>A table in memory: versions, conflicts, transactions, ordered queries, and a place where a process can be made to die.</summary>
internal sealed partial class InMemoryTable : TableClient
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, SortedDictionary<string, Row>> _partitions = new(StringComparer.Ordinal);

    private int _version;
    private int _queries;

    /// <summary>How many queries were made.</summary>
    public int Queries => _queries;

    /// <summary>Called before and after every write; it may throw, as a process that is killed just there.</summary>
    public Action OnWrite { get; set; } = () => { };

    /// <summary>All values of all rows, as text.</summary>
    public string Dump()
    {
        lock (_gate)
        {
            return string.Join('\n', Rows().Select(row => $"{row.Partition} {row.Key} {string.Join(' ', row.Row.Values.Select(value => value.Value is byte[] bytes
                ? Convert.ToBase64String(bytes) + System.Text.Encoding.Latin1.GetString(bytes)
                : Convert.ToString(value.Value, CultureInfo.InvariantCulture)))}"));
        }
    }

    public override Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            return Task.FromResult<NullableResponse<T>>(new Found<T>(Find(partitionKey, rowKey) is { } row ? row.To<T>() : default));
        }
    }

    public override async Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default)
    {
        await WriteAsync(() => Apply([new TableTransactionAction(TableTransactionActionType.Add, entity)]));
        return new Done(ETagOf(entity));
    }

    public override async Task<Response> UpdateEntityAsync<T>(
        T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
    {
        await WriteAsync(() => Apply([new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, ifMatch)]));
        return new Done(ETagOf(entity));
    }

    public override async Task<Response> UpsertEntityAsync<T>(T entity, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
    {
        await WriteAsync(() => Apply([new TableTransactionAction(TableTransactionActionType.UpsertReplace, entity)]));
        return new Done(ETagOf(entity));
    }

    public override async Task<Response> DeleteEntityAsync(
        string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        await WriteAsync(() => _partitions.GetValueOrDefault(partitionKey)?.Remove(rowKey));
        return new Done(default);
    }

    public override async Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        var actions = transactionActions.ToList();
        Assert.Single(actions.Select(action => action.Entity.PartitionKey).Distinct());
        await WriteAsync(() => Apply(actions));
        return Response.FromValue<IReadOnlyList<Response>>([], new Done(default));
    }

    public override AsyncPageable<T> QueryAsync<T>(
        string? filter = null, int? maxPerPage = null, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            _queries++;
            var terms = filter?.Split(" and ").Select(Parse).ToList() ?? [];
            var partition = terms.Find(term => term is { Name: "PartitionKey", Operator: "eq" }).Value;
            List<T> found = [.. Rows(partition).Where(row => terms.TrueForAll(term => Matches(row.Partition, row.Key, row.Row, term))).Select(row => row.Row.To<T>())];
            return AsyncPageable<T>.FromPages([Page<T>.FromValues(found, null, new Done(default))]);
        }
    }

    private async Task WriteAsync(Action write)
    {
        await Task.Yield();
        OnWrite();
        lock (_gate)
        {
            write();
        }

        OnWrite();
    }

    private void Apply(IReadOnlyList<TableTransactionAction> actions)
    {
        foreach (var action in actions)
        {
            var row = Find(action.Entity.PartitionKey, action.Entity.RowKey);
            var exists = row is not null;
            if (action.ActionType == TableTransactionActionType.Add && exists)
            {
                throw new RequestFailedException(409, "exists", TableErrorCode.EntityAlreadyExists.ToString(), null);
            }

            if (action.ActionType == TableTransactionActionType.UpdateReplace && (!exists || (action.ETag != ETag.All && action.ETag != row!.ETag)))
            {
                throw new RequestFailedException(exists ? 412 : 404, "changed", exists ? "UpdateConditionNotSatisfied" : "ResourceNotFound", null);
            }
        }

        foreach (var action in actions)
        {
            if (!_partitions.TryGetValue(action.Entity.PartitionKey, out var partition))
            {
                _partitions[action.Entity.PartitionKey] = partition = new(StringComparer.Ordinal);
            }

            partition[action.Entity.RowKey] = Row.From(action.Entity, new ETag($"W/\"{++_version}\""));
        }
    }

    private ETag ETagOf(ITableEntity entity)
    {
        lock (_gate)
        {
            return Find(entity.PartitionKey, entity.RowKey)?.ETag ?? default;
        }
    }

    private Row? Find(string partition, string row) => _partitions.GetValueOrDefault(partition)?.GetValueOrDefault(row);

    private IEnumerable<(string Partition, string Key, Row Row)> Rows(string? partition = null) => _partitions
        .Where(rows => partition is null || rows.Key == partition)
        .SelectMany(rows => rows.Value.Select(row => (rows.Key, row.Key, row.Value)));

    private static (string Name, string Operator, string Value) Parse(string term)
    {
        var parsed = Term().Match(term);
        Assert.True(parsed.Success, $"Not a filter that this table knows: {term}");
        return (parsed.Groups["name"].Value, parsed.Groups["operator"].Value, parsed.Groups["value"].Value);
    }

    private static bool Matches(string partition, string key, Row row, (string Name, string Operator, string Value) term)
    {
        var value = term.Name switch
        {
            "PartitionKey" => partition,
            "RowKey" => key,
            var name => (string?)row.Values.GetValueOrDefault(name),
        };
        var order = string.CompareOrdinal(value, term.Value);
        return term.Operator switch
        {
            "eq" => order == 0,
            "gt" => order > 0,
            "ge" => order >= 0,
            "le" => order <= 0,
            _ => order < 0,
        };
    }

    [GeneratedRegex("^\\(*(?<name>\\w+) (?<operator>eq|gt|ge|lt|le) '(?<value>[^']*)'\\)*$")]
    private static partial Regex Term();

    private sealed record Row(IReadOnlyDictionary<string, object?> Values, ETag ETag)
    {
        // The gateway writes and reads columns by name; a typed entity would be the table client's to take apart.
        public static Row From(ITableEntity entity, ETag etag) => new(((TableEntity)entity).ToDictionary(column => column.Key, column => (object?)column.Value), etag);

        public T To<T>()
        {
            Assert.Equal(typeof(TableEntity), typeof(T));
            return (T)(object)new TableEntity(Values.ToDictionary(column => column.Key, column => (object)(column.Value is byte[] bytes ? bytes.ToArray() : column.Value)!))
            {
                ETag = ETag,
            };
        }
    }

    private sealed class Found<T>(T? value) : NullableResponse<T>
    {
        public override bool HasValue => value is not null;

        public override T? Value => value;

        public override Response GetRawResponse() => new Done(default);
    }

    private sealed class Done(ETag etag) : Response
    {
        public override int Status => 204;

        public override string ReasonPhrase => "";

        public override Stream? ContentStream { get; set; }

        public override string ClientRequestId { get; set; } = "";

        public override void Dispose()
        {
        }

        protected override bool ContainsHeader(string name) => name == "ETag";

        protected override IEnumerable<Azure.Core.HttpHeader> EnumerateHeaders() => [];

        protected override bool TryGetHeader(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value)
        {
            value = name == "ETag" ? etag.ToString() : null;
            return value is not null;
        }

        protected override bool TryGetHeaderValues(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IEnumerable<string>? values)
        {
            values = TryGetHeader(name, out var value) ? [value] : null;
            return values is not null;
        }
    }
}
