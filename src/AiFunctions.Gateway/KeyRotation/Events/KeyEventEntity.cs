using AiFunctions.Gateway.Storage;

namespace AiFunctions.Gateway.KeyRotation.Events;

/// <summary>An event as it is stored: partition key = client id, row key = <see cref="IdOf"/>.</summary>
internal sealed class KeyEventEntity : StoredEntity
{
    public string Type { get; set; } = "";

    public DateTimeOffset At { get; set; }

    public string KeyId { get; set; } = "";

    public string? SuccessorId { get; set; }

    public string By { get; set; } = "";

    public string? RequestId { get; set; }

    /// <summary>Sorts the newest first, and is the same for the same event, so that writing it again changes nothing.</summary>
    public static string IdOf(KeyEvent happened) => Bound(happened.At) + happened.KeyId + happened.Type.ToString().ToLowerInvariant();

    /// <summary>What the ids of a moment begin with.</summary>
    public static string Bound(DateTimeOffset at) => FormattableString.Invariant($"{DateTimeOffset.MaxValue.Ticks - at.UtcTicks:d19}");

    /// <summary>Whether a text can be an id of an event.</summary>
    public static bool IsId(string? id) => id is { Length: > 19 and < 100 } && id.All(char.IsAsciiLetterOrDigit);

    public static KeyEventEntity From(KeyEvent happened) => new()
    {
        PartitionKey = happened.ClientId,
        RowKey = IdOf(happened),
        Type = happened.Type.ToString(),
        At = happened.At,
        KeyId = happened.KeyId,
        SuccessorId = happened.SuccessorId,
        By = happened.By,
        RequestId = happened.RequestId,
    };

    public KeyEvent ToEvent() => new()
    {
        ClientId = PartitionKey,
        Type = Enum.Parse<KeyEventType>(Type),
        At = At,
        KeyId = KeyId,
        SuccessorId = SuccessorId,
        By = By,
        RequestId = RequestId,
    };
}
