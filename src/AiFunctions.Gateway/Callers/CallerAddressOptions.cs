namespace AiFunctions.Gateway.Callers;

/// <summary>How a caller's address is found. Section <c>CallerAddress</c>.</summary>
public sealed class CallerAddressOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "CallerAddress";

    internal const int MostProxies = 10;

    /// <summary>
    /// How many proxies of your own stand before the gateway, 0 to 10. Each adds the address that it was called from to the end of
    /// <c>X-Forwarded-For</c>; what stands before their entries is a caller's own invention. 0: whoever has called the gateway counts, and
    /// the header is not looked at. Azure's front end is not one of them.
    /// </summary>
    public int Proxies { get; set; }

    /// <summary>
    /// Whether requests come by way of Azure's front end and the Functions host, as in the Functions app, whose default is <see langword="true"/>.
    /// The connection then is the host's, and the front end says who has called it. To be turned off where the app runs elsewhere: anybody could
    /// say so there.
    /// </summary>
    public bool AzureFrontEnd { get; set; }

    /// <summary>
    /// The name of a header in which a proxy of your own writes the caller's address over whatever the caller has sent in it, such as
    /// <c>X-Azure-SocketIP</c> of Azure Front Door. It goes before everything else. Only for a gateway that nobody reaches but through that proxy.
    /// </summary>
    public string? Header { get; set; }
}
