namespace AiFunctions.Local.Azurite;

/// <summary>The local storage emulator cannot be started. The message is one line that says what to do.</summary>
internal sealed class AzuriteException : Exception
{
    /// <summary>Creates the exception.</summary>
    public AzuriteException()
    {
    }

    /// <summary>Creates the exception with a one-line message.</summary>
    public AzuriteException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a one-line message and its cause.</summary>
    public AzuriteException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
