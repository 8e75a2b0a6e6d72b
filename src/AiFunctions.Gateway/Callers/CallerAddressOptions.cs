namespace AiFunctions.Gateway.Callers;

/// <summary>How a caller's address is found. Section <c>CallerAddress</c>.</summary>
public sealed class CallerAddressOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "CallerAddress";

    internal const int MostProxies = 10;

    /// <summary>
    /// How many proxies of your own stand before the gateway, 0 to 10. Each adds the address that it was called from to the end of
    /// <c>X-Forwarded-For</c>; what stands before their entries is a caller's own invention. 0: the connection's address counts, and the
    /// header is not looked at. In Azure Functions it is 1, for the platform's own front end.
    /// </summary>
    public int Proxies { get; set; }
}
