namespace AiFunctions.Gateway.Storage;

/// <summary>Table storage could not be reached, or would not serve us now.</summary>
public sealed class StorageUnavailableException : Exception
{
    internal StorageUnavailableException(Exception inner)
        : base("Table storage is unavailable.", inner)
    {
    }
}
