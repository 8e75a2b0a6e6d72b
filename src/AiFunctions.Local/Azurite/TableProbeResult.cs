namespace AiFunctions.Local.Azurite;

/// <summary>What a <see cref="TableProbe"/> found.</summary>
internal enum TableProbeResult
{
    /// <summary>Nothing accepts connections on the port.</summary>
    NobodyListens,

    /// <summary>Something accepts connections and gives no usable answer, as a service that is starting or stopping does.</summary>
    NoAnswerYet,

    /// <summary>Something answers HTTP and refuses the request: another service, or other credentials.</summary>
    Refuses,

    /// <summary>A table service answers.</summary>
    Answers,
}
