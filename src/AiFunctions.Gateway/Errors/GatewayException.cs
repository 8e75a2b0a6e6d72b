namespace AiFunctions.Gateway.Errors;

/// <summary>Ends a request with a contract error. For paths that are rare; the common ones return the error instead.</summary>
internal sealed class GatewayException : Exception
{
    public GatewayException(GatewayError error, Exception? inner = null)
        : base(error.Message, inner) => Error = error;

    public GatewayError Error { get; }
}
