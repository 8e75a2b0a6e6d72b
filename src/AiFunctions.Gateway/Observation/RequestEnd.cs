namespace AiFunctions.Gateway.Observation;

/// <summary>How a request came to its end.</summary>
internal enum RequestEnd
{
    /// <summary>The response, if only an error, was written whole.</summary>
    Completed,

    /// <summary>The caller left before it was.</summary>
    ClientDisconnect,

    /// <summary>The stream ended with an error event.</summary>
    StreamError,

    /// <summary>The gateway cut the connection, because a response that had begun could not be ended honestly.</summary>
    Aborted,

    /// <summary>A fault got out of the pipeline.</summary>
    Failed,
}
