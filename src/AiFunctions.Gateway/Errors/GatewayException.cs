namespace AiFunctions.Gateway.Errors;

/// <summary>Ends a request with a contract error. For paths that are rare; the common ones return the error instead.</summary>
internal sealed class GatewayException : Exception
{
    public GatewayException(GatewayError error, Exception? inner = null)
        : base(error.Message, inner) => Error = error;

    public GatewayError Error { get; }

    /// <summary>Whether a model server may have worked on the request before it failed, and its tokens may have been used.</summary>
    public bool UpstreamMayHaveWorked { get; init; }
}
