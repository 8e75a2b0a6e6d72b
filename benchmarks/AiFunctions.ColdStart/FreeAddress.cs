using System.Net;
using System.Net.Sockets;

namespace AiFunctions.ColdStart;

/// <summary>Addresses of this machine that nobody listens on.</summary>
internal static class FreeAddress
{
    /// <summary>The next one.</summary>
    public static Uri Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}/");
    }
}
