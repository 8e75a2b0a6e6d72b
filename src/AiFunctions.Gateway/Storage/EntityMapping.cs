using Azure.Data.Tables;

namespace AiFunctions.Gateway.Storage;

/// <summary>Takes an entity's properties to the table's columns of the same names and back.</summary>
/// <remarks>
/// The table client does this, too, for any type, with code that it compiles for every property at run time, which took the most time of all in the first request after a start.
/// </remarks>
/// <typeparam name="T">An entity whose properties are strings, bytes, times, numbers and truth values; or <see cref="TableEntity"/>, which is taken as it is.</typeparam>
internal static class EntityMapping<T>
    where T : class, ITableEntity, new()
{
    private static readonly EntityColumn<T>[] Columns = typeof(T) == typeof(TableEntity)
        ? []
        : [.. typeof(T).GetProperties().Where(property => !IsOfEveryEntity(property.Name)).Select(EntityColumn<T>.Of)];

    /// <summary>The entity that a row holds. A column that is missing leaves its property as it is in a new entity.</summary>
    /// <exception cref="InvalidDataException">A column's value is of another type.</exception>
    public static T Read(TableEntity row)
    {
        if (row is T same)
        {
            return same;
        }

        var entity = new T { PartitionKey = row.PartitionKey, RowKey = row.RowKey, Timestamp = row.Timestamp, ETag = row.ETag };
        foreach (var column in Columns)
        {
            column.Read(row, entity);
        }

        return entity;
    }

    /// <summary>The row to write for an entity. A property that is null has no column.</summary>
    public static TableEntity Write(T entity)
    {
        if (entity is TableEntity same)
        {
            return same;
        }

        var row = new TableEntity(entity.PartitionKey, entity.RowKey) { ETag = entity.ETag };
        foreach (var column in Columns)
        {
            column.Write(entity, row);
        }

        return row;
    }

    private static bool IsOfEveryEntity(string name) =>
        name is nameof(ITableEntity.PartitionKey) or nameof(ITableEntity.RowKey) or nameof(ITableEntity.Timestamp) or nameof(ITableEntity.ETag);
}
