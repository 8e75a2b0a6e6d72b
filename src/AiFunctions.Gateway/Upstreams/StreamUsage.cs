namespace AiFunctions.Gateway.Upstreams;

/// <summary>Whether streams are asked for usage with <c>stream_options</c>.</summary>
public enum StreamUsage
{
    /// <summary>Yes, unless the server refuses it.</summary>
    Auto,

    /// <summary>Yes.</summary>
    On,

    /// <summary>No: what a stream took is then estimated, unless the server reports it by itself.</summary>
    Off,
}
