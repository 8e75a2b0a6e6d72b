namespace AiFunctions.Gateway.RequestBody;

/// <summary>What a body may be. Section <c>RequestBody</c>.</summary>
internal sealed class RequestBodyOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "RequestBody";

    /// <summary>
    /// The largest body in bytes, 1 KiB to 64 MiB; a larger one is refused with 413 before it has been read. What of it is no media is bounded by
    /// <see cref="BodyAllowance"/> as well.
    /// </summary>
    public int MaxBytes { get; set; } = 8 * 1024 * 1024;
}
