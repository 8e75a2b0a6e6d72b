using System.Net;
using System.Net.Sockets;

namespace AiFunctions.Gateway.Callers;

/// <summary>Tells the addresses that only a network's own machines have from those of the Internet.</summary>
internal static class InnerAddress
{
    private static readonly IPNetwork[] Networks =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), // RFC 1918
        IPNetwork.Parse("100.64.0.0/10"), // RFC 6598, shared by a provider's customers
        IPNetwork.Parse("169.254.0.0/16"), // RFC 3927, a link's own
    ];

    /// <summary>Whether an address is a machine's, a link's or a private network's own.</summary>
    public static bool Is(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return IPAddress.IsLoopback(address)
            || (address.AddressFamily == AddressFamily.InterNetworkV6
                ? address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal
                : Networks.Any(network => network.Contains(address)));
    }
}
