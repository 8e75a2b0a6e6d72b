using System.Net;
using System.Net.Sockets;
using AiFunctions.Gateway.Hashing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace AiFunctions.Gateway.Callers;

/// <summary>Tells callers apart by their addresses without keeping these: all that is kept is a keyed hash.</summary>
internal sealed class CallerAddress(IOptions<CallerAddressOptions> options, KeyedHash hash)
{
    // A household, a server or a phone has a whole /64 and can take a new address of it for each request.
    private const int NetworkBytes = 8;
    private const int IPv4Bytes = 4;

    private readonly int _proxies = options.Value.Proxies;
    private readonly bool _azure = options.Value.AzureFrontEnd;
    private readonly string? _header = options.Value.Header;

    /// <summary>The hash of the address that a request came from; null where the transport has none.</summary>
    public AddressHash? HashOf(HttpContext context) => AddressOf(context) is { } address ? HashOf(address) : null;

    /// <summary>The address that a request came from, to be hashed later and kept nowhere; null where the transport has none.</summary>
    public IPAddress? AddressOf(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (!string.IsNullOrEmpty(_header) && Forwarded(headers[_header], 1) is { } named)
        {
            return named;
        }

        var peer = context.Connection.RemoteIpAddress;
        var forwarded = headers["X-Forwarded-For"];
        return _azure
            ? BehindAzure(peer, forwarded, headers["Client-IP"])
            : Forwarded(forwarded, _proxies) ?? peer;
    }

    /// <summary>The hash of an IPv4 address, or of an IPv6 address's /64. An IPv4 address in IPv6 notation is the IPv4 address.</summary>
    public AddressHash HashOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        if (address.IsIPv4MappedToIPv6)
        {
            bytes = bytes[^IPv4Bytes..];
        }
        else
        {
            bytes = bytes[..(address.AddressFamily == AddressFamily.InterNetworkV6 ? NetworkBytes : length)];
        }

        return hash.OfAddress(bytes); // the lengths differ, so no IPv4 address hashes as a network does
    }

    // Azure's front end appends its caller to X-Forwarded-For and writes it over any CLIENT-IP. The host hands on CLIENT-IP as it is, but in
    // X-Forwarded-For only the address that it was called from itself, or, in some versions, the header as it was. The worker takes the last
    // entry off and makes it the connection's address. So that is the front end's own inner address, which all callers share, or already
    // that of the front end's caller.
    private IPAddress? BehindAzure(IPAddress? peer, StringValues forwarded, StringValues clientIp)
    {
        if (_proxies == 0 && Forwarded(clientIp, 1) is { } client)
        {
            return client;
        }

        var ours = peer is null || InnerAddress.Is(peer) ? _proxies + 1 : _proxies;
        return Forwarded(forwarded, ours) ?? Forwarded(clientIp, 1) ?? peer;
    }

    /// <summary>The entry that the outermost of our own proxies has added; null when there is none, or no address in it.</summary>
    internal static IPAddress? Forwarded(StringValues headers, int proxies)
    {
        if (proxies == 0)
        {
            return null;
        }

        for (var i = headers.Count - 1; i >= 0; i--)
        {
            var rest = headers[i].AsSpan();
            while (true)
            {
                var comma = rest.LastIndexOf(',');
                if (--proxies == 0)
                {
                    // Azure's front end adds the port as well.
                    return IPEndPoint.TryParse(rest[(comma + 1)..].Trim(), out var found) ? found.Address : null;
                }

                if (comma < 0)
                {
                    break;
                }

                rest = rest[..comma];
            }
        }

        return null;
    }
}
