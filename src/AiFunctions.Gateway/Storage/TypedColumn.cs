using System.Globalization;
using System.Reflection;
using Azure.Data.Tables;

namespace AiFunctions.Gateway.Storage;

/// <summary>A column of values of one type.</summary>
internal sealed class TypedColumn<T, TValue>(PropertyInfo property) : EntityColumn<T>
{
    private readonly string _name = property.Name;
    private readonly Func<T, TValue> _get = property.GetMethod!.CreateDelegate<Func<T, TValue>>();
    private readonly Action<T, TValue> _set = property.SetMethod!.CreateDelegate<Action<T, TValue>>();

    /// <inheritdoc/>
    public override void Read(TableEntity row, T entity)
    {
        if (row.TryGetValue(_name, out var value) && value is not null)
        {
            _set(entity, value is TValue typed ? typed : (TValue)Convert(value));
        }
    }

    /// <inheritdoc/>
    public override void Write(T entity, TableEntity row)
    {
        if (_get(entity) is { } value)
        {
            row[_name] = value;
        }
    }

    // A whole number that another program has written comes without its width.
    private object Convert(object value)
    {
        var type = Nullable.GetUnderlyingType(typeof(TValue)) ?? typeof(TValue);
        return value switch
        {
            BinaryData data when type == typeof(byte[]) => data.ToArray(),
            int or long when type == typeof(long) || type == typeof(int) || type == typeof(double) =>
                ((IConvertible)value).ToType(type, CultureInfo.InvariantCulture),
            _ => throw new InvalidDataException($"Column {_name} of a row of {typeof(T).Name} holds {value.GetType().Name}, not {type.Name}."),
        };
    }
}
