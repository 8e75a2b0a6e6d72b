namespace AiFunctions.Gateway.Relay;

/// <summary>Why no more events are relayed for now.</summary>
internal enum RelayOutcome
{
    /// <summary>All that have come were relayed.</summary>
    NeedsMore,

    /// <summary>The last one is not done yet.</summary>
    Waits,

    /// <summary>The stream has ended.</summary>
    Done,

    /// <summary>The upstream reports a failure.</summary>
    Failed,
}
