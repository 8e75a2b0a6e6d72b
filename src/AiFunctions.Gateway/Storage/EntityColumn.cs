using System.Reflection;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.Storage;

/// <summary>One property of an entity and the column of its name.</summary>
internal abstract class EntityColumn<T>
{
    /// <summary>The column for a property.</summary>
    /// <exception cref="NotSupportedException">No column holds values of the property's type.</exception>
    public static EntityColumn<T> Of(PropertyInfo property)
    {
        // Each type is named, so that all of this can be compiled ahead of time.
        var type = property.PropertyType;
        return type == typeof(string) ? new TypedColumn<T, string>(property)
            : type == typeof(byte[]) ? new TypedColumn<T, byte[]>(property)
            : type == typeof(DateTimeOffset) ? new TypedColumn<T, DateTimeOffset>(property)
            : type == typeof(DateTimeOffset?) ? new TypedColumn<T, DateTimeOffset?>(property)
            : type == typeof(long) ? new TypedColumn<T, long>(property)
            : type == typeof(long?) ? new TypedColumn<T, long?>(property)
            : type == typeof(int) ? new TypedColumn<T, int>(property)
            : type == typeof(double) ? new TypedColumn<T, double>(property)
            : type == typeof(double?) ? new TypedColumn<T, double?>(property)
            : type == typeof(bool) ? new TypedColumn<T, bool>(property)
            : type == typeof(bool?) ? new TypedColumn<T, bool?>(property)
            : throw new NotSupportedException($"{property.DeclaringType}.{property.Name} is of a type that tables are not written with here.");
    }

    /// <summary>Sets the property to what the row holds, if it holds anything.</summary>
    public abstract void Read(TableEntity row, T entity);

    /// <summary>Puts the property into the row, unless it is null.</summary>
    public abstract void Write(T entity, TableEntity row);
}
