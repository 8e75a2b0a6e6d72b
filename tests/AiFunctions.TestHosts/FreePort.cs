using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace AiFunctions.TestHosts;

/// <summary>Ports for servers that cannot be asked to choose one.</summary>
internal static class FreePort
{
    // Below the range that systems hand out by themselves, so that no outgoing connection takes the port while its server is down.
    private const int Lowest = 15_000;
    private const int Highest = 30_000;

    public static int Next()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(Lowest, Highest);
            if (IsFree(port))
            {
                return port;
            }
        }
    }

    public static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
